package org.ldae.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.ldae.core.Rng;

/** Ranks as threads of one process, over sockets. */
class SocketExchangeTest {

    private static final long SECRET = 42;
    private static final int NUMBERS = 40_000; // more than one chunk

    private static float[] numbers(int rank) {
        float[] numbers = new float[NUMBERS];
        Rng.of(rank).normals(numbers, 0, NUMBERS);
        return numbers;
    }

    private static float[] plus(float[] a, float[] b) {
        float[] sum = a.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += b[i];
        }
        return sum;
    }

    private static List<ServerSocketChannel> servers(int ranks) throws IOException {
        List<ServerSocketChannel> servers = new ArrayList<>();
        for (int rank = 0; rank < ranks; rank++) {
            servers.add(ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        }
        return servers;
    }

    /** What each rank's numbers come to. */
    private static List<float[]> sums(List<ServerSocketChannel> servers) {
        String[] addresses = servers.stream()
                .map(server -> "127.0.0.1:" + server.socket().getLocalPort())
                .toArray(String[]::new);
        List<CompletableFuture<float[]>> ranks = new ArrayList<>();
        for (int i = 0; i < addresses.length; i++) {
            int rank = i;
            ranks.add(CompletableFuture.supplyAsync(
                    () -> {
                        float[] numbers = numbers(rank);
                        try (ServerSocketChannel server = servers.get(rank);
                                SocketExchange exchange =
                                        SocketExchange.connect(rank, server, addresses, SECRET, () -> false)) {
                            assertEquals(rank, exchange.rank());
                            assertEquals(addresses.length, exchange.size());
                            exchange.sum(numbers);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                        return numbers;
                    },
                    work -> new Thread(work).start()));
        }
        return ranks.stream().map(CompletableFuture::join).toList();
    }

    @Test
    void fourRanksAddAsABinaryTreeToTheSameBits() throws IOException {
        float[] tree = plus(plus(numbers(0), numbers(1)), plus(numbers(2), numbers(3)));
        for (float[] sum : sums(servers(4))) {
            assertArrayEquals(tree, sum);
        }
    }

    @Test
    void strangersAreSentAway() throws IOException {
        List<ServerSocketChannel> servers = servers(2);
        InetSocketAddress listens = (InetSocketAddress) servers.get(1).getLocalAddress();
        new Socket(listens.getAddress(), listens.getPort()).close(); // looks whether someone is there
        try (Socket guesses = new Socket(listens.getAddress(), listens.getPort())) {
            guesses.getOutputStream().write(new byte[12]);
            guesses.getOutputStream().flush();
            for (float[] sum : sums(servers)) {
                assertArrayEquals(plus(numbers(0), numbers(1)), sum);
            }
            assertEquals(-1, guesses.getInputStream().read());
        }
    }
}
