package org.ldae.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ldae.testing.Golden;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class GoldenFilesTest {

    private static final float[] FLOATS = {0f, -0f, 1.5f, -2.25f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};

    @Test
    void listsNamesInTheOrderOfTheFile() throws IOException {
        Safetensors file = Safetensors.read(Golden.file("checkpoint/all_types.safetensors"));

        assertEquals(
                List.of(
                        "u8",
                        "f32",
                        "f64",
                        "f16",
                        "bf16",
                        "i64",
                        "i32",
                        "scalar",
                        "scalar.i64",
                        "empty",
                        "empty.middle",
                        "nan",
                        "\u00fcber/\ud83d\ude00 \"q\""),
                file.names());
        assertEquals(
                Map.of("format", "pt", "note", "\u00e4\u6f22\ud83d\ude00\n\"quoted\"", "empty", ""), file.metadata());
        assertTrue(file.has("f16"));
        assertFalse(file.has("f17"));
    }

    @ParameterizedTest
    @CsvSource({
        "u8, U8, UINT8, 5",
        "f32, F32, FLOAT, 2 3",
        "f64, F64, DOUBLE, 2 1",
        "f16, F16, FLOAT, 2 3",
        "bf16, BF16, FLOAT, 2 3",
        "i64, I64, INT64, 3",
        "i32, I32, INT32, 1 2 1",
        "scalar, F32, FLOAT, ''",
        "scalar.i64, I64, INT64, ''",
        "empty, F32, FLOAT, 0",
        "empty.middle, F64, DOUBLE, 3 0 2",
    })
    void givesEachTypeItsArray(String name, DType dtype, String arrayType, String shape) throws IOException {
        Safetensors file = Safetensors.read(Golden.file("checkpoint/all_types.safetensors"));
        long[] expected = shape.isEmpty()
                ? new long[0]
                : List.of(shape.split(" ")).stream().mapToLong(Long::parseLong).toArray();

        INDArray array = file.tensor(name);

        assertEquals(dtype, file.dtype(name));
        assertArrayEquals(expected, file.shape(name));
        assertArrayEquals(expected, array.shape());
        assertEquals(dataType(arrayType), array.dataType());
        assertEquals('c', array.ordering());
    }

    private static DataType dataType(String name) {
        return switch (name) {
            case "UINT8" -> DataType.UINT8;
            case "INT32" -> DataType.INT32;
            case "INT64" -> DataType.INT64;
            default -> DataType.valueOf(name);
        };
    }

    @Test
    void readsTheValues() throws IOException {
        Safetensors file = Safetensors.read(Golden.file("checkpoint/all_types.safetensors"));

        for (String name : List.of("f32", "f16", "bf16")) {
            assertArrayEquals(FLOATS, file.tensor(name).data().asFloat(), 0f, name);
            assertEquals(-0f, file.tensor(name).getFloat(0, 1), 0f);
            assertTrue(1 / file.tensor(name).getFloat(0, 1) < 0, "the sign of zero");
        }
        assertArrayEquals(
                new double[] {Math.PI, -1e300}, file.tensor("f64").data().asDouble());
        assertArrayEquals(
                new long[] {Long.MIN_VALUE, Long.MAX_VALUE, (1L << 53) + 1},
                file.tensor("i64").data().asLong());
        assertArrayEquals(
                new int[] {Integer.MIN_VALUE, Integer.MAX_VALUE},
                file.tensor("i32").data().asInt());
        assertArrayEquals(
                new int[] {0, 1, 127, 128, 255},
                file.tensor("u8").castTo(DataType.INT32).data().asInt());
        assertEquals(42.5f, file.tensor("scalar").getFloat(0));
        assertEquals(-7, file.tensor("scalar.i64").getLong(0));
        assertTrue(Float.isNaN(file.tensor("nan").getFloat(0)));
        assertArrayEquals(
                new float[] {0, 1, 2, 3},
                file.tensor("\u00fcber/\ud83d\ude00 \"q\"").data().asFloat());
    }

    @Test
    void widensAsTorchDoes() throws IOException {
        Safetensors file = Safetensors.read(Golden.file("checkpoint/widening.safetensors"));

        for (String name : List.of("f16", "bf16")) {
            float[] expected = file.tensor(name + ".float32").data().asFloat();
            assertEquals(987, expected.length);
            assertArrayEquals(expected, file.tensor(name).data().asFloat(), 0f, name);
        }
    }

    @Test
    void roundsAsTorchDoes(@TempDir Path folder) throws IOException {
        Safetensors golden = Safetensors.read(Golden.file("checkpoint/rounding.safetensors"));
        Path file = folder.resolve("rounded.safetensors");

        Safetensors.builder()
                .tensor("f16", golden.tensor("float32"), DType.F16)
                .tensor("bf16", golden.tensor("float32"), DType.BF16)
                .tensor("big.bf16", golden.tensor("big.float32"), DType.BF16)
                .write(file);

        MiniParser expected = MiniParser.parse(Golden.file("checkpoint/rounding.safetensors"));
        MiniParser actual = MiniParser.parse(file);
        for (String name : List.of("f16", "bf16", "big.bf16")) {
            assertTrue(expected.bytes(name).length >= 8, name);
            assertArrayEquals(expected.bytes(name), actual.bytes(name), name);
        }
    }
}
