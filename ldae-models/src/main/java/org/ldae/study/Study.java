package org.ldae.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ldae.core.FolderLock;
import org.ldae.core.Progress;
import org.ldae.data.Dataset;
import org.ldae.deconstruction.Deconstruction;
import org.ldae.deconstruction.Preset;
import org.ldae.deconstruction.Step;
import org.ldae.models.Recipe;

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
 * @param groups what is run of the library's trials
 * @param names of the library's trials that are run; a group of which none is named is run whole
 * @param steps steps of one's own, each applied to the last row of the path
 * @param trials trials of one's own
 * @param executor where cells run
 */
public record Study(
        Preset preset,
        List<Long> seeds,
        Set<Group> groups,
        Set<String> names,
        List<Step> steps,
        List<Trial> trials,
        CellExecutor executor) {

    /**
     * Checks the options.
     *
     * @param preset the first row's recipe
     * @param seeds of the runs, at least one
     * @param groups what is run of the library's trials
     * @param names of the library's trials that are run
     * @param steps steps of one's own
     * @param trials trials of one's own
     * @param executor where cells run
     */
    public Study {
        seeds = List.copyOf(seeds);
        groups = Set.copyOf(groups);
        names = Set.copyOf(names);
        steps = List.copyOf(steps);
        trials = List.copyOf(trials);
        if (seeds.isEmpty() || seeds.stream().distinct().count() < seeds.size()) {
            throw new IllegalArgumentException("seeds: expected at least one, no two the same, got " + seeds);
        }
    }

    /**
     * The published groups of a preset, one cell at a time.
     *
     * @param preset the first row's recipe
     * @param seeds of the runs
     * @return the study
     */
    public static Study of(Preset preset, List<Long> seeds) {
        return new Study(preset, seeds, Group.published(), Set.of(), List.of(), List.of(), CellExecutor.threads(1));
    }

    /**
     * Other groups.
     *
     * @param some what is run of the library's trials; may be empty if there are steps or trials of one's own
     * @return a copy
     */
    public Study withGroups(Set<Group> some) {
        return new Study(preset, seeds, some, names, steps, trials, executor);
    }

    /**
     * Some of the library's steps, controls and ablations only, such as {@code mae} or {@code pca-16}.
     *
     * @param some names of trials; a group of which none is named is run whole
     * @return a copy
     */
    public Study withNames(Set<String> some) {
        return new Study(preset, seeds, groups, some, steps, trials, executor);
    }

    /**
     * Steps of one's own: each is applied to the last row of the path, trained, and shown below it.
     *
     * @param own functions from recipe to recipe
     * @return a copy with these alone
     */
    public Study withSteps(Step... own) {
        return new Study(preset, seeds, groups, names, List.of(own), trials, executor);
    }

    /**
     * Trials of one's own.
     *
     * @param own each with a subject
     * @return a copy with these alone
     */
    public Study withTrials(Trial... own) {
        return new Study(preset, seeds, groups, names, steps, List.of(own), executor);
    }

    /**
     * Another place for cells to run.
     *
     * @param place such as {@code CellExecutor.threads(2)}
     * @return a copy
     */
    public Study withExecutor(CellExecutor place) {
        return new Study(preset, seeds, groups, names, steps, trials, place);
    }

    /**
     * The rows of the path, its single-level variant and the steps of one's own.
     *
     * @return at least 14 steps
     */
    public List<Step> path() {
        return Stream.concat(Deconstruction.all().stream(), steps.stream()).toList();
    }

    /**
     * The recipe after a step of {@link #path} and those that it follows.
     *
     * @param step of the path
     * @return the recipe
     */
    public Recipe recipeAt(Step step) {
        return steps.contains(step)
                ? step.apply(preset.recipeAt(Deconstruction.LDAE.name()))
                : preset.recipeAt(step.name());
    }

    /**
     * The cells in the order in which they are run: all trials with the first seed, then with the next.
     *
     * @param data labelled images
     * @return the cells
     * @throws IllegalArgumentException if a step is named that none of the groups has
     */
    public List<Cell> cells(Dataset data) {
        List<Trial> all = trials(data);
        return seeds.stream()
                .flatMap(seed -> all.stream().map(trial -> trial.cell(seed)))
                .toList();
    }

    List<Trial> trials(Dataset data) {
        if (groups.isEmpty() && steps.isEmpty() && trials.isEmpty()) {
            throw new IllegalArgumentException("study: expected at least one group, step or trial, got none");
        }
        if (data.train().classNames().isEmpty()) {
            throw new IllegalArgumentException(
                    "data: expected labelled images to probe with, got images without labels");
        }
        return Trials.of(this, data.train().shape());
    }

    /**
     * Runs every cell that the folder doesn't hold yet. If this thread is interrupted, cells in progress are given up, and the
     * status stays set.
     *
     * @param data labelled images
     * @param out folder for cells, tokenizers and pictures; made if it is missing
     * @param progress told as cells go on and end, from several threads in turn if several cells run at a time
     * @return all results, in the order of {@link #cells}; {@code results.csv} and {@code results.json} hold them too
     * @throws IOException if the folder can't be written, holds cells of other settings or images, or another run writes to it
     * @throws java.util.concurrent.CancellationException if this thread is interrupted
     */
    public StudyResults run(Dataset data, Path out, Progress progress) throws IOException {
        return FolderLock.holding(out, () -> {
            StudyResults results = new StudyResults(new StudyRun(this, data, out, progress).run());
            results.writeCsv(out.resolve("results.csv"));
            results.writeJson(out.resolve("results.json"));
            return results;
        });
    }

    /**
     * Runs one cell in this process and saves nothing of it: what an executor calls where it has sent the cell.
     *
     * @param cell one of {@link #cells}
     * @param data labelled images, the same as everywhere
     * @param out folder for fitted tokenizers
     * @param progress told as the cell goes on
     * @return its result
     * @throws IOException if the folder can't be written
     * @throws IllegalArgumentException if the study has no such cell
     */
    public CellResult run(Cell cell, Dataset data, Path out, Progress progress) throws IOException {
        return new StudyRun(this, data, out, progress).apply(cell);
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
        List<CellResult> cells = Files.isDirectory(out)
                ? List.copyOf(
                        new StudyRun(this, data, out, Progress.none()).known().values())
                : List.of();
        if (cells.isEmpty()) {
            throw new IOException("%s: expected finished cells of this study, found none; run it first".formatted(out));
        }
        return new StudyResults(cells);
    }

    @Override
    public String toString() {
        String chosen = groups.stream().map(Group::key).sorted().collect(Collectors.joining(", "));
        return "Study[preset %s, seeds %s, groups %s%s, %d steps and %d trials of one's own]"
                .formatted(
                        preset.name(),
                        seeds,
                        chosen,
                        names.isEmpty()
                                ? ""
                                : ", of which " + names.stream().sorted().toList(),
                        steps.size(),
                        trials.size());
    }
}
