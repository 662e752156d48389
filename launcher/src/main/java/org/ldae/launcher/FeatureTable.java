package org.ldae.launcher;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import org.ldae.checkpoint.Safetensors;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A table of numbers that someone's program wrote: NumPy's {@code .npy}, a tensor of a safetensors file
 * ({@code file.safetensors:name}), or CSV with one row a line.
 */
final class FeatureTable {

    private static final Pattern DESCRIPTION = Pattern.compile("'descr':\\s*'([<|])([fiu]\\d)'");
    private static final Pattern SHAPE = Pattern.compile("'shape':\\s*\\(([^)]*)\\)");
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

    private final int columns;
    private final double[] numbers;

    /** Takes the numbers over. */
    private FeatureTable(int columns, double[] numbers) {
        this.columns = columns;
        this.numbers = numbers;
    }

    int rows() {
        return numbers.length / columns;
    }

    /** Numbers in a row, 1 for labels. */
    int columns() {
        return columns;
    }

    double at(int row, int column) {
        return numbers[row * columns + column];
    }

    /** The rows as classes, whole numbers from 0. */
    int[] labels() {
        if (columns != 1) {
            throw new IllegalArgumentException("labels: expected one a row, got " + columns);
        }
        return Arrays.stream(numbers).mapToInt(FeatureTable::label).toArray();
    }

    private static int label(double number) {
        if (number != Math.rint(number) || number < 0 || number > 1e6) {
            throw new IllegalArgumentException("labels: expected whole numbers from 0, got " + number);
        }
        return (int) number;
    }

    /** Reads a table by the ending of its name. */
    static FeatureTable read(String path) throws IOException {
        int name = path.indexOf(".safetensors:");
        if (name >= 0) {
            return tensor(Path.of(path.substring(0, name + 12)), path.substring(name + 13));
        }
        return path.endsWith(".npy") ? npy(Path.of(path)) : csv(Path.of(path));
    }

    private static FeatureTable tensor(Path file, String name) throws IOException {
        try (Safetensors tensors = Safetensors.read(file);
                INDArray array = tensors.tensor(name)) {
            return table(file, array.shape(), array.data().asDouble());
        }
    }

    private static FeatureTable table(Path file, long[] shape, double[] numbers) {
        if (shape.length < 1 || shape.length > 2 || numbers.length == 0) {
            throw new IllegalArgumentException(
                    "%s: expected [N] or [N, F], got %s".formatted(file, Arrays.toString(shape)));
        }
        return new FeatureTable(shape.length == 1 ? 1 : (int) shape[1], numbers);
    }

    private static FeatureTable npy(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.limit() < 12 || !Arrays.equals(Arrays.copyOf(bytes.array(), MAGIC.length), MAGIC)) {
            throw new IllegalArgumentException(file + ": expected NumPy's format, got something else");
        }
        boolean first = bytes.get(MAGIC.length) == 1;
        int begin = first ? 10 : 12;
        int length = first ? bytes.getShort(8) & 0xffff : bytes.getInt(8);
        if (length < 0 || length > bytes.limit() - begin) {
            throw new IllegalArgumentException(
                    file + ": expected a header within the file, got %d bytes".formatted(length));
        }
        String header = new String(bytes.array(), begin, length, StandardCharsets.ISO_8859_1);
        Matcher type = DESCRIPTION.matcher(header);
        Matcher shape = SHAPE.matcher(header);
        if (!type.find() || !shape.find() || header.contains("'fortran_order': True")) {
            throw new IllegalArgumentException(
                    file + ": expected little-endian numbers in row-major order, got " + header.strip());
        }
        long[] axes = axes(file, shape.group(1));
        int size = type.group(2).charAt(1) - '0';
        long held = ((long) bytes.limit() - begin - length) / Math.max(1, size);
        long count = 1;
        for (long axis : axes) {
            count = axis > held ? -1 : count * axis; // no axis is longer than the file, so that this can't overflow
            if (count < 0 || count > held) {
                break;
            }
        }
        if (count * size != bytes.limit() - begin - length) {
            throw new IllegalArgumentException("%s: expected numbers of %d bytes in the shape (%s), got %d bytes"
                    .formatted(file, size, shape.group(1), bytes.limit() - begin - length));
        }
        bytes.position(begin + length);
        double[] numbers = new double[(int) count];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = number(type.group(2), bytes, file);
        }
        return table(file, axes, numbers);
    }

    private static long[] axes(Path file, String text) {
        try {
            return Arrays.stream(text.split(",", -1))
                    .map(String::strip)
                    .filter(each -> !each.isEmpty())
                    .mapToLong(Long::parseUnsignedLong)
                    .toArray();
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(file + ": expected a shape of whole numbers, got (" + text + ")", e);
        }
    }

    private static double number(String type, ByteBuffer bytes, Path file) {
        return switch (type) {
            case "f4" -> bytes.getFloat();
            case "f8" -> bytes.getDouble();
            case "i8" -> bytes.getLong();
            case "i4" -> bytes.getInt();
            case "i2" -> bytes.getShort();
            case "i1" -> bytes.get();
            case "u1" -> bytes.get() & 0xff;
            default ->
                throw new IllegalArgumentException(
                        file + ": expected float32, float64 or integers, got " + type + "; convert it with astype");
        };
    }

    /** A first line that isn't numbers is a heading. */
    private static FeatureTable csv(Path file) throws IOException {
        DoubleStream.Builder numbers = DoubleStream.builder();
        int rows = 0;
        int columns = 0;
        int line = 0;
        for (String text : lines(file)) {
            line++;
            if (text.isBlank()) {
                continue;
            }
            String[] cells = text.split("[,;\\t]", -1);
            if (line == 1 && !isNumber(cells[0])) {
                continue;
            }
            if (columns != 0 && columns != cells.length) {
                throw new IllegalArgumentException(
                        "%s, line %d: expected %d numbers, got %d".formatted(file, line, columns, cells.length));
            }
            columns = cells.length;
            rows++;
            for (String cell : cells) {
                if (!isNumber(cell)) {
                    throw new IllegalArgumentException(
                            "%s, line %d: expected a number, got '%s'".formatted(file, line, cell));
                }
                numbers.add(Double.parseDouble(cell.strip()));
            }
        }
        return table(file, new long[] {rows, columns}, numbers.build().toArray());
    }

    private static List<String> lines(Path file) throws IOException {
        try {
            return Files.readAllLines(file);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + ": expected text in UTF-8, got other bytes", e);
        }
    }

    private static boolean isNumber(String text) {
        try {
            Double.parseDouble(text.strip());
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
