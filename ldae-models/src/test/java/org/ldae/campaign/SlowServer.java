package org.ldae.campaign;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Serves one file of a megabyte in about a second, from wherever it is asked for. */
final class SlowServer implements AutoCloseable {

    static final String NAME = "set.bin";

    private static final byte[] CONTENT = new byte[1 << 20];
    private static final int CHUNK = 1 << 14;

    static {
        new Random(1).nextBytes(CONTENT);
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    SlowServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", SlowServer::answer);
        server.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    static String checksum() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(CONTENT));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            @Nullable String range = exchange.getRequestHeaders().getFirst("Range");
            int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
            if (from >= CONTENT.length) {
                exchange.sendResponseHeaders(416, -1);
                return;
            }
            if (range != null) {
                String sent = "bytes %s-%s/%s".formatted(from, CONTENT.length - 1, CONTENT.length);
                exchange.getResponseHeaders().add("Content-Range", sent);
            }
            exchange.sendResponseHeaders(range == null ? 200 : 206, CONTENT.length - from);
            OutputStream body = exchange.getResponseBody();
            for (int at = from; at < CONTENT.length; at += CHUNK) {
                body.write(CONTENT, at, Math.min(CHUNK, CONTENT.length - at));
                body.flush();
                Thread.sleep(15);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
