package org.ldae.compute.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.ldae.compute.Backend;
import org.ldae.compute.ImageKernels.PatchShape;
import org.ldae.compute.Kernels;
import org.ldae.compute.Kernels.Qkv;
import org.ldae.compute.Kernels.Transpose;
import org.ldae.compute.Operands;
import org.ldae.compute.Tensor;
import org.ldae.testing.NativeThreads;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/** Kernels on a thread that is no worker: they compute on it alone and leave its settings as they were. */
class CallersThreadTest {

    private static final int THREADS = 3;

    @BeforeEach
    void needsTheNativeBackend() {
        assumeTrue(Backend.isNative(), "CPU kernels only");
    }

    @Test
    void theCountSeesWhatOpenMpStarts() {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "ND4J asks for no threads on one processor");
        int started = NativeThreads.startedBy(() -> {
            openMp().setOmpNumThreads(THREADS);
            Nd4j.rand(DataType.FLOAT, 1000, 1000).muli(2);
        });
        assertTrue(started > 0, "none");
    }

    @Test
    void productsAttentionAndPatchesStartNoThreads() {
        Map<String, Kernels> kinds = EveryGemm.kernels();
        if (new Bfloat16Provider().unavailable().isEmpty()) {
            kinds.put("bfloat16", new Bfloat16Provider().kernels());
        }
        kinds.forEach((name, kernels) -> {
            List<Integer> after = new ArrayList<>();
            int started = NativeThreads.startedBy(() -> {
                openMp().setOmpNumThreads(THREADS);
                work(kernels);
                after.add(openMp().ompGetMaxThreads());
            });
            assertEquals(0, started, name);
            assertEquals(List.of(THREADS), after, name);
        });
    }

    private static NativeOps openMp() {
        return NativeOpsHolder.getInstance().getDeviceNativeOps();
    }

    private static void work(Kernels kernels) {
        int tokens = 64;
        int width = 192;
        try (Operands operands = new Operands(1)) {
            Tensor x = operands.matrix(4 * tokens, 3 * width);
            Tensor weight = operands.matrix(width, 3 * width);
            Tensor y = operands.matrix(4 * tokens, width);
            kernels.linear(x, weight, 0, y);
            kernels.linearGradient(x, y, weight, operands.matrix(1, width));
            kernels.gemm(Transpose.NONE, y, weight, 1, x);
            kernels.attention(Qkv.of(x, tokens, 3), operands.matrix(4 * 3 * tokens, tokens), y);
            PatchShape shape = new PatchShape(3, 8, 8, 16);
            Tensor images = operands.matrix(8, shape.imageSize());
            kernels.images().cut(shape, images, operands.matrix(8 * 64, 3 * 16 * 16));
        }
    }

    /** OpenBLAS has one number for the process. Whoever looks sees 1 while a product is under way, and the former one after. */
    @Test
    void openBlasIsHeldForTheTimeOfAProduct() throws InterruptedException {
        Loader.load(openblas_nolapack.class);
        Threads threads = new Threads();
        assumeTrue(threads.call(0) > 1, "OpenBLAS has one thread anyway");
        int before = threads.call(0);
        AtomicBoolean held = new AtomicBoolean();
        AtomicBoolean done = new AtomicBoolean();
        Thread watch = new Thread(() -> {
            while (!done.get()) {
                held.compareAndSet(false, threads.call(0) == 1);
            }
        });
        watch.start();
        try (Operands operands = new Operands(1)) {
            Kernels kernels = new CpuKernels(new OpenBlas());
            Tensor x = operands.matrix(512, 512);
            Tensor y = operands.matrix(512, 512);
            Tensor z = operands.matrix(512, 512);
            for (int i = 0; i < 500 && !held.get(); i++) {
                kernels.gemm(Transpose.NONE, x, y, 0, z);
            }
        } finally {
            done.set(true);
            watch.join();
        }
        assertTrue(held.get(), "never 1");
        assertEquals(before, threads.call(0));
    }

    private static final class Threads extends openblas_nolapack.MklSetNumThreadsLocal {
        Threads() {
            put(Loader.addressof("openblas_get_num_threads"));
        }
    }
}
