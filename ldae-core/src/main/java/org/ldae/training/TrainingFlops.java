package org.ldae.training;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.ldae.compute.FlopCounter;
import org.ldae.core.Rng;
import org.ldae.nn.Workspace;

/** What a step of training costs in arithmetic, counted from shapes: nothing is computed and nothing learns. */
public final class TrainingFlops {

    private TrainingFlops() {}

    /**
     * A budget of arithmetic in the steps that it pays for; a length in epochs or steps stays.
     *
     * @param training how
     * @param task what is trained, with the training that it is given
     * @return the training to run
     */
    public static Training inSteps(Training training, Function<Training, ? extends Task> task) {
        return training.inSteps(() -> ofImage(training, task));
    }

    /**
     * Floating-point operations of an image in a step: all products of all phases, forward and backward, as {@link FlopCounter}
     * counts them. Losses between the images of a batch and the optimiser are not among them.
     *
     * @param training of any length; whether activations are computed twice
     * @param task what is trained, with the training that it is given: one step; one of its images is read
     * @return operations of an image
     */
    public static long ofImage(Training training, Function<Training, ? extends Task> task) {
        return ofImage(task.apply(training.withLength(new Length(1, Length.Unit.STEPS))), training);
    }

    private static long ofImage(Task task, Training training) {
        FlopCounter counter = new FlopCounter();
        List<Workspace> work = task.learners().stream()
                .map(learner -> training.checkpointActivations()
                        ? Workspace.recomputing(counter.kernels(), learner.parameters())
                        : Workspace.training(counter.kernels(), learner.parameters()))
                .toList();
        try (Task.Part part = task.part(new Share(0, 1, 0, 1, 1), work)) {
            Step step = Step.of(task.images(), Rng.of(0), 0);
            List<Phase> phases = task.phases(0);
            for (int i = 0; i < phases.size(); i++) {
                step.phase(i);
                Arrays.fill(phases.get(i).gathers(), 0);
                part.run(step);
            }
            return counter.flops();
        } finally {
            work.forEach(Workspace::close);
        }
    }
}
