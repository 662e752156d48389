package org.ldae.bench;

import java.io.IOException;
import java.util.Set;

/**
 * Something that is timed, by itself and against peers.
 *
 * <p>A new one is a class that implements this, a line in {@link Tasks}, and a function of the same {@link #kind} in the
 * scripts of the peers that can do it.
 */
interface Task {

    /** What its numbers are named after, such as {@code step16}; the kind, where it has one size only. */
    default String name() {
        return kind();
    }

    /** What peers know it by: tasks that differ in size only share one. */
    String kind();

    /** Names of the peers that can do it; by default those that multiply matrices. */
    default Set<String> peers() {
        return Set.of(Peers.PYTORCH, Peers.LIBTORCH);
    }

    /** Makes inputs, start values and scratch memory. */
    Work open() throws IOException;

    /** A task set up in this process. */
    interface Work extends AutoCloseable {

        /** What the peers need; asked before anything runs. */
        void handOver(Handoff handoff) throws IOException;

        /**
         * Numbers that show that the work is done, such as losses of the first steps; a peer must get the same. Called once,
         * before the first iteration.
         */
        double[] check();

        /** How far a peer's numbers may lie from these, relatively. */
        default double tolerance() {
            return 1e-4;
        }

        /** What is timed. */
        void iterate();

        /** Reports what needs no peer. */
        default void reportAlone(Report report, int rounds) throws IOException {}

        @Override
        void close();
    }
}
