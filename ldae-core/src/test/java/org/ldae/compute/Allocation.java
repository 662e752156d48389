package org.ldae.compute;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.bytedeco.javacpp.Pointer;

/** Memory that code takes. */
public final class Allocation {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int WARM_UP = 50;
    private static final int ROUNDS = 20;

    private Allocation() {}

    /** Heap bytes the calling thread has taken so far. */
    public static long ofThread() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }

    /** Direct bytes the process holds. */
    public static long direct() {
        return Pointer.totalBytes();
    }

    /** Heap bytes a round of the code takes on the calling thread, once it is warm. */
    public static long ofCaller(Runnable code) {
        for (int i = 0; i < WARM_UP; i++) {
            code.run();
        }
        long before = ofThread();
        for (int i = 0; i < ROUNDS; i++) {
            code.run();
        }
        return (ofThread() - before) / ROUNDS;
    }
}
