package org.ldae.data.decoding;

import java.io.IOException;

/** One large picture is no reason to give up the others: where memory doesn't suffice, it can't be read. */
final class MemoryAtHand {

    private static final Object ALONE = new Object();

    /** Samples as the reader gives them, planes, and what is made of them on the way. */
    private static final int BYTES_A_PIXEL = 8;

    private MemoryAtHand() {}

    /** What takes memory. */
    interface Work<T> {
        T run() throws IOException;
    }

    static <T> T during(Object name, Work<T> work) throws IOException {
        try {
            return work.run();
        } catch (OutOfMemoryError e) {
            // Others may have had it at the same time: once more, one after another.
            return alone(name, work);
        }
    }

    private static <T> T alone(Object name, Work<T> work) throws IOException {
        synchronized (ALONE) {
            try {
                return work.run();
            } catch (OutOfMemoryError e) {
                throw new IOException(
                        name + ": needs more memory than there is at hand; raise -Xmx, or limit Decoding.withMaxPixels",
                        e);
            }
        }
    }

    /** Whether Java's heap is too small in any case. */
    static boolean isTooLittleFor(double pixels) {
        return pixels * BYTES_A_PIXEL > Runtime.getRuntime().maxMemory();
    }
}
