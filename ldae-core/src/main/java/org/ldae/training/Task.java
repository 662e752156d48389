package org.ldae.training;

import java.util.List;
import java.util.Map;
import org.ldae.core.Progress;
import org.ldae.data.ImageSource;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;

/** What is trained, and how a step finds losses and gradients. {@link TrainingLoop} does the rest. */
public interface Task {

    /**
     * What it is called in progress and errors.
     *
     * @return such as {@code "masked autoencoder"}
     */
    String name();

    /**
     * What it is trained on.
     *
     * @return at least a batch
     */
    ImageSource images();

    /**
     * What learns.
     *
     * @return networks in the order that phases number them; closed by their owner
     */
    List<Learner> learners();

    /**
     * Most images of a pass.
     *
     * @return at least 1
     */
    int imagesAtOnce();

    /**
     * Builds one thread's part of every step.
     *
     * @param share positions of each batch
     * @param work a workspace over each learner's parameters, which the loop closes
     * @return the part, which the loop closes
     */
    Part part(Share share, List<Workspace> work);

    /**
     * What a step consists of.
     *
     * @param step number of the step, from 0
     * @return one phase that ends with an update of the first learner, unless overridden
     */
    default List<Phase> phases(int step) {
        return Phase.ONE;
    }

    /**
     * Whether a lower held-out loss means better parameters. If not, as in a game of two networks, all steps are run and the last
     * parameters are kept.
     *
     * @return true unless overridden
     */
    default boolean keepsBest() {
        return true;
    }

    /**
     * What decides its numbers beside the {@link Training} and the seed, told so that a saved run is not resumed as another one.
     *
     * @return such as the text of the options and the images' hash
     */
    default String settings() {
        return "";
    }

    /**
     * Parameters that no learner has but that belong to the run, such as a momentum encoder's: saved and restored with it.
     *
     * @return by the names that their tensors have in checkpoints, closed by their owner; none unless overridden
     */
    default Map<String, Parameters> companions() {
        return Map.of();
    }

    /**
     * What it tells of its last step beside the loss.
     *
     * @return numbers for progress; none unless overridden
     */
    default Map<Progress.Quantity, Double> numbers() {
        return Map.of();
    }

    /** One thread's part of every step. */
    interface Part extends AutoCloseable {

        /**
         * Computes this part of a phase: adds to the workspaces' gradients, which are zero when a step begins.
         *
         * @param step where training stands
         * @return its part of the loss; the first learner's is the sum over the parts and the phases up to its update
         */
        double run(Step step);

        /**
         * This part of the loss of the images held out, at the parameters as they are.
         *
         * @return the sum over the parts is the loss
         * @throws UnsupportedOperationException if the task has no such loss
         */
        default double heldOutLoss() {
            throw new UnsupportedOperationException(
                    "held-out images: this training has no checks; leave out withHeldOut");
        }

        /** Frees what the part holds; the loop does it at its end. */
        @Override
        default void close() {}
    }
}
