package org.ldae.core;

/** Listens to work that takes time; the library itself prints and logs nothing. */
@FunctionalInterface
public interface Progress {

    /**
     * Where a piece of work stands.
     *
     * @param stage what is being done, such as {@code "train"}
     * @param done units finished, from 0
     * @param total units in all
     * @param seconds time since the stage began (in this process)
     * @param secondsLeft estimated time left, NaN until known
     * @param detail more to say, such as the loss; may be empty
     */
    record Event(String stage, long done, long total, double seconds, double secondsLeft, String detail) {}

    /**
     * Called now and then while work goes on, on the thread that asked for the work.
     *
     * @param event where it stands
     */
    void update(Event event);

    /**
     * Listens to nothing.
     *
     * @return a silent listener
     */
    static Progress none() {
        return event -> {};
    }

    /**
     * Prints a line about every two seconds and at the end of each stage to standard output.
     *
     * @return a new printing listener
     */
    static Progress console() {
        return new ConsoleProgress(System.out);
    }
}
