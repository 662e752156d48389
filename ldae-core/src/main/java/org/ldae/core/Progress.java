package org.ldae.core;

import java.util.Map;
import java.util.OptionalDouble;

/** Listens to work that takes time; the library itself prints and logs nothing. */
@FunctionalInterface
public interface Progress {

    /** What an event may tell beside where the work stands. */
    enum Quantity {
        /** Epochs done, with their fraction. */
        EPOCH,
        /** Loss of the last step. */
        LOSS,
        /** Lowest loss of images held out so far. */
        HELD_OUT_LOSS,
        /** Learning rate of the last step. */
        RATE,
        /** Images trained on, read or made a second, of late. */
        IMAGES_PER_SECOND,
        /** Top-1 accuracy, in [0, 1]. */
        ACCURACY,
        /** Weight of the penalty that a fit is at. */
        PENALTY,
        /** Norm of the gradient. */
        GRADIENT,
        /** Time t of the noise. */
        TIME,
        /** How far apart embeddings lie: 1 if they are spread evenly over the sphere, 0 if they have collapsed to a point. */
        SPREAD
    }

    /**
     * Where a piece of work stands.
     *
     * @param stage what is being done, such as {@code "train"}
     * @param about what it is done to, such as a cell of a study; may be empty
     * @param done units finished, from 0
     * @param total units in all
     * @param seconds time since the stage began (in this process)
     * @param secondsLeft estimated time left, NaN until known
     * @param numbers what else is known
     */
    record Event(
            String stage,
            String about,
            long done,
            long total,
            double seconds,
            double secondsLeft,
            Map<Quantity, Double> numbers) {

        /**
         * One of the numbers.
         *
         * @param quantity which
         * @return its value, empty if this event doesn't tell it
         */
        public OptionalDouble number(Quantity quantity) {
            Double value = numbers.get(quantity);
            return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
        }
    }

    /**
     * Called now and then while work goes on, on the thread that asked for the work.
     *
     * @param event where it stands
     */
    void update(Event event);

    /**
     * Called when something went wrong that does not end the work, such as a checkpoint that could not be written.
     *
     * @param message what happened and what is done about it
     */
    default void warn(String message) {}

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
