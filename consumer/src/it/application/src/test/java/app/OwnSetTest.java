package app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.data.Download;
import org.ldae.data.ImageSet;
import org.ldae.models.LatentDAE;
import org.ldae.models.Recipe;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.training.Training;
import org.ldae.transformer.VisionTransformer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A set of one's own, from a server on this machine to a model that is loaded again. */
class OwnSetTest {

    private static final int RECORD = 1 + 3072;

    @TempDir
    private Path folder;

    @Test
    void isFetchedUnpackedTrainedOnSavedAndLoaded() throws Exception {
        byte[] archive = archive();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/own.tar.gz", exchange -> {
            exchange.sendResponseHeaders(200, archive.length);
            exchange.getResponseBody().write(archive);
            exchange.close();
        });
        server.start();
        try {
            URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
            String checksum = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(archive));
            ImageSet set =
                    ImageSet.at(address).withArchive("own.tar.gz", checksum, "data_batch_1.bin", "test_batch.bin");
            train(Dataset.cifar10(set.fetch(folder, Download.official())));
        } finally {
            server.stop(0);
        }
    }

    private void train(Dataset data) throws IOException {
        Recipe recipe = Recipe.singleLevel(PatchPCA.patch(8).components(8))
                .withDenoiser(VisionTransformer.tiny().withWidth(32, 2).withBlocks(1, 1))
                .withTraining(Training.epochs(1).withBatchSize(16));
        Path file = folder.resolve("model.safetensors");
        INDArray saved;
        try (LatentDAE model = recipe.train(data.train(), Rng.of(1), Progress.none())) {
            saved = model.represent(data.test());
            model.save(file);
        }
        try (LatentDAE model = LatentDAE.load(file)) {
            assertEquals(saved, model.represent(data.test()));
        }
    }

    private static byte[] archive() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
            add(tar, "own/data_batch_1.bin", 64);
            add(tar, "own/test_batch.bin", 16);
        }
        return bytes.toByteArray();
    }

    private static void add(TarArchiveOutputStream tar, String name, int images) throws IOException {
        byte[] records = new byte[images * RECORD];
        new Random(images).nextBytes(records);
        for (int i = 0; i < images; i++) {
            records[i * RECORD] = (byte) (i % 10);
        }
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(records.length);
        tar.putArchiveEntry(entry);
        tar.write(records);
        tar.closeArchiveEntry();
    }
}
