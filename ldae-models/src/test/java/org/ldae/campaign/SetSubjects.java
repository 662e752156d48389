package org.ldae.campaign;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.ldae.core.Progress;
import org.ldae.data.Dataset;
import org.ldae.data.Download;
import org.ldae.data.ImageSet;
import org.ldae.data.ImageSource;
import org.ldae.models.Synthetic;
import org.ldae.testing.Mutations;

/** The files of sets on disk: IDX plain and gzipped, CIFAR, archives of downloads, packed images. */
final class SetSubjects {

    private static final int CIFAR_IMAGE = 3072;

    private SetSubjects() {}

    static List<Subject> in(Path folder) throws IOException {
        List<Subject> subjects = new ArrayList<>();
        Map<String, byte[]> idx = idx();
        for (String name : idx.keySet()) {
            subjects.add(whole("idx", folder.resolve("idx-" + name), idx, name, SetSubjects::idx));
            Map<String, byte[]> zipped = new TreeMap<>(idx);
            zipped.put(name + ".gz", gzip(Objects.requireNonNull(zipped.remove(name))));
            subjects.add(whole("idx gzip", folder.resolve("gz-" + name), zipped, name + ".gz", SetSubjects::idx));
        }
        Map<String, byte[]> cifar = cifar();
        for (String name : cifar.keySet()) {
            subjects.add(whole("cifar", folder.resolve("cifar-" + name), cifar, name, SetSubjects::cifar));
        }
        subjects.add(whole(
                        "tar.gz", folder.resolve("tar"), Map.of("set.tar.gz", gzip(tar(cifar))), "set.tar.gz", file -> {
                            try (Stream<Path> unpacked = Files.list(folder(file))) {
                                for (Path old : unpacked.filter(each -> !each.equals(file))
                                        .toList()) {
                                    Files.delete(old);
                                }
                            }
                            // An archive that is there is not fetched.
                            ImageSet.at(URI.create("http://localhost/"))
                                    .withArchive("set.tar.gz", "0".repeat(64), "test_batch.bin", "batches.meta.txt")
                                    .fetch(folder(file), Download.official());
                        })
                .damagedBy((file, donor, rng) ->
                        Math.floorMod(rng.stream("inside").generator().nextInt(), 4) == 0
                                ? Mutations.of(file, donor, rng)
                                : gzip(Mutations.of(tar(cifar), donor, rng))));
        subjects.add(packed(Files.createDirectories(folder.resolve("packed"))));
        return subjects;
    }

    /** One file of a set, the others whole beside it. */
    private static Subject whole(
            String kind, Path folder, Map<String, byte[]> files, String name, Subject.Reader reader)
            throws IOException {
        Files.createDirectories(folder);
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Files.write(folder.resolve(file.getKey()), file.getValue());
        }
        return Subject.of(kind, folder.resolve(name), Objects.requireNonNull(files.get(name)), reader);
    }

    private static Path folder(Path file) {
        return file.resolveSibling("");
    }

    private static void idx(Path file) throws IOException {
        readAll(Dataset.idx(folder(file)));
    }

    private static void cifar(Path file) throws IOException {
        readAll(Dataset.cifar10(folder(file)));
    }

    private static void readAll(Dataset set) {
        for (ImageSource images : List.of(set.train(), set.test())) {
            float[] pixels = new float[images.shape().size()];
            for (int i = 0; i < images.size(); i++) {
                images.read(i, pixels, 0);
            }
        }
    }

    private static Subject packed(Path folder) throws IOException {
        ImageSource images = Synthetic.images(12, 1);
        images.packed(folder, Progress.none());
        try (Stream<Path> files = Files.list(folder)) {
            Path file = files.findFirst().orElseThrow();
            return Subject.of("packed", file, Files.readAllBytes(file), damaged -> {
                ImageSource packed = images.packed(folder, Progress.none());
                packed.images(0, packed.size() - 1).close();
            });
        }
    }

    private static Map<String, byte[]> idx() {
        Map<String, byte[]> files = new TreeMap<>();
        for (String split : List.of("train", "t10k")) {
            ByteBuffer images = ByteBuffer.allocate(16 + 5 * 12);
            images.putInt(0x803).putInt(5).putInt(4).putInt(3);
            ByteBuffer labels =
                    ByteBuffer.allocate(8 + 5).putInt(0x801).putInt(5).put(new byte[] {0, 1, 2, 0, 1});
            files.put(split + "-images-idx3-ubyte", pixels(images));
            files.put(split + "-labels-idx1-ubyte", labels.array());
        }
        return files;
    }

    private static Map<String, byte[]> cifar() {
        Map<String, byte[]> files = new TreeMap<>();
        for (String batch : List.of("data_batch_1.bin", "test_batch.bin")) {
            ByteBuffer records = ByteBuffer.allocate(3 * (1 + CIFAR_IMAGE));
            files.put(batch, pixels(records.put((byte) 3)));
        }
        files.put("batches.meta.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n".getBytes(StandardCharsets.UTF_8));
        return files;
    }

    /** Fills up with small numbers, which may be labels too. */
    private static byte[] pixels(ByteBuffer bytes) {
        byte[] all = new byte[bytes.capacity()];
        int head = bytes.position();
        bytes.flip().get(all, 0, head);
        for (int i = head; i < all.length; i++) {
            all[i] = (byte) (i * 7 % 10);
        }
        return all;
    }

    private static byte[] gzip(byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] tar(Map<String, byte[]> files) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry("set/" + file.getKey());
                entry.setSize(file.getValue().length);
                tar.putArchiveEntry(entry);
                tar.write(file.getValue());
                tar.closeArchiveEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
