package org.ldae.data.sets;

import java.io.IOException;
import java.io.InputStream;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.ldae.core.Stage;
import org.ldae.data.Download;
import org.ldae.data.sources.Digests;

/** Fetches one file over HTTP, goes on where an earlier call stopped, and gives it its name when it is right. */
final class Downloader {

    /** Tries in a row that may end early; each goes on where the last one stopped. */
    private static final int TRIES = 3;

    private static final int OK = 200;
    private static final int PARTIAL = 206;
    private static final int UNSATISFIABLE = 416;
    private static final int MD5_DIGITS = 32;

    private final URI address;
    private final Download how;
    private final HttpClient client;

    Downloader(URI address, Download how) {
        this.address = address;
        this.how = how;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(how.patience());
        ProxySelector proxies = ProxySelector.getDefault();
        this.client = (proxies == null ? builder : builder.proxy(proxies)).build();
    }

    /**
     * Fetches the file.
     *
     * @throws IOException if it doesn't come or isn't the one with this checksum; what has come of it is kept for the next
     *     call unless it is wrong
     */
    void fetch(Path file, String checksum) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try (FileChannel channel =
                FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            lock(part, channel);
            boolean resumed = channel.size() > 0;
            transfer(part, channel);
            String found = hash(channel, checksum);
            if (resumed && !found.equals(checksum)) {
                // The beginning may be of another file: once more from there.
                channel.truncate(0);
                transfer(part, channel);
                found = hash(channel, checksum);
            }
            if (!found.equals(checksum)) {
                channel.truncate(0);
                throw new IOException(
                        "%s: expected a file with the checksum %s, got %s; it is damaged, or not the official one"
                                .formatted(address, checksum, found));
            }
            channel.force(true);
        }
        move(part, file);
    }

    /** Until the channel is closed. */
    private static void lock(Path part, FileChannel channel) throws IOException {
        try {
            if (channel.tryLock() != null) {
                return;
            }
        } catch (OverlappingFileLockException e) {
            throw new IOException(part + ": being downloaded already, by this process", e);
        }
        throw new IOException(part + ": being downloaded already, by another process");
    }

    private static void move(Path part, Path file) throws IOException {
        try {
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(part, file);
        }
    }

    /** Appends to what is there until the server says that this is all. */
    private void transfer(Path part, FileChannel channel) throws IOException {
        IOException failure = null;
        for (int attempt = 0; attempt < TRIES; attempt++) {
            try {
                receive(part, channel);
                return;
            } catch (RefusedException e) {
                throw e;
            } catch (IOException e) {
                failure = e;
            }
        }
        throw new IOException(
                "%s: stopped after %d bytes (%s); they are kept, and the same call goes on from there"
                        .formatted(address, channel.size(), failure),
                failure);
    }

    private void receive(Path part, FileChannel channel) throws IOException {
        long have = channel.size();
        HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(how.patience());
        if (have > 0) {
            request.header("Range", "bytes=%s-".formatted(have));
        }
        HttpResponse<InputStream> response = send(request.build());
        try (InputStream body = response.body()) {
            if (response.statusCode() == UNSATISFIABLE && have > 0) {
                // All of it is there, as far as the server can tell; the checksum decides.
                return;
            }
            long start = start(response, have);
            channel.truncate(start);
            channel.position(start);
            long total = start
                    + response.headers().firstValueAsLong("Content-Length").orElse(0);
            copy(body, part, channel, total);
        }
    }

    private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RefusedException(address + ": interrupted");
        }
    }

    /** Where in the file the answer begins. */
    private long start(HttpResponse<?> response, long have) throws IOException {
        int status = response.statusCode();
        if (status == OK) {
            return 0;
        }
        if (status == PARTIAL) {
            String range = response.headers().firstValue("Content-Range").orElse("");
            if (range.startsWith("bytes %s-".formatted(have))) {
                return have;
            }
            throw new RefusedException("%s: expected the bytes from %d on, got '%s'".formatted(address, have, range));
        }
        throw new RefusedException("%s: expected the file, got the HTTP status %d".formatted(address, status));
    }

    private void copy(InputStream body, Path file, FileChannel channel, long total) throws IOException {
        String name = address.getPath().substring(address.getPath().lastIndexOf('/') + 1);
        Stage stage = new Stage("download " + name, channel.position(), total, how.progress());
        byte[] part = new byte[1 << 16];
        try (StallGuard guard = new StallGuard(body, how.patience())) {
            for (int count = guard.read(part); count >= 0; count = guard.read(part)) {
                write(ByteBuffer.wrap(part, 0, count), file, channel);
                stage.at(channel.position());
            }
        }
    }

    /** A disk that is full now is full at the next try. */
    private static void write(ByteBuffer bytes, Path file, FileChannel channel) throws IOException {
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw new RefusedException(
                    "%s: can't be written (%s); what has come is kept, and the same call goes on from there"
                            .formatted(file, e));
        }
    }

    private static String hash(FileChannel channel, String like) throws IOException {
        MessageDigest digest = Digests.of(like.length() == MD5_DIGITS ? "MD5" : "SHA-256");
        ByteBuffer part = ByteBuffer.allocate(1 << 16);
        channel.position(0);
        while (channel.read(part) >= 0) {
            digest.update(part.flip());
            part.clear();
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** An answer that another try won't change. */
    private static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1;

        RefusedException(String message) {
            super(message);
        }
    }
}
