package org.ldae.data.decoding;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A BigTIFF's first image as a classic TIFF: the same bytes behind another header, with a directory at the end that
 * points at the same pixels. The platform's reader, which doesn't know BigTIFF, then reads it with all its bands and
 * without clamping its floats.
 */
final class ClassicTiff {

    private static final int LONG = 4;
    private static final int LONG8 = 16;
    /** Pointers to further directories, which would be BigTIFF's. */
    private static final Set<Integer> POINTERS = Set.of(330, 34665, 34853, 40965);

    private final byte[] content;
    private final ByteOrder order;
    private final ByteArrayOutputStream tail = new ByteArrayOutputStream();

    private ClassicTiff(byte[] content) {
        this.content = content;
        this.order = content[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    }

    /** The same picture as a classic TIFF, for files well below the 4 GB that its offsets reach. */
    static byte[] of(byte[] bigTiff) throws IOException {
        return new ClassicTiff(bigTiff).rewritten();
    }

    private byte[] rewritten() throws IOException {
        List<ByteBuffer> fields = new ArrayList<>();
        ByteStream stream = new ByteStream(content);
        stream.setByteOrder(order);
        TiffDirectory.visit(stream, 0, entry -> {
            if (!POINTERS.contains(entry.tag())) {
                fields.add(field(entry));
            }
        });
        int directory = align();
        append(buffer(2).putShort((short) fields.size()));
        fields.forEach(this::append);
        tail.writeBytes(new byte[4]);
        byte[] classic = Arrays.copyOf(content, Math.addExact(content.length, tail.size()));
        System.arraycopy(tail.toByteArray(), 0, classic, content.length, tail.size());
        buffer(classic, 2).putShort((short) 42).putInt(directory);
        return classic;
    }

    private ByteBuffer field(TiffDirectory.Entry entry) throws IOException {
        boolean wide = entry.type() >= LONG8;
        int size = wide ? 4 : entry.size();
        int offset = (int) entry.offset();
        ByteBuffer field = buffer(12)
                .putShort((short) entry.tag())
                .putShort((short) (wide ? LONG : entry.type()))
                .putInt((int) entry.count());
        if (entry.count() * size <= 4) {
            field.put(wide ? narrowed(entry) : ByteBuffer.wrap(content, offset, (int) entry.bytes()));
        } else if (wide) {
            field.putInt(align());
            append(narrowed(entry));
        } else {
            field.putInt(offset);
        }
        return field;
    }

    /** Eight-byte numbers as four-byte ones. */
    private ByteBuffer narrowed(TiffDirectory.Entry entry) throws IOException {
        ByteBuffer wide = buffer(content, (int) entry.offset());
        ByteBuffer values = buffer((int) (4 * entry.count()));
        for (int i = 0; i < entry.count(); i++) {
            long value = wide.getLong();
            if (value < 0 || value > 0xffff_ffffL) {
                throw new IOException("a BigTIFF field points beyond 4 GB");
            }
            values.putInt((int) value);
        }
        return values.flip();
    }

    /** The position of the next byte of the tail, made even as TIFF wants it. */
    private int align() {
        if ((content.length + tail.size()) % 2 == 1) {
            tail.write(0);
        }
        return Math.addExact(content.length, tail.size());
    }

    private void append(ByteBuffer bytes) {
        tail.write(bytes.array(), bytes.arrayOffset(), bytes.capacity());
    }

    private ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(order);
    }

    private ByteBuffer buffer(byte[] array, int position) {
        return ByteBuffer.wrap(array).position(position).order(order);
    }
}
