package org.ldae.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.zip.CRC32;
import org.ldae.data.decoding.PicturesTest;

/** The bytes of one of the small pictures, with fields changed by hand. */
public final class Bytes {

    private byte[] content;

    private Bytes(byte[] content) {
        this.content = content;
    }

    public static Bytes of(String picture) throws IOException {
        return new Bytes(Files.readAllBytes(PicturesTest.folder().resolve(picture)));
    }

    public byte[] content() {
        return content.clone();
    }

    /** Where a sequence of bytes first comes. */
    public int find(int... sequence) {
        for (int i = 0; i + sequence.length <= content.length; i++) {
            int k = 0;
            while (k < sequence.length && (content[i + k] & 0xff) == sequence[k]) {
                k++;
            }
            if (k == sequence.length) {
                return i;
            }
        }
        throw new AssertionError("no such bytes");
    }

    public Bytes little(int at, int bytes, long value) {
        for (int i = 0; i < bytes; i++) {
            content[at + i] = (byte) (value >> (8 * i));
        }
        return this;
    }

    public Bytes big(int at, int bytes, long value) {
        return little(at, bytes, Long.reverseBytes(value) >>> (64 - 8 * bytes));
    }

    /** The first value of a little-endian TIFF's field, four bytes wide; twenty bytes a field in a BigTIFF. */
    public Bytes tiff(int tag, int value) {
        ByteBuffer file = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        boolean wide = file.getShort(2) == 43;
        int start = wide ? (int) file.getLong(8) + 8 : file.getInt(4) + 2;
        int size = wide ? 20 : 12;
        for (int at = start; ; at += size) {
            if (file.getShort(at) == tag) {
                return little(at + 2, 2, 4).little(at + 4, 4, 1).little(at + size - (wide ? 8 : 4), 4, value);
            }
        }
    }

    /** The checksum of a PNG's first chunk made right again. */
    public Bytes checked() {
        CRC32 crc = new CRC32();
        crc.update(content, 12, 17);
        return big(29, 4, crc.getValue());
    }

    /** A WebP file's content with a canvas before it. */
    public Bytes canvas(int height, int width) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(content, 0, 12);
        out.writeBytes(new byte[] {'V', 'P', '8', 'X', 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        out.write(content, 12, content.length - 12);
        content = out.toByteArray();
        return little(4, 4, content.length - 8).little(24, 3, width - 1).little(27, 3, height - 1);
    }
}
