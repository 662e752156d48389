package org.ldae.evaluation;

import com.google.gson.GsonBuilder;
import java.util.List;
import java.util.Optional;

/**
 * What an {@link EncoderEvaluation} found.
 *
 * @param trainingImages with labels, of which probes were fitted
 * @param testImages on which they were scored
 * @param classNames in the order of the labels
 * @param solver how probes were fitted
 * @param mirrored whether features are averages over an image and its mirror image
 * @param scores by readout and subject; the first subject is the encoder, the others are its controls
 * @param health what needs no labels, a line for each subject; empty if not measured
 * @param fewLabels probes on few labels; empty if not measured
 * @param map blocks and noise levels; empty if not measured
 * @param fineTuning the network trained with labels, from the encoder and from scratch; empty if not measured
 */
public record EncoderResults(
        int trainingImages,
        int testImages,
        List<String> classNames,
        String solver,
        boolean mirrored,
        List<Score> scores,
        List<Health> health,
        List<FewLabels> fewLabels,
        List<MapPoint> map,
        List<FineTuning> fineTuning) {

    /**
     * Copies the lists.
     *
     * @param trainingImages at least 1
     * @param testImages at least 1
     * @param classNames in the order of the labels
     * @param solver how probes were fitted
     * @param mirrored whether features are averages over an image and its mirror image
     * @param scores at least one
     * @param health what needs no labels, a line for each subject; empty if not measured
     * @param fewLabels probes on few labels; empty if not measured
     * @param map blocks and noise levels; empty if not measured
     * @param fineTuning the network trained with labels; empty if not measured
     */
    public EncoderResults {
        classNames = List.copyOf(classNames);
        scores = List.copyOf(scores);
        health = List.copyOf(health);
        fewLabels = List.copyOf(fewLabels);
        map = List.copyOf(map);
        fineTuning = List.copyOf(fineTuning);
        if (scores.isEmpty()) {
            throw new IllegalArgumentException("scores: expected at least one, got none; allow wider readouts");
        }
    }

    /**
     * Names of what was measured.
     *
     * @return the encoder, then its controls
     */
    public List<String> subjects() {
        return scores.stream().map(Score::subject).distinct().toList();
    }

    /**
     * Names of how features were read.
     *
     * @return in the order measured
     */
    public List<String> readouts() {
        return scores.stream().map(Score::readout).distinct().toList();
    }

    /**
     * The score of a subject under a readout.
     *
     * @param subject its name
     * @param readout its name
     * @return empty if the features were too wide
     */
    public Optional<Score> score(String subject, String readout) {
        return scores.stream()
                .filter(each -> each.subject().equals(subject) && each.readout().equals(readout))
                .findFirst();
    }

    /**
     * Every number, for programs.
     *
     * @return one JSON object
     */
    public String toJson() {
        return new GsonBuilder()
                .setPrettyPrinting()
                .serializeSpecialFloatingPointValues()
                .create()
                .toJson(this);
    }

    @Override
    public String toString() {
        return "EncoderResults[%s under %d readouts, %,d training and %,d test images]"
                .formatted(subjects(), readouts().size(), trainingImages, testImages);
    }
}
