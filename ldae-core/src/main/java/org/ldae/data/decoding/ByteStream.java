package org.ldae.data.decoding;

import java.io.IOException;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * An image stream over a file's content in memory, without the copy that the platform's own stream makes; readers that
 * go on and on after its end are stopped.
 */
final class ByteStream extends ImageInputStreamImpl {

    private final byte[] content;
    private final long announced;
    private final EndGuard guard = new EndGuard();

    ByteStream(byte[] content) {
        this(content, content.length);
    }

    /** With another length than it has, for a reader that judges by it. */
    ByteStream(byte[] content, long announced) {
        this.content = content;
        this.announced = announced;
    }

    @Override
    public int read() throws IOException {
        bitOffset = 0;
        return guard.check(streamPos < content.length ? content[(int) streamPos++] & 0xff : -1);
    }

    @Override
    public int read(byte[] destination, int offset, int length) throws IOException {
        bitOffset = 0;
        if (length == 0) {
            return 0;
        }
        int left = (int) Math.max(0, content.length - streamPos);
        if (left == 0) {
            return guard.check(-1);
        }
        int count = Math.min(left, length);
        System.arraycopy(content, (int) streamPos, destination, offset, count);
        streamPos += count;
        return count;
    }

    @Override
    public long length() {
        return announced;
    }
}
