package org.ldae.compute;

import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An implementation of {@link Kernels}, found by {@link java.util.ServiceLoader}: name the class in a file {@code
 * META-INF/services/org.ldae.compute.KernelsProvider}. Its object is made once and used by several threads.
 */
public interface KernelsProvider {

    /**
     * What the property {@code ldae.kernels} calls it.
     *
     * @return a short name in lower case, such as {@code cpu}
     */
    String name();

    /**
     * Who comes first where the property leaves the choice.
     *
     * @return the highest of those available is taken: 100 for {@code cpu}, 0 for {@code portable}; negative for kernels that
     *     must be asked for by name
     */
    int priority();

    /**
     * Why these kernels can't run in this process.
     *
     * @return a sentence that says what is missing; empty if they can
     */
    Optional<String> unavailable();

    /**
     * How many threads of a process may have kernels at a time, each of its own.
     *
     * @return at least 1; 1 where operations use all of the machine or device by themselves
     */
    int threads();

    /**
     * New kernels for one thread.
     *
     * @return kernels that are not shared between threads; where {@link #threads} is more than 1 they compute on the thread that
     *     calls them alone, whatever libraries below are told elsewhere, and leave no setting changed
     */
    Kernels kernels();

    /**
     * What computes, for provenance.
     *
     * @return the kernels and the libraries below them with their versions
     */
    default String description() {
        return name();
    }

    /**
     * Takes memory that these kernels read and write.
     *
     * @param size how many numbers, at least 1
     * @return zeros; memory of ND4J unless a provider brings its own
     */
    default Memory allocate(int size) {
        return Memory.ofNd4j(size);
    }

    /**
     * Sees an array's own numbers as memory of these kernels, so that they are not copied.
     *
     * @param array float32, row-major from the start of its memory; stays the caller's
     * @return memory that leaves the array open when it is closed; empty, as by default, where these kernels don't reach it
     */
    default Optional<Memory> share(INDArray array) {
        return Optional.empty();
    }

    /**
     * Called when threads begin to work side by side, for libraries below with threads of their own.
     *
     * @return what is called when they have ended
     */
    default Runnable hold() {
        return () -> {};
    }

    /**
     * Runs work on the calling thread so that libraries below use this thread alone. Called at every step of some networks, and
     * so allocates nothing.
     *
     * @param work what to do
     */
    default void runOnThread(Runnable work) {
        work.run();
    }
}
