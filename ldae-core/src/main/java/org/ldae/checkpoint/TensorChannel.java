package org.ldae.checkpoint;

import java.io.EOFException;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import org.nd4j.linalg.api.concurrency.AffinityManager;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Moves tensors between a file and arrays, straight from and to the arrays' own memory.
 *
 * <p>The file's byte order, little-endian, is that of every platform ND4J has a backend for.
 */
final class TensorChannel {

    /** A byte buffer over an array's memory ends at 2 GiB, so larger arrays go through pieces of this many elements. */
    private static final long PIECE = 1L << 27;

    private static final int NARROW_CHUNK = 1 << 15;

    private final FileChannel channel;
    private final long piece;

    TensorChannel(FileChannel channel) {
        this(channel, PIECE);
    }

    /** With pieces of another size than what the 2 GiB ask for. */
    TensorChannel(FileChannel channel, long piece) {
        this.channel = channel;
        this.piece = piece;
    }

    /** A new array, outside of any workspace, of the elements at the channel's position. */
    INDArray read(DType dtype, long... shape) throws IOException {
        long elements = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        if (elements == 0) {
            return Nd4j.create(dtype.arrayType(), shape);
        }
        INDArray array = detached(dtype, shape);
        if (elements <= piece) {
            fill(array, dtype);
            return array;
        }
        INDArray flat = array.reshape('c', new long[] {elements});
        for (long from = 0; from < elements; from += piece) {
            long to = Math.min(elements, from + piece);
            try (INDArray part = detached(dtype, to - from)) {
                fill(part, dtype);
                flat.get(NDArrayIndex.interval(from, to)).assign(part);
            }
        }
        return array;
    }

    /** Writes an array, or a view with any strides, at the channel's position in row-major order. */
    void write(INDArray array, DType dtype) throws IOException {
        if (array.isEmpty()) {
            return;
        }
        if (!isPlain(array)) {
            try (INDArray copy = detached(dtype, array.shape())) {
                write(copy.assign(array), dtype);
            }
        } else if (array.length() <= piece) {
            drain(array, dtype);
        } else {
            INDArray flat = array.reshape('c', new long[] {array.length()});
            for (long from = 0; from < array.length(); from += piece) {
                long to = Math.min(array.length(), from + piece);
                try (INDArray part = detached(dtype, to - from)) {
                    drain(part.assign(flat.get(NDArrayIndex.interval(from, to))), dtype);
                }
            }
        }
    }

    private static INDArray detached(DType dtype, long... shape) {
        return Nd4j.createUninitializedDetached(dtype.arrayType(), 'c', shape);
    }

    /** Whether the elements lie in memory in row-major order from the start of the buffer. */
    private static boolean isPlain(INDArray array) {
        return !array.isView()
                && array.ordering() == 'c'
                && array.data().offset() == 0
                && Arrays.equals(array.stride(), Nd4j.getStrides(array.shape(), 'c'));
    }

    private void fill(INDArray array, DType dtype) throws IOException {
        try {
            ByteBuffer memory = memory(array);
            if (dtype.isNarrow()) {
                widen(memory.asFloatBuffer(), dtype);
            } else {
                readFully(memory);
            }
            Nd4j.getAffinityManager().tagLocation(array, AffinityManager.Location.HOST);
        } finally {
            Reference.reachabilityFence(array); // the buffer alone does not keep the memory from being freed
        }
    }

    private void drain(INDArray array, DType dtype) throws IOException {
        try {
            ByteBuffer memory = memory(array);
            if (dtype.isNarrow()) {
                narrow(memory.asFloatBuffer(), dtype);
            } else {
                writeFully(memory);
            }
        } finally {
            Reference.reachabilityFence(array);
        }
    }

    private static ByteBuffer memory(INDArray array) {
        Nd4j.getAffinityManager().ensureLocation(array, AffinityManager.Location.HOST);
        long bytes = array.length() * array.data().getElementSize();
        return array.data().asNio().order(ByteOrder.LITTLE_ENDIAN).limit(Math.toIntExact(bytes));
    }

    private void widen(FloatBuffer floats, DType dtype) throws IOException {
        while (floats.hasRemaining()) {
            ByteBuffer chunk = narrowChunk(floats);
            readFully(chunk);
            ShortBuffer halves = chunk.flip().asShortBuffer();
            while (halves.hasRemaining()) {
                floats.put(HalfPrecision.widen(dtype, halves.get()));
            }
        }
    }

    private void narrow(FloatBuffer floats, DType dtype) throws IOException {
        while (floats.hasRemaining()) {
            ByteBuffer chunk = narrowChunk(floats);
            ShortBuffer halves = chunk.asShortBuffer();
            while (halves.hasRemaining()) {
                float value = floats.get();
                short half = HalfPrecision.narrow(dtype, value);
                if (Float.isFinite(value) && !Float.isFinite(HalfPrecision.widen(dtype, half))) {
                    throw new IllegalArgumentException(
                            "expected numbers within the range of %s, got %s; store it as F32".formatted(dtype, value));
                }
                halves.put(half);
            }
            writeFully(chunk);
        }
    }

    private static ByteBuffer narrowChunk(FloatBuffer floats) {
        int count = Math.min(NARROW_CHUNK, floats.remaining());
        return ByteBuffer.allocate(count * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void readFully(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new EOFException("%d more bytes were expected".formatted(bytes.remaining()));
            }
        }
    }

    private void writeFully(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
