package org.ldae.bench;

import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** A logistic probe fitted to an objective within 1e-6 of the lowest, on all threads. */
public class ProbeFitBenchmark extends BothKernels<Task.Work> {

    private static final int IMAGES = 2_000;
    private static final int CLASSES = 10;

    /** Features of an image. */
    @Param({"128", "768", "1024"})
    public int width = 128;

    @Override
    Task.Work open() throws IOException {
        Task.Work fits = new ProbeTask("probe", IMAGES, width, CLASSES).open();
        fits.check(); // finds the tolerance
        return fits;
    }

    /** Standardising and L-BFGS. */
    @Benchmark
    public void fit() {
        subject().iterate();
    }
}
