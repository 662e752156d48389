package org.ldae.study;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** Where the cells of a study run: threads of this process, or elsewhere. */
@FunctionalInterface
public interface CellExecutor {

    /**
     * Runs cells in any order, and returns when the last has ended. If one fails, or the calling thread is interrupted, it
     * gives up the others, waits until they have stopped, and throws.
     *
     * @param cells what to run
     * @param local runs a cell in this process; an executor elsewhere calls {@link Study#run(Cell, org.ldae.data.Dataset,
     *     Path, org.ldae.core.Progress)} there instead
     * @param ended to be told of each result, on the calling thread, as soon as it is there
     * @throws InterruptedException if the calling thread is interrupted
     */
    void run(List<Cell> cells, Local local, Consumer<CellResult> ended) throws InterruptedException;

    /** Cells in the process of the study. */
    interface Local extends Function<Cell, CellResult> {

        /**
         * Fits the tokenizers that a cell will ask for, unless they are there.
         *
         * @param cell one of the study's
         * @return the folder that holds them as files, and those of other cells; copied to {@code tokenizers} in the folder that
         *     {@link Study#run(Cell, org.ldae.data.Dataset, Path, org.ldae.core.Progress)} is given elsewhere, they are read
         *     there
         */
        Path fitTokenizers(Cell cell);
    }

    /**
     * Threads of this process; they share the library's threads evenly.
     *
     * @param cells at a time, at least 1
     * @return the executor
     */
    static CellExecutor threads(int cells) {
        return new ThreadExecutor(cells);
    }
}
