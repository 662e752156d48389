package org.ldae.data.decoding;

import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.stream.FileImageInputStream;

/** An image stream over a file that is too large to be loaded, guarded as {@link ByteStream}. */
final class FileStream extends FileImageInputStream {

    private final EndGuard guard = new EndGuard();

    FileStream(Path file) throws IOException {
        super(file.toFile());
    }

    @Override
    public int read() throws IOException {
        return guard.check(super.read());
    }

    @Override
    public int read(byte[] destination, int offset, int length) throws IOException {
        return guard.check(super.read(destination, offset, length));
    }
}
