package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.checkpoint.CheckpointException;
import org.ldae.checkpoint.Safetensors;
import org.ldae.checkpoint.SafetensorsBuilder;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Files that are whole as files and wrong in what they say: refused by file and field, before they cost anything. */
class DamagedModelTest {

    private static final ImageSource IMAGES = Synthetic.images(22, 1);

    @TempDir
    private Path folder;

    private Path run;
    private Path plain;
    private Path damaged;

    @BeforeEach
    void save() throws IOException {
        run = folder.resolve("run.safetensors");
        plain = folder.resolve("plain.safetensors");
        damaged = folder.resolve("damaged.safetensors");
        try (Trainer trainer = Trainer.start(Synthetic.recipe(), IMAGES, Rng.of(1), Progress.none())) {
            trainer.step();
            trainer.save(run);
            try (LatentDAE model = trainer.model();
                    PlainEncoder encoder = model.plainEncoder(0)) {
                encoder.save(plain);
            }
        }
    }

    /** Before, such files of a few kilobytes took all memory. */
    @Test
    void countsThatTheTensorsDoNotBearOutAreRefused() throws IOException {
        for (String count : new String[] {"400000", "2000000000"}) {
            changed(run, text -> text.replace("\\\"encoderBlocks\\\": 2", "\\\"encoderBlocks\\\": " + count));
            refused(() -> LatentDAE.load(damaged).close(), "the network's sizes", "100000");
            changed(plain, text -> text.replace("\\\"encoderBlocks\\\":2", "\\\"encoderBlocks\\\":" + count));
            refused(() -> PlainEncoder.load(damaged).close(), "the network's sizes", "100000");
        }
        changed(run, text -> text.replace("\\\"width\\\": 16", "\\\"width\\\": 1600"));
        refused(() -> LatentDAE.load(damaged).close(), "tensor denoiser.embed.weight", "[1600, 16]");
    }

    @Test
    void networksWithNumbersThatAreNotFiniteAreRefused() throws IOException {
        withNaN(run, "denoiser.head.bias");
        refused(() -> LatentDAE.load(damaged).close(), "tensor denoiser.head.bias: expected finite numbers, got NaN");
        withNaN(run, "optimizer.second.head.bias");
        refused(
                () -> Trainer.resume(damaged, Synthetic.recipe(), IMAGES, Rng.of(1))
                        .close(),
                "tensor optimizer.second.head.bias: expected finite numbers");
        withNaN(plain, "encoder.embed.bias");
        refused(() -> PlainEncoder.load(damaged).close(), "tensor encoder.embed.bias: expected finite numbers");
    }

    @Test
    void aPlainEncoderWithoutASettingIsRefused() throws IOException {
        changed(plain, text -> text.replace("\\\"conditioning\\\":\\\"NONE\\\"", "\\\"mode\\\":\\\"NONE\\\""));
        refused(() -> PlainEncoder.load(damaged).close(), "network", "missing [conditioning], not understood [mode]");
    }

    @Test
    void aRunOnImagesOfAnotherShapeIsRefusedByIt() throws IOException {
        changed(run, text -> text.replace("\"image\":\"1 8 12\"", "\"image\":\"1 8 4\""));
        Expect.refused(
                () -> Trainer.resume(damaged, Synthetic.recipe(), IMAGES, Rng.of(1))
                        .close(),
                damaged + ": expected images of the shape it was trained on, [1, 8, 4], got [1, 8, 12]");
    }

    @Test
    void provenanceThatIsMissingIsUnknown() throws IOException {
        changed(run, text -> text.replace("\\\"machine\\\"", "\\\"computer\\\""));
        try (LatentDAE model = LatentDAE.load(damaged)) {
            assertEquals("unknown", model.provenance().machine());
        }
    }

    private void refused(Executable load, String... parts) {
        Expect.refused(CheckpointException.class, load, parts);
        Expect.refused(CheckpointException.class, load, damaged.toString());
    }

    /** A copy whose header reads otherwise. */
    private void changed(Path file, UnaryOperator<String> change) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int length = Math.toIntExact(
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong());
        String header = new String(bytes, Long.BYTES, length, StandardCharsets.UTF_8);
        byte[] other = change.apply(header).getBytes(StandardCharsets.UTF_8);
        assertFalse(header.equals(change.apply(header)), "nothing to change");
        ByteBuffer all =
                ByteBuffer.allocate(bytes.length - length + other.length).order(ByteOrder.LITTLE_ENDIAN);
        all.putLong(other.length).put(other).put(bytes, Long.BYTES + length, bytes.length - Long.BYTES - length);
        Files.write(damaged, all.array());
    }

    /** A copy with a number that is none in a tensor. */
    private void withNaN(Path file, String tensor) throws IOException {
        try (Safetensors from = Safetensors.read(file)) {
            SafetensorsBuilder builder = Safetensors.builder();
            from.metadata().forEach(builder::metadata);
            for (String name : from.names()) {
                INDArray array = from.tensor(name);
                builder.tensor(name, name.equals(tensor) ? array.putScalar(1, Float.NaN) : array);
            }
            builder.write(damaged);
        }
    }
}
