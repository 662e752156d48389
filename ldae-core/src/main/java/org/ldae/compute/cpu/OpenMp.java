package org.ldae.compute.cpu;

import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * What the calling thread asks of OpenMP, by which ND4J and oneDNN go: one thread from {@link #enter} to {@link #leave}, and
 * afterwards as many as before. The number belongs to the thread that asks, so that no other notices.
 */
final class OpenMp {

    private static final ThreadLocal<OpenMp> OF_THREAD = ThreadLocal.withInitial(OpenMp::new);

    private final NativeOps ops = NativeOpsHolder.getInstance().getDeviceNativeOps();
    private int entered;
    private int former;

    static OpenMp ofThread() {
        return OF_THREAD.get();
    }

    /** Once for each {@link #leave}; inside of another pair OpenMP is not asked again. */
    void enter() {
        if (entered++ == 0) {
            former = ops.ompGetMaxThreads();
            ops.setOmpNumThreads(1);
        }
    }

    void leave() {
        if (--entered == 0) {
            ops.setOmpNumThreads(former);
        }
    }

    boolean entered() {
        return entered > 0;
    }
}
