package org.ldae.data;

import javax.imageio.stream.ImageInputStreamImpl;

/** An image stream over a file's content in memory, without the copy that the platform's own stream makes. */
final class ByteStream extends ImageInputStreamImpl {

    private final byte[] content;

    ByteStream(byte[] content) {
        this.content = content;
    }

    @Override
    public int read() {
        bitOffset = 0;
        return streamPos < content.length ? content[(int) streamPos++] & 0xff : -1;
    }

    @Override
    public int read(byte[] destination, int offset, int length) {
        bitOffset = 0;
        if (length == 0) {
            return 0;
        }
        int left = (int) Math.max(0, content.length - streamPos);
        if (left == 0) {
            return -1;
        }
        int count = Math.min(left, length);
        System.arraycopy(content, (int) streamPos, destination, offset, count);
        streamPos += count;
        return count;
    }

    @Override
    public long length() {
        return content.length;
    }
}
