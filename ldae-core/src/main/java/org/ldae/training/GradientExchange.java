package org.ldae.training;

/**
 * The processes that train one network together, each on its part of every batch. All call {@link #sum} equally often, with
 * arrays of equal length.
 */
public interface GradientExchange {

    /**
     * Which process this is.
     *
     * @return in [0, {@link #size})
     */
    int rank();

    /**
     * Number of processes.
     *
     * @return at least 1
     */
    int size();

    /**
     * Adds the processes' numbers, as a binary tree over ranks: neighbours first, (0 + 1) + (2 + 3). So numbers depend on the
     * number of threads in all, not on how they are spread, if both are powers of two.
     *
     * @param values this process's, replaced by the sum of all
     */
    void sum(float[] values);

    /**
     * This process alone.
     *
     * @return one of one
     */
    static GradientExchange alone() {
        return new GradientExchange() {
            @Override
            public int rank() {
                return 0;
            }

            @Override
            public int size() {
                return 1;
            }

            @Override
            public void sum(float[] values) {}
        };
    }
}
