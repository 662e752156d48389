package org.ldae.spark;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.spark.BarrierTaskContext;
import org.ldae.training.GradientExchange;

/**
 * The tasks of a barrier stage as processes that train together, connected by sockets.
 *
 * <p>A sum takes log2 of the ranks rounds: in each a rank and its partner, whose number differs in one bit, send each other what
 * they have and add it (recursive doubling; Thakur, Rabenseifner and Gropp 2005). That is the binary tree over ranks that
 * {@link GradientExchange} promises, to the same bits on every rank. Whoever ends closes its sockets, so that its partners end too.
 */
final class SocketExchange implements GradientExchange, AutoCloseable {

    /** Sent before anything is received: less than what a connection holds by itself. */
    private static final int CHUNK = 1 << 16;

    private static final int ACCEPT_MILLISECONDS = 500;

    /** Who calls says who it is within this time. */
    private static final int MILLIS_TO_SPEAK = 5000;

    private final int rank;
    private final int size;
    private final List<SocketChannel> partners = new ArrayList<>();
    private final Map<Integer, SocketChannel> early = new HashMap<>();
    private final ByteBuffer out = chunk();
    private final ByteBuffer in = chunk();
    private final FloatBuffer outFloats = out.asFloatBuffer();
    private final FloatBuffer inFloats = in.asFloatBuffer();
    private final float[] received = new float[CHUNK / Float.BYTES];

    private SocketExchange(int rank, int size) {
        this.rank = rank;
        this.size = size;
    }

    private static ByteBuffer chunk() {
        return ByteBuffer.allocateDirect(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Connects this task with those of its stage.
     *
     * @param task this one; its stage has a power of two of them
     * @param secret of the run, so that no stranger is taken for a rank
     */
    static SocketExchange join(BarrierTaskContext task, long secret) throws IOException {
        int rank = task.partitionId();
        String host = task.getTaskInfos()[rank].address().replaceFirst(":\\d+$", "");
        try (ServerSocketChannel server = ServerSocketChannel.open().bind(new InetSocketAddress(host, 0))) {
            String[] addresses = task.allGather(host + ":" + server.socket().getLocalPort());
            return connect(rank, server, addresses, secret, task::isInterrupted);
        }
    }

    /** Connects the rank that listens at one of the addresses with those at the others. */
    static SocketExchange connect(
            int rank, ServerSocketChannel server, String[] addresses, long secret, BooleanSupplier interrupted)
            throws IOException {
        SocketExchange exchange = new SocketExchange(rank, addresses.length);
        try {
            server.socket().setSoTimeout(ACCEPT_MILLISECONDS);
            for (int bit = 1; bit < addresses.length; bit <<= 1) {
                int partner = rank ^ bit;
                exchange.partners.add(
                        rank < partner
                                ? exchange.call(addresses[partner], secret)
                                : exchange.answer(server, partner, secret, interrupted));
            }
            return exchange;
        } catch (IOException | RuntimeException e) {
            exchange.close();
            throw e;
        }
    }

    private SocketChannel call(String address, long secret) throws IOException {
        int colon = address.lastIndexOf(':');
        SocketChannel channel = SocketChannel.open(
                new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        out.clear().putLong(secret).putInt(rank).flip();
        while (out.hasRemaining()) {
            channel.write(out);
        }
        return channel;
    }

    /** Waits for a partner; others that call early are kept, and who isn't one is sent away. */
    private SocketChannel answer(ServerSocketChannel server, int partner, long secret, BooleanSupplier interrupted)
            throws IOException {
        while (true) {
            SocketChannel known = early.remove(partner);
            if (known != null) {
                return known;
            }
            try {
                Socket caller = server.socket().accept();
                if (!known(caller, secret)) {
                    caller.close();
                }
            } catch (SocketTimeoutException e) {
                if (interrupted.getAsBoolean()) {
                    throw new IOException("rank %d: given up while it waited for rank %d".formatted(rank, partner), e);
                }
            }
        }
    }

    /** Keeps a partner by its rank; false for who says something else, too little, or nothing for a while. */
    private boolean known(Socket caller, long secret) throws IOException {
        byte[] said = new byte[Long.BYTES + Integer.BYTES];
        try {
            caller.setSoTimeout(MILLIS_TO_SPEAK);
            caller.setTcpNoDelay(true);
            if (caller.getInputStream().readNBytes(said, 0, said.length) < said.length) {
                return false;
            }
            caller.setSoTimeout(0);
        } catch (SocketTimeoutException | SocketException e) {
            return false; // sent away: whose silence or fault must not end the training of others
        }
        ByteBuffer words = ByteBuffer.wrap(said).order(out.order());
        if (words.getLong() != secret) {
            return false;
        }
        early.put(words.getInt(), caller.getChannel());
        return true;
    }

    private void fill(SocketChannel channel, int partner) throws IOException {
        while (in.hasRemaining()) {
            if (channel.read(in) < 0) {
                throw new EOFException("rank %d: rank %d has gone".formatted(rank, partner));
            }
        }
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public void sum(float[] values) {
        try {
            for (int round = 0; round < partners.size(); round++) {
                for (int from = 0; from < values.length; from += received.length) {
                    swap(round, values, from, Math.min(received.length, values.length - from));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends some numbers to a partner and adds those it sends. */
    private void swap(int round, float[] values, int from, int count) throws IOException {
        SocketChannel channel = partners.get(round);
        outFloats.clear().put(values, from, count);
        out.clear().limit(count * Float.BYTES);
        while (out.hasRemaining()) {
            channel.write(out);
        }
        in.clear().limit(count * Float.BYTES);
        fill(channel, rank ^ 1 << round);
        inFloats.clear().get(received, 0, count);
        for (int i = 0; i < count; i++) {
            values[from + i] += received[i];
        }
    }

    @Override
    public void close() throws IOException {
        partners.addAll(early.values());
        for (SocketChannel partner : partners) {
            partner.close();
        }
    }
}
