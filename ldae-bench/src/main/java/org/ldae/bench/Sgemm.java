package org.ldae.bench;

import org.ldae.compute.Backend;
import org.ldae.compute.Kernels;
import org.ldae.compute.Kernels.Transpose;
import org.ldae.compute.Tensor;
import org.ldae.compute.Workers;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The machine's rate of matrix products: 2048 x 384 times 384 x 1536, either with its rows split over the workers, each
 * with a single-threaded BLAS, or as one call of ND4J's BLAS with as many threads.
 */
final class Sgemm implements AutoCloseable, Side {

    static final int ROWS = 2048;
    static final int INNER = 384;
    static final int COLUMNS = 1536;
    static final double FLOPS = 2.0 * ROWS * INNER * COLUMNS;

    private final Tensor a = Numbers.normals("a", ROWS, INNER);
    private final Tensor b = Numbers.normals("b", INNER, COLUMNS);
    private final Tensor c = Tensor.zeros(ROWS, COLUMNS);
    private final Workers workers = new Workers();
    /** ND4J's product: the library's other kernels use one thread. */
    private final Kernels threaded = Backend.provider("portable").kernels();

    private final Tensor[] shareOfA = new Tensor[workers.count()];
    private final Tensor[] viewOfB = new Tensor[workers.count()];
    private final Tensor[] shareOfC = new Tensor[workers.count()];

    Sgemm() {
        for (int w = 0; w < workers.count(); w++) {
            int from = w * ROWS / workers.count();
            int rows = (w + 1) * ROWS / workers.count() - from;
            shareOfA[w] = a.view(from, rows, 0, INNER);
            viewOfB[w] = b.view(0, INNER, 0, COLUMNS); // a view belongs to one thread
            shareOfC[w] = c.view(from, rows, 0, COLUMNS);
        }
    }

    Tensor first() {
        return a;
    }

    Tensor second() {
        return b;
    }

    Tensor product() {
        return c;
    }

    /** One product, its rows split over the workers. */
    void split() {
        workers.run(w -> workers.kernels(w).gemm(Transpose.NONE, shareOfA[w], viewOfB[w], 0, shareOfC[w]));
    }

    /** Seconds of one product by a BLAS with as many threads as there are workers. */
    double threaded(Turn turn) {
        // The workers keep the BLAS at one thread a call, and need it there again afterwards.
        Nd4j.factory().blas().setMaxThreads(workers.count());
        try {
            return Side.time(() -> threaded.gemm(Transpose.NONE, a, b, 0, c), turn);
        } finally {
            Nd4j.factory().blas().setMaxThreads(1);
        }
    }

    /** Seconds of one product in the faster of the two ways. */
    @Override
    public double take(Turn turn) {
        Turn half = new Turn(turn.warmUp() / 2, turn.timed() / 2);
        double split = Side.time(this::split, half);
        return workers.count() == 1 ? split : Math.min(split, threaded(half));
    }

    @Override
    public void close() {
        workers.close();
        a.close();
        b.close();
        c.close();
    }
}
