package org.ldae.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a file's header and checks it against the file: every byte belongs to exactly one tensor. */
final class HeaderReader {

    private final Path file;
    private final FileChannel channel;

    /** Reads from the channel of a file, named in messages. */
    HeaderReader(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** The checked header, its tensors in the order in which they lie in the file, counted from its end. */
    Located read() throws IOException {
        long size = channel.size();
        if (size < Long.BYTES) {
            throw wrong("the 8 bytes of the header's length", size + " bytes", "the file is truncated");
        }
        long length = bytes(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (length < 0 || length > Header.LONGEST) {
            throw wrong(
                    "a header of at most " + Header.LONGEST + " bytes",
                    Long.toUnsignedString(length),
                    "is this a safetensors file?");
        }
        if (length > size - Long.BYTES) {
            throw wrong(
                    "a header of %d bytes".formatted(length),
                    "%d bytes after its length".formatted(size - Long.BYTES),
                    "the file is truncated");
        }
        Header header = HeaderParser.parse(file, utf8(bytes((int) length)));
        long start = Long.BYTES + length;
        return new Located(new Header(inOrder(header.tensors(), size - start), header.metadata()), start);
    }

    /**
     * A header and where its tensors begin.
     *
     * @param header the header
     * @param start position in the file of the first tensor's first byte
     */
    record Located(Header header, long start) {}

    private ByteBuffer bytes(int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw wrong(count + " more bytes", "the end of the file", "it shrank while it was read");
            }
        }
        return bytes.flip();
    }

    private String utf8(ByteBuffer bytes) throws CheckpointException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new CheckpointException(
                    file, "header: expected UTF-8, got other bytes; is this a safetensors file?", e);
        }
    }

    private Map<String, TensorInfo> inOrder(Map<String, TensorInfo> tensors, long size) throws CheckpointException {
        List<Map.Entry<String, TensorInfo>> sorted = new ArrayList<>(tensors.entrySet());
        sorted.sort(Comparator.comparingLong((Map.Entry<String, TensorInfo> entry) ->
                        entry.getValue().begin())
                .thenComparingLong(entry -> entry.getValue().end()));
        Map<String, TensorInfo> ordered = new LinkedHashMap<>();
        long covered = 0;
        for (Map.Entry<String, TensorInfo> entry : sorted) {
            String where = "tensor '" + entry.getKey() + "'";
            TensorInfo tensor = entry.getValue();
            checkSize(where, tensor);
            if (tensor.begin() != covered) {
                throw wrong(
                        "%s to begin at byte %d, where the one before ends".formatted(where, covered),
                        Long.toString(tensor.begin()),
                        tensor.begin() < covered ? "tensors overlap" : "there is a hole between them");
            }
            covered = tensor.end();
            if (covered > size) {
                throw wrong(
                        "%s to end within the %d bytes after the header".formatted(where, size),
                        Long.toString(covered),
                        "the file is truncated");
            }
            ordered.put(entry.getKey(), tensor);
        }
        if (covered != size) {
            throw wrong(
                    "%d bytes after the header, the sum of all tensors".formatted(covered),
                    Long.toString(size),
                    "bytes at the end belong to no tensor");
        }
        return Collections.unmodifiableMap(ordered);
    }

    private void checkSize(String where, TensorInfo tensor) throws CheckpointException {
        if (tensor.begin() > tensor.end()) {
            throw wrong(
                    where + " to end no earlier than it begins, at byte " + tensor.begin(),
                    Long.toString(tensor.end()),
                    "the header is damaged");
        }
        if (tensor.dtype().isEmpty()) {
            return; // an error once somebody asks for it
        }
        DType dtype = tensor.dtype().get();
        String type = dtype + " " + tensor.shape();
        long needed;
        try {
            needed = TensorInfo.byteCount(dtype, tensor.shape());
        } catch (ArithmeticException e) {
            throw new CheckpointException(
                    file, "expected %s of %s to fit in a file, got more than 2^63 bytes".formatted(where, type), e);
        }
        if (needed != tensor.end() - tensor.begin()) {
            throw wrong(
                    "%s of %s to take %d bytes".formatted(where, type, needed),
                    Long.toString(tensor.end() - tensor.begin()),
                    "the header is damaged");
        }
    }

    private CheckpointException wrong(String expected, String actual, String hint) {
        return new CheckpointException(file, "expected %s, got %s; %s".formatted(expected, actual, hint));
    }
}
