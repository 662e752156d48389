package org.ldae.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.ldae.core.Progress;
import org.ldae.data.Dataset;
import org.ldae.deconstruction.Preset;

/**
 * The whole road from a diffusion model to a denoising autoencoder as an experiment: the steps of the path, controls and
 * ablations, each with several seeds.
 *
 * <pre>{@code
 * StudyResults results = Study.of(Preset.tiny(), List.of(1L, 2L, 3L))
 *         .withGroups(Set.of(Group.PATH, Group.CONTROL))
 *         .run(data, Path.of("out/study"), Progress.console());
 * }</pre>
 *
 * <p>Every finished cell is saved at once, and a study that is started again in the same folder goes on where it stopped. Not
 * for images that don't fit in memory unless their source reads them quickly: every cell reads all of them.
 *
 * @param preset the first row's recipe
 * @param seeds of the runs, at least one
 * @param groups what is run
 * @param steps names of the steps, controls and ablations that are run; a group of which none is named is run whole
 * @param jobs cells at a time; they share the threads
 */
public record Study(Preset preset, List<Long> seeds, Set<Group> groups, Set<String> steps, int jobs) {

    /**
     * Checks the options.
     *
     * @param preset the first row's recipe
     * @param seeds of the runs, at least one
     * @param groups what is run
     * @param steps names of the steps, controls and ablations that are run; a group of which none is named is run whole
     * @param jobs cells at a time, at least 1
     */
    public Study {
        seeds = List.copyOf(seeds);
        groups = Set.copyOf(groups);
        steps = Set.copyOf(steps);
        if (seeds.isEmpty() || seeds.stream().distinct().count() < seeds.size()) {
            throw new IllegalArgumentException("seeds: expected at least one, no two the same, got " + seeds);
        }
        if (groups.isEmpty() || jobs < 1) {
            throw new IllegalArgumentException(
                    "study: expected at least one group and one job, got %s, %d".formatted(groups, jobs));
        }
    }

    /**
     * All groups of a preset, one cell at a time.
     *
     * @param preset the first row's recipe
     * @param seeds of the runs
     * @return the study
     */
    public static Study of(Preset preset, List<Long> seeds) {
        return new Study(preset, seeds, EnumSet.allOf(Group.class), Set.of(), 1);
    }

    /**
     * Other groups.
     *
     * @param some what is run
     * @return a copy
     */
    public Study withGroups(Set<Group> some) {
        return new Study(preset, seeds, some, steps, jobs);
    }

    /**
     * Some steps, controls and ablations only, such as {@code mae} or {@code pca-16}.
     *
     * @param names of trials; a group of which none is named is run whole
     * @return a copy
     */
    public Study withSteps(Set<String> names) {
        return new Study(preset, seeds, groups, names, jobs);
    }

    /**
     * Several cells at a time, which share the threads.
     *
     * @param count at least 1
     * @return a copy
     */
    public Study withJobs(int count) {
        return new Study(preset, seeds, groups, steps, count);
    }

    /**
     * The cells in the order in which they are run: all trials with the first seed, then with the next.
     *
     * @param data labelled images
     * @return the cells
     * @throws IllegalArgumentException if a step is named that none of the groups has
     */
    public List<Cell> cells(Dataset data) {
        List<Trial> trials = trials(data);
        return seeds.stream()
                .flatMap(seed -> trials.stream().map(trial -> trial.cell(seed)))
                .toList();
    }

    List<Trial> trials(Dataset data) {
        if (data.train().classNames().isEmpty()) {
            throw new IllegalArgumentException(
                    "data: expected labelled images to probe with, got images without labels");
        }
        return Trials.of(preset, data.train().shape(), groups, steps);
    }

    /**
     * Runs every cell that the folder doesn't hold yet. If this thread is interrupted, cells in progress are given up, and the
     * status stays set.
     *
     * @param data labelled images
     * @param out folder for cells, tokenizers and pictures; made if it is missing
     * @param progress told as cells go on and end, from several threads in turn if there are several jobs
     * @return all results, in the order of {@link #cells}; {@code results.csv} and {@code results.json} hold them too
     * @throws IOException if the folder can't be written or holds cells of other settings or images
     * @throws java.util.concurrent.CancellationException if this thread is interrupted
     */
    public StudyResults run(Dataset data, Path out, Progress progress) throws IOException {
        StudyResults results = new StudyResults(new StudyRun(this, data, out, progress).run());
        results.writeCsv(out.resolve("results.csv"));
        results.writeJson(out.resolve("results.json"));
        return results;
    }

    /**
     * The finished cells of an earlier run, without running anything.
     *
     * @param data the images of that run
     * @param out its folder
     * @return results of this study's cells, in their order, without those that are missing
     * @throws IOException if the folder can't be read, or holds no finished cell or cells of other settings or images
     */
    public StudyResults saved(Dataset data, Path out) throws IOException {
        List<CellResult> cells =
                Files.isDirectory(out) ? new StudyRun(this, data, out, Progress.none()).saved() : List.of();
        if (cells.isEmpty()) {
            throw new IOException("%s: expected finished cells of this study, found none; run it first".formatted(out));
        }
        return new StudyResults(cells);
    }
}
