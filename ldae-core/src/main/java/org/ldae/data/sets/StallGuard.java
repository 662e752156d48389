package org.ldae.data.sets;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Closes a stream from which nothing has come for some time, so that its reader doesn't wait for ever. */
final class StallGuard implements AutoCloseable {

    private final InputStream stream;
    private final Duration patience;
    private long movedAt = System.nanoTime();
    private boolean stalled;
    private boolean closed;

    StallGuard(InputStream stream, Duration patience) {
        this.stream = stream;
        this.patience = patience;
        Thread thread = new Thread(this::watch, "ldae-stall-guard");
        thread.setDaemon(true);
        thread.start();
    }

    /** Reads some bytes, -1 at the end; an error if none came for too long. */
    int read(byte[] part) throws IOException {
        @Nullable IOException failure = null;
        int count = -1;
        try {
            count = stream.read(part);
        } catch (IOException e) {
            failure = e;
        }
        synchronized (this) {
            movedAt = System.nanoTime();
            if (stalled) {
                throw new IOException("no data for %.1f s".formatted(patience.toMillis() / 1e3), failure);
            }
        }
        if (failure != null) {
            throw failure;
        }
        return count;
    }

    private void watch() {
        if (awaitStall()) {
            try {
                stream.close();
            } catch (IOException e) {
                // The reader fails in any case, and says why.
                return;
            }
        }
    }

    /** Whether the time ran out before this was closed. */
    private synchronized boolean awaitStall() {
        while (!closed) {
            long left = movedAt + patience.toNanos() - System.nanoTime();
            if (left <= 0) {
                stalled = true;
                return true;
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, TimeUnit.MILLISECONDS.toNanos(1)));
            } catch (InterruptedException e) {
                return false;
            }
        }
        return false;
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
