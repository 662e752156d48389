package org.ldae.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A safetensors file: named tensors and text, without code that loading would run.
 *
 * <p>{@link #read} takes in and checks the header only; {@link #tensor} reads one tensor each time it is called. The file is
 * opened once and stays open until {@link #close}, so that all tensors are of one file, even where a writer puts another in
 * its place meanwhile; changing the file itself is noticed. What is longer than memory allows can't be read in parts.
 *
 * <p>Immutable, and safe to share between threads. The format is Hugging Face's, as its reference implementation checks
 * it: {@code https://github.com/huggingface/safetensors}. Tensors of other types than those in {@link DType} have a name and
 * a shape; asking for their numbers is an error.
 */
public final class Safetensors implements AutoCloseable {

    private final Path file;
    private final FileChannel channel;
    private final FileStamp stamp;
    private final HeaderReader.Located contents;

    private Safetensors(Path file, FileChannel channel, FileStamp stamp, HeaderReader.Located contents) {
        this.file = file;
        this.channel = channel;
        this.stamp = stamp;
        this.contents = contents;
    }

    /**
     * Reads and checks the header of a file; the time depends on the number of tensors, not on their size.
     *
     * @param file a safetensors file
     * @return its contents
     * @throws CheckpointException if it can't be read or is damaged
     */
    public static Safetensors read(Path file) throws CheckpointException {
        try {
            FileChannel channel = open(file);
            try {
                FileStamp stamp = FileStamp.of(file);
                return new Safetensors(file, channel, stamp, new HeaderReader(file, channel).read());
            } catch (IOException | RuntimeException | Error e) {
                channel.close();
                throw e;
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
        TensorInfo tensor = new TensorInfo(dtype.name(), shape, 0, TensorInfo.byteCount(dtype, shape));
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
     * @throws CheckpointException if the file has no such tensor, or of a type that {@link DType} lacks
     */
    public DType dtype(String name) throws CheckpointException {
        TensorInfo info = info(name);
        return info.dtype()
                .orElseThrow(() -> new CheckpointException(
                        file,
                        "tensor '%s': expected a dtype of %s, got '%s'; convert it with the safetensors package"
                                .formatted(name, Arrays.toString(DType.values()), info.type())));
    }

    /**
     * Reads one tensor.
     *
     * @param name its name
     * @return a new 'c' order array, owned by the caller, of the type that {@link DType} names for {@link #dtype}; F16
     *     and BF16 come as float32
     * @throws CheckpointException if the file has no such tensor (the message lists names near it), or of a type that
     *     {@link DType} lacks, was changed since {@link #read}, or can't be read
     */
    public INDArray tensor(String name) throws CheckpointException {
        DType dtype = dtype(name);
        TensorInfo info = info(name);
        synchronized (channel) {
            try {
                stamp.requireUnchanged(file);
                channel.position(contents.start() + info.begin());
                return new TensorChannel(channel).read(dtype, info.shapeArray());
            } catch (ClosedChannelException e) {
                throw new CheckpointException(file, "expected an open file, got one that was closed; read it again", e);
            } catch (IOException e) {
                throw unreadable(file, e);
            }
        }
    }

    /**
     * Makes something of the file's content, so that whatever is wrong with it comes as the one exception.
     *
     * @param <T> what it is made into
     * @param field what the content is, such as {@code "metadata recipe"}; named in messages
     * @param interpretation makes it
     * @return what it was made into
     * @throws CheckpointException if the interpretation fails; names file and field
     */
    public <T> T interpret(String field, Interpretation<T> interpretation) throws CheckpointException {
        try {
            return interpretation.make();
        } catch (IOException e) {
            throw unreadable(file, e);
        } catch (RuntimeException e) {
            String problem = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw new CheckpointException(
                    file,
                    "%s: expected what this library writes, got %s; is the file damaged?".formatted(field, problem),
                    e);
        }
    }

    /**
     * The text under a key.
     *
     * @param key its key
     * @return the text
     * @throws CheckpointException if the file has none
     */
    public String metadata(String key) throws CheckpointException {
        String value = metadata().get(key);
        if (value == null) {
            throw new CheckpointException(
                    file,
                    "metadata: expected '%s' among its keys, got %s"
                            .formatted(key, metadata().keySet()));
        }
        return value;
    }

    /**
     * Makes something of a file's content.
     *
     * @param <T> what it is made into
     */
    @FunctionalInterface
    public interface Interpretation<T> {
        /**
         * Makes it.
         *
         * @return what it is made into
         * @throws IOException if the file can't be read
         */
        T make() throws IOException;
    }

    /** Closes the file; names, shapes and metadata stay. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": expected to close it, got " + e, e);
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

    @Override
    public String toString() {
        return "Safetensors[%s, %d tensors]".formatted(file, tensors().size());
    }
}
