package org.ldae.data.sets;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A web server on this machine that misbehaves as told. */
final class SetServer implements AutoCloseable {

    /** What it does to the next answers, one each; usual ones afterwards. */
    enum Mood {
        USUAL,
        /** Announces all and sends half. */
        TRUNCATES,
        /** Sends half, then nothing for as long as it runs. */
        STALLS,
        /** Turns over a bit. */
        CORRUPTS,
        /** Knows no ranges. */
        IGNORES_RANGES,
        /** Answers a range with another one. */
        CONFUSES_RANGES,
        FAILS
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final List<Mood> moods = Collections.synchronizedList(new ArrayList<>());
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());

    SetServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:%d/".formatted(port()));
    }

    int port() {
        return server.getAddress().getPort();
    }

    void put(String path, byte[] content) {
        files.put(path, content);
    }

    void next(Mood... answers) {
        moods.addAll(List.of(answers));
    }

    /** Paths and ranges asked for, and host names where they aren't this machine's. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String range =
                    Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("Range"), "");
            URI asked = exchange.getRequestURI();
            requests.add((asked.getHost() == null ? "" : asked.getHost()) + asked.getPath() + " " + range);
            Mood mood = moods.isEmpty() ? Mood.USUAL : moods.remove(0);
            String path = asked.getPath();
            if (path.startsWith("/moved/")) {
                exchange.getResponseHeaders().add("Location", "/" + path.substring("/moved/".length()));
                exchange.sendResponseHeaders(302, -1);
                return;
            }
            byte[] content = files.get(path);
            if (content == null || mood == Mood.FAILS) {
                exchange.sendResponseHeaders(content == null ? 404 : 503, -1);
                return;
            }
            send(exchange, content, mood.equals(Mood.IGNORES_RANGES) ? "" : range, mood);
        }
    }

    private void send(HttpExchange exchange, byte[] content, String range, Mood mood) throws IOException {
        int from = range.isEmpty() ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
        if (from >= content.length) {
            exchange.sendResponseHeaders(416, -1);
            return;
        }
        byte[] part = Arrays.copyOfRange(content, from, content.length);
        if (!range.isEmpty()) {
            int told = mood == Mood.CONFUSES_RANGES ? from + 1 : from;
            exchange.getResponseHeaders()
                    .add("Content-Range", "bytes %d-%d/%d".formatted(told, content.length - 1, content.length));
        }
        if (mood == Mood.CORRUPTS) {
            part[part.length / 2] ^= 4;
        }
        exchange.sendResponseHeaders(range.isEmpty() ? 200 : 206, part.length);
        boolean half = mood == Mood.TRUNCATES || mood == Mood.STALLS;
        exchange.getResponseBody().write(part, 0, half ? part.length / 2 : part.length);
        exchange.getResponseBody().flush();
        if (mood == Mood.STALLS) {
            awaitClose();
        }
    }

    private void awaitClose() {
        try {
            closed.await(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
