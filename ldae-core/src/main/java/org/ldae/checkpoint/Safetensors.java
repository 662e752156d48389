package org.ldae.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A safetensors file: named tensors and text, without code that loading would run.
 *
 * <p>{@link #read} takes in and checks the header only; {@link #tensor} reads one tensor each time it is called. No file
 * is held open, so there is nothing to close, and the file must stay in place; replacing it meanwhile is noticed. What
 * is longer than memory allows can't be read in parts.
 *
 * <p>Immutable, and safe to share between threads. The format is Hugging Face's, as its reference implementation checks
 * it: {@code https://github.com/huggingface/safetensors}. Supported are the types in {@link DType}.
 */
public final class Safetensors {

    private final Path file;
    private final FileStamp stamp;
    private final HeaderReader.Located contents;

    private Safetensors(Path file, FileStamp stamp, HeaderReader.Located contents) {
        this.file = file;
        this.stamp = stamp;
        this.contents = contents;
    }

    /**
     * Reads and checks the header of a file; the time depends on the number of tensors, not on their size.
     *
     * @param file a safetensors file
     * @return its contents
     * @throws CheckpointException if it can't be read, is damaged, or has a type that {@link DType} lacks
     */
    public static Safetensors read(Path file) throws CheckpointException {
        try {
            FileStamp before = FileStamp.of(file);
            try (FileChannel channel = open(file)) {
                HeaderReader.Located contents = new HeaderReader(file, channel).read();
                requireSame(file, before);
                return new Safetensors(file, before, contents);
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /**
     * Starts a file to be written.
     *
     * @return a builder without tensors
     */
    public static SafetensorsBuilder builder() {
        return new SafetensorsBuilder();
    }

    /**
     * The first bytes of a file of one tensor, for a writer that streams the tensor's numbers behind them by itself.
     *
     * @param name the tensor's name
     * @param dtype how its numbers are stored
     * @param shape length of each axis
     * @param metadata free text by key
     * @param length bytes in all, filled up with blanks; a multiple of 8
     * @return the bytes
     * @throws IllegalArgumentException if they don't fit
     */
    public static ByteBuffer header(
            String name, DType dtype, List<Long> shape, Map<String, String> metadata, int length) {
        TensorInfo tensor = new TensorInfo(dtype, shape, 0, TensorInfo.byteCount(dtype, shape));
        int json = length - Long.BYTES;
        return new Header(Map.of(name, tensor), metadata).encode(json, json);
    }

    /**
     * Where the tensors are.
     *
     * @return the file given to {@link #read}
     */
    public Path file() {
        return file;
    }

    /**
     * Names of all tensors.
     *
     * @return an immutable list, in the order in which they lie in the file
     */
    public List<String> names() {
        return List.copyOf(tensors().keySet());
    }

    /**
     * Whether the file has a tensor.
     *
     * @param name its name
     * @return true if it is there
     */
    public boolean has(String name) {
        return tensors().containsKey(name);
    }

    /**
     * The file's free text.
     *
     * @return an immutable map, empty if the file has none
     */
    public Map<String, String> metadata() {
        return contents.header().metadata();
    }

    /**
     * Length of each axis of a tensor.
     *
     * @param name its name
     * @return a new array, of length 0 for a scalar
     * @throws CheckpointException if the file has no such tensor; the message lists names near it
     */
    public long[] shape(String name) throws CheckpointException {
        return info(name).shapeArray();
    }

    /**
     * How a tensor is stored.
     *
     * @param name its name
     * @return its type in the file
     * @throws CheckpointException if the file has no such tensor; the message lists names near it
     */
    public DType dtype(String name) throws CheckpointException {
        return info(name).dtype();
    }

    /**
     * Reads one tensor.
     *
     * @param name its name
     * @return a new 'c' order array, owned by the caller, of the type that {@link DType} names for {@link #dtype}; F16
     *     and BF16 come as float32
     * @throws CheckpointException if the file has no such tensor (the message lists names near it), was replaced since
     *     {@link #read}, or can't be read
     */
    public INDArray tensor(String name) throws CheckpointException {
        TensorInfo info = info(name);
        try (FileChannel channel = open(file)) {
            requireSame(file, stamp);
            channel.position(contents.start() + info.begin());
            return new TensorChannel(channel).read(info);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private Map<String, TensorInfo> tensors() {
        return contents.header().tensors();
    }

    private TensorInfo info(String name) throws CheckpointException {
        TensorInfo info = tensors().get(name);
        if (info == null) {
            throw new CheckpointException(
                    file,
                    "tensor: expected one of its %d names, got '%s'; nearest are %s"
                            .formatted(
                                    tensors().size(),
                                    name,
                                    NearestNames.to(name, tensors().keySet())));
        }
        return info;
    }

    private static FileChannel open(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new CheckpointException(file, "expected a safetensors file, got a folder; name a file in it");
        }
        return FileChannel.open(file, StandardOpenOption.READ);
    }

    /** Called once the file is open, so that what is open is what was stamped. */
    private static void requireSame(Path file, FileStamp stamp) throws IOException {
        FileStamp now = FileStamp.of(file);
        if (!now.equals(stamp)) {
            throw new CheckpointException(
                    file,
                    "expected the file as it was when it was read, %s, got %s; read it again".formatted(stamp, now));
        }
    }

    private static CheckpointException unreadable(Path file, IOException cause) {
        if (cause instanceof CheckpointException problem) {
            return problem;
        }
        if (cause instanceof NoSuchFileException) {
            return new CheckpointException(
                    file, "expected a safetensors file, got no such file; check the path", cause);
        }
        return new CheckpointException(file, "expected a readable safetensors file, got " + cause, cause);
    }
}
