package org.ldae.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SafetensorsBuilderTest {

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void writeAnOldFile() throws IOException {
        file = folder.resolve("a.safetensors");
        Safetensors.builder()
                .metadata("age", "old")
                .tensor("x", Nd4j.createFromArray(1f, 2f))
                .write(file);
    }

    private void assertOldFileIntact() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList());
        }
        Safetensors old = Safetensors.read(file);
        assertEquals("old", old.metadata().get("age"));
        assertArrayEquals(new float[] {1, 2}, old.tensor("x").data().asFloat());
    }

    private static void assertRefused(String problem, Executable action) {
        String message = Thrown.message(IllegalArgumentException.class, action);
        assertTrue(message.contains(problem), message);
    }

    @Test
    void failureInTheMiddleLeavesTheOldFile() throws IOException {
        SafetensorsBuilder builder = Safetensors.builder()
                .tensor("first", Nd4j.ones(DataType.FLOAT, 100_000))
                .tensor("second", Nd4j.createFromArray(1f, 70_000f), DType.F16);

        assertRefused(
                "tensor 'second': expected numbers within the range of F16, got 70000.0; store it as F32",
                () -> builder.write(file));

        assertOldFileIntact();
    }

    @Test
    void aTensorThatWasClosedLeavesTheOldFile() throws IOException {
        INDArray closed = Nd4j.createFromArray(1f, 2f);
        SafetensorsBuilder builder =
                Safetensors.builder().tensor("a", Nd4j.createFromArray(1f, 2f)).tensor("b", closed);
        closed.close();

        assertRefused("tensor 'b': ", () -> builder.write(file));

        assertOldFileIntact();
    }

    @Test
    void interruptionLeavesTheOldFile() throws IOException {
        SafetensorsBuilder builder = Safetensors.builder().tensor("a", Nd4j.createFromArray(1f, 2f));
        String problem;
        Thread.currentThread().interrupt();
        try {
            problem = Thrown.message(CheckpointException.class, () -> builder.write(file));
        } finally {
            assertTrue(Thread.interrupted(), "the interruption stays known");
        }

        assertTrue(problem.contains("a file that was there before is unchanged"), problem);
        assertOldFileIntact();
    }

    @Test
    void infinityAndNotANumberAreNotOutOfRange() throws IOException {
        INDArray odd = Nd4j.createFromArray(Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN);
        Safetensors.builder()
                .tensor("h", odd, DType.F16)
                .tensor("b", odd, DType.BF16)
                .write(file);

        for (String name : List.of("h", "b")) {
            assertArrayEquals(
                    new float[] {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN},
                    Safetensors.read(file).tensor(name).data().asFloat());
        }
    }

    @Test
    void canBeWrittenTwice() throws IOException {
        SafetensorsBuilder builder = Safetensors.builder().tensor("a", Nd4j.createFromArray(1f, 2f));

        builder.write(file);
        builder.write(folder.resolve("b.safetensors"));

        assertEquals(-1, Files.mismatch(file, folder.resolve("b.safetensors")));
    }

    @Test
    void saysWhereItCannotWrite() {
        Path missing = folder.resolve("none/b.safetensors");

        String problem = Thrown.message(
                CheckpointException.class, () -> Safetensors.builder().write(missing));

        assertTrue(problem.startsWith(missing + ": expected to write it, got "), problem);
        assertTrue(problem.contains(folder.resolve("none") + ": the folder must exist"), problem);
    }

    @Test
    void refusesNamesUsedTwiceOrNotAllowed() {
        INDArray x = Nd4j.createFromArray(1f);
        SafetensorsBuilder builder = Safetensors.builder().metadata("k", "1").tensor("x", x);

        assertRefused("metadata 'k': expected to be set once, got '2' after '1'", () -> builder.metadata("k", "2"));
        assertRefused("tensor 'x': expected to be set once, got it twice", () -> builder.tensor("x", x));
        assertRefused("got '__metadata__'", () -> builder.tensor("__metadata__", x));
        assertRefused("got ''", () -> builder.tensor("", x));
        assertRefused("surrogate", () -> builder.tensor("\ud83d", x));
        assertRefused("metadata 'm': expected Unicode text", () -> builder.metadata("m", "\ude00"));
    }

    @Test
    void refusesTypesThatTheFormatOrTheRequestLacks() {
        INDArray halves = Nd4j.createFromArray(1f).castTo(DataType.FLOAT16);
        INDArray doubles = Nd4j.createFromArray(1.0);

        assertRefused(
                "got HALF; convert it with castTo", () -> Safetensors.builder().tensor("x", halves));
        assertRefused(
                "tensor 'x': expected FLOAT, to store it as BF16, got DOUBLE; convert it with castTo",
                () -> Safetensors.builder().tensor("x", doubles, DType.BF16));
        assertRefused(
                "tensor 'x': expected a shape", () -> Safetensors.builder().tensor("x", Nd4j.empty(DataType.FLOAT)));
    }

    @Test
    void refusesAHeaderThatNoReaderWouldTake() {
        Header header = new Header(Map.of(), Map.of("k", "v"));

        assertRefused(
                "header: expected at most 31 bytes of names, shapes and metadata, got 32; store less metadata",
                () -> header.encode(31));
        assertEquals(8 + 32, header.encode(32).remaining());
    }

    @Test
    void aHeaderOfOneTensorStandsBeforeStreamedNumbers() throws IOException {
        ByteBuffer header = Safetensors.header("images", DType.U8, List.of(2L, 3L), Map.of("hash", "abc"), 256);
        byte[] bytes = new byte[256 + 6];
        header.duplicate().get(bytes, 0, header.remaining());
        Files.write(file, bytes);

        Safetensors read = Safetensors.read(file);

        assertEquals(256, header.remaining());
        assertEquals("abc", read.metadata().get("hash"));
        assertArrayEquals(new long[] {2, 3}, read.shape("images"));
        assertRefused(
                "at most 56 bytes",
                () -> Safetensors.header("images", DType.U8, List.of(2L, 3L), Map.of("hash", "abc"), 64));
    }
}
