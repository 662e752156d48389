package org.ldae.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class RoundTripTest {

    @TempDir
    Path folder;

    private static INDArray counting(long... shape) {
        long count = 1;
        for (long length : shape) {
            count *= length;
        }
        float[] values = new float[(int) count];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        return Nd4j.create(values, shape, 'c');
    }

    private INDArray trip(INDArray array) throws IOException {
        Path file = folder.resolve("trip.safetensors");
        Safetensors.builder().tensor("x", array).write(file);
        return Safetensors.read(file).tensor("x");
    }

    static Stream<Arguments> views() {
        INDArray x = counting(2, 3, 4);
        return Stream.of(
                Arguments.of("plain", x),
                Arguments.of("row-major with its middle axis first", x.permute(1, 0, 2)),
                Arguments.of("reversed axes", x.permute(2, 1, 0)),
                Arguments.of("last axes swapped", x.permute(0, 2, 1)),
                Arguments.of("column-major copy", x.dup('f')),
                Arguments.of("leading part", x.get(NDArrayIndex.interval(0, 1))),
                Arguments.of("trailing part", x.get(NDArrayIndex.interval(1, 2))),
                Arguments.of("middle part", x.get(NDArrayIndex.all(), NDArrayIndex.interval(1, 3))),
                Arguments.of("one row", x.get(NDArrayIndex.point(1), NDArrayIndex.point(2))),
                Arguments.of("one column", x.get(NDArrayIndex.point(1), NDArrayIndex.all(), NDArrayIndex.point(2))),
                Arguments.of(
                        "every second", x.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(1, 2, 4))),
                Arguments.of(
                        "transposed part",
                        x.get(NDArrayIndex.point(1), NDArrayIndex.all(), NDArrayIndex.all())
                                .transpose()),
                Arguments.of("broadcast", counting(3, 1).broadcast(3, 4)),
                Arguments.of("reshaped", x.reshape('c', new long[] {6, 4})),
                Arguments.of("axes of length 1", x.reshape('c', new long[] {1, 2, 1, 12})),
                Arguments.of(
                        "axes of length 1, moved",
                        x.reshape('c', new long[] {1, 2, 1, 12}).permute(1, 0, 3, 2)),
                Arguments.of(
                        "one element of many",
                        x.get(NDArrayIndex.point(1), NDArrayIndex.point(1), NDArrayIndex.point(1))),
                Arguments.of("scalar", Nd4j.scalar(7f)));
    }

    @ParameterizedTest(name = "{0}", autoCloseArguments = false) // the views share one array
    @MethodSource("views")
    void writesViewsInRowMajorOrder(String name, INDArray array) throws IOException {
        float[] expected = new float[(int) array.length()];
        long[] index = new long[array.rank()];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = array.rank() == 0 ? array.getFloat(0) : array.getFloat(index);
            for (int axis = array.rank() - 1; axis >= 0 && ++index[axis] == array.size(axis); axis--) {
                index[axis] = 0;
            }
        }

        INDArray back = trip(array);

        assertArrayEquals(array.shape(), back.shape());
        assertArrayEquals(expected, back.data().asFloat());
        assertEquals('c', back.ordering());
        assertFalse(back.isView());
    }

    @Test
    void bytesFollowTheFormatForAnotherParser() throws IOException {
        Path file = folder.resolve("a.safetensors");
        Safetensors.builder()
                .metadata("b", "2")
                .metadata("a", "\u00e4\"\n")
                .tensor("u", Nd4j.createFromArray(new int[] {0, 128, 255}).castTo(DataType.UINT8))
                .tensor("f", counting(2, 3).transpose())
                .tensor("d", Nd4j.createFromArray(Math.E, -1e-300))
                .tensor("l", Nd4j.createFromArray(Long.MIN_VALUE, 3L))
                .tensor("i", Nd4j.createFromArray(-5, Integer.MAX_VALUE))
                .tensor("h", Nd4j.createFromArray(1f, -2f), DType.F16)
                .tensor("b", Nd4j.createFromArray(1f, -2f), DType.BF16)
                .tensor("s", Nd4j.scalar(4f))
                .tensor("e", Nd4j.create(DataType.FLOAT, 2, 0))
                .write(file);

        MiniParser parsed = MiniParser.parse(file);

        assertEquals(0, parsed.json().getBytes(StandardCharsets.UTF_8).length % 8);
        assertEquals(
                "{\"a\":\"\u00e4\\\"\\n\",\"b\":\"2\"}",
                parsed.header().get("__metadata__").toString());
        assertEquals(
                List.of("__metadata__", "l", "d", "e", "f", "s", "i", "b", "h", "u"),
                List.copyOf(parsed.header().keySet()));
        assertEquals("F32 [3,2]", parsed.dtype("f") + " " + parsed.shape("f"));
        float[] floats = new float[6];
        parsed.buffer("f").asFloatBuffer().get(floats);
        assertArrayEquals(new float[] {0, 3, 1, 4, 2, 5}, floats);
        assertEquals("F64 [2]", parsed.dtype("d") + " " + parsed.shape("d"));
        assertEquals(-1e-300, parsed.buffer("d").getDouble(8));
        assertEquals("I64 [2]", parsed.dtype("l") + " " + parsed.shape("l"));
        assertEquals(Long.MIN_VALUE, parsed.buffer("l").getLong(0));
        assertEquals("I32 [2]", parsed.dtype("i") + " " + parsed.shape("i"));
        assertEquals(Integer.MAX_VALUE, parsed.buffer("i").getInt(4));
        assertEquals("U8 [3]", parsed.dtype("u") + " " + parsed.shape("u"));
        assertArrayEquals(new byte[] {0, -128, -1}, parsed.bytes("u"));
        assertEquals("F16 BF16", parsed.dtype("h") + " " + parsed.dtype("b"));
        assertArrayEquals(new byte[] {0, 0x3c, 0, (byte) 0xc0}, parsed.bytes("h"));
        assertArrayEquals(new byte[] {(byte) 0x80, 0x3f, 0, (byte) 0xc0}, parsed.bytes("b"));
        assertEquals("F32 []", parsed.dtype("s") + " " + parsed.shape("s"));
        assertEquals(4f, parsed.buffer("s").getFloat(0));
        assertEquals("F32 [2,0]", parsed.dtype("e") + " " + parsed.shape("e"));
        assertEquals(0, parsed.bytes("e").length);
        assertEquals(
                8 + parsed.json().getBytes(StandardCharsets.UTF_8).length + 16 + 16 + 24 + 4 + 8 + 4 + 4 + 3,
                Files.size(file));
    }

    /** What the reference implementation's own tests expect of it for the same content. */
    @Test
    void headersAreThoseOfTheReferenceImplementation() throws IOException {
        assertStarts(
                "@\0\0\0\0\0\0\0{\"attn.0\":{\"dtype\":\"F32\",\"shape\":[1,2,3],\"data_offsets\":[0,24]}}",
                24,
                Safetensors.builder().tensor("attn.0", counting(1, 2, 3)));
        assertStarts(
                "H\0\0\0\0\0\0\0{\"attn0\":{\"dtype\":\"F32\",\"shape\":[1,1,2,3],\"data_offsets\":[0,24]}}       ",
                24,
                Safetensors.builder().tensor("attn0", counting(1, 1, 2, 3)));
        assertStarts("\b\0\0\0\0\0\0\0{}      ", 0, Safetensors.builder());
        assertStarts(
                "(\0\0\0\0\0\0\0{\"__metadata__\":{\"framework\":\"pt\"}}     ",
                0,
                Safetensors.builder().metadata("framework", "pt"));
    }

    private void assertStarts(String header, int body, SafetensorsBuilder builder) throws IOException {
        Path file = folder.resolve("reference.safetensors");
        builder.write(file);
        byte[] bytes = Files.readAllBytes(file);
        assertEquals(header, new String(bytes, 0, bytes.length - body, StandardCharsets.ISO_8859_1));
    }

    @Test
    void sameContentGivesSameBytesInAnyOrder() throws IOException {
        Path one = folder.resolve("one.safetensors");
        Path other = folder.resolve("other.safetensors");
        INDArray x = counting(2, 3);

        Safetensors.builder()
                .metadata("a", "1")
                .metadata("b", "2")
                .tensor("x", x)
                .tensor("y", x, DType.F16)
                .write(one);
        Safetensors.builder()
                .tensor("y", x.dup('f'), DType.F16)
                .metadata("b", "2")
                .tensor("x", x)
                .metadata("a", "1")
                .write(other);

        assertEquals(-1, Files.mismatch(one, other));
        assertEquals(Map.of("a", "1", "b", "2"), Safetensors.read(one).metadata());
        assertEquals(List.of("x", "y"), Safetensors.read(one).names());
    }

    @Test
    void emptyFileHoldsNothing() throws IOException {
        Path file = folder.resolve("empty.safetensors");

        Safetensors.builder().write(file);

        assertEquals(16, Files.size(file));
        assertEquals(List.of(), Safetensors.read(file).names());
        assertEquals(Map.of(), Safetensors.read(file).metadata());
        assertEquals(file, Safetensors.read(file).file());
    }

    @Test
    void everyReadGivesTheCallerItsOwnArray() throws IOException {
        Path file = folder.resolve("a.safetensors");
        Safetensors.builder().tensor("x", counting(4)).write(file);
        Safetensors read = Safetensors.read(file);

        INDArray first = read.tensor("x");
        first.assign(9);

        assertNotSame(first, read.tensor("x"));
        assertArrayEquals(new float[] {0, 1, 2, 3}, read.tensor("x").data().asFloat());
    }

    @Test
    void worksInsideAWorkspaceAndOutlivesIt() throws IOException {
        WorkspaceConfiguration size =
                WorkspaceConfiguration.builder().initialSize(1 << 20).build();
        INDArray back;
        try (MemoryWorkspace workspace = Nd4j.getWorkspaceManager().getAndActivateWorkspace(size, "checkpoint")) {
            INDArray inside = counting(2, 3);
            assertTrue(inside.isAttached(), workspace.getId());
            back = trip(inside.permute(1, 0));
            assertFalse(back.isAttached());
        }
        assertArrayEquals(new float[] {0, 3, 1, 4, 2, 5}, back.data().asFloat());
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16"})
    void piecesOfALargeTensorJoin(DType dtype) throws IOException {
        Path file = folder.resolve("pieces");
        INDArray x = counting(7, 15);
        for (long piece : new long[] {1, 7, 52, 104, 105}) {
            try (FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                new TensorChannel(channel, piece).write(x.transpose(), dtype);
            }
            assertEquals(105L * dtype.bytes(), Files.size(file));
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                INDArray back = new TensorChannel(channel, piece).read(dtype, 15, 7);
                assertArrayEquals(
                        x.transpose().dup('c').data().asFloat(), back.data().asFloat(), "pieces of " + piece);
                assertArrayEquals(new long[] {15, 7}, back.shape());
            }
        }
    }

    @Test
    void fiftyMegabytesComeBack() throws IOException {
        Path file = folder.resolve("large.safetensors");
        float[] values = new float[13 << 20];
        for (int i = 0; i < values.length; i++) {
            values[i] = i * 0x1p-5f;
        }
        INDArray large = Nd4j.create(values, new long[] {13, 1 << 20}, 'c');

        Safetensors.builder()
                .tensor("large", large)
                .tensor("turned.f16", large.getRow(0).reshape(1 << 10, 1 << 10).transpose(), DType.F16)
                .write(file);

        Safetensors read = Safetensors.read(file);
        assertArrayEquals(values, read.tensor("large").data().asFloat());
        INDArray turned = read.tensor("turned.f16");
        for (int i = 0; i < 1 << 10; i += 31) {
            for (int j = 0; j < 1 << 10; j += 31) {
                float exact = ((j << 10) + i) * 0x1p-5f;
                assertEquals(exact, turned.getFloat(i, j), exact * 0x1p-11f);
            }
        }
        large.close();
    }
}
