package org.ldae.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.ldae.evaluation.EncoderResults;
import org.ldae.evaluation.FewLabels;
import org.ldae.evaluation.MapPoint;
import org.ldae.evaluation.Score;
import org.ldae.study.Estimate;

/** The tables of an encoder's report, each with its head. */
final class EncoderTables {

    private final EncoderResults results;

    EncoderTables(EncoderResults results) {
        this.results = results;
    }

    /** A readout's name in words. */
    static String words(String readout) {
        return readout.replace("pyramid-", "cells ")
                .replace(".all-blocks", ", all blocks")
                .replace("all-tokens", "all tokens")
                .replace("k-nn.", "k-NN, ");
    }

    /** Top-1 and half of its interval: a row for each readout, a column for each subject, and what its features cost. */
    List<List<String>> scores() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(row("top-1, %", subject -> subject));
        for (String readout : results.readouts()) {
            rows.add(row(
                    words(readout),
                    subject -> results.score(subject, readout)
                            .map(EncoderTables::interval)
                            .orElse(Numbers.NONE)));
        }
        rows.add(row("MFLOP an image", this::dearest));
        return rows;
    }

    private List<String> row(String name, UnaryOperator<String> ofSubject) {
        return Stream.concat(Stream.of(name), results.subjects().stream().map(ofSubject))
                .toList();
    }

    /** What the dearest of a subject's readouts costs. */
    private String dearest(String subject) {
        return results.scores().stream()
                .filter(score -> score.subject().equals(subject))
                .mapToLong(Score::flops)
                .max()
                .stream()
                .mapToObj(EncoderTables::millions)
                .findFirst()
                .orElse(Numbers.NONE);
    }

    private static String millions(long flops) {
        return String.format(Locale.ROOT, "%.1f", flops / 1e6);
    }

    private static String interval(Score score) {
        return interval(score.top1(), score.lower(), score.upper());
    }

    private static String interval(double top1, double lower, double upper) {
        return String.format(Locale.ROOT, "%.2f \u00b1 %.2f", 100 * top1, 50 * (upper - lower));
    }

    /** What stands behind each score. */
    List<List<String>> probes() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("subject", "readout", "fit", "blocks", "numbers", "MFLOP", "seconds"));
        for (Score score : results.scores()) {
            rows.add(List.of(
                    score.subject(),
                    words(score.readout()),
                    score.classifier(),
                    score.blocks().isEmpty() ? "last" : join(score.blocks()),
                    Integer.toString(score.width()),
                    millions(score.flops()),
                    String.format(Locale.ROOT, "%.1f", score.seconds())));
        }
        return rows;
    }

    private static String join(List<Integer> blocks) {
        return String.join(", ", blocks.stream().map(String::valueOf).toList());
    }

    /** What needs no labels. */
    List<List<String>> health() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("subject", "numbers", "RankMe", "agreement, %", "mean cosine", "dead, %"));
        results.health()
                .forEach(each -> rows.add(List.of(
                        each.subject(),
                        Integer.toString(each.width()),
                        String.format(Locale.ROOT, "%.1f", each.rankMe()),
                        String.format(Locale.ROOT, "%.1f", 100 * each.agreement()),
                        String.format(Locale.ROOT, "%.3f", each.cosine()),
                        String.format(Locale.ROOT, "%.1f", 100 * each.dead()))));
        return rows;
    }

    /** Few labels: a row for each subject, a column for each number of labels, and the encoder's lead, paired by draw. */
    List<List<String>> fewLabels() {
        Map<String, Map<String, FewLabels>> bySubject = new LinkedHashMap<>();
        results.fewLabels()
                .forEach(each -> bySubject
                        .computeIfAbsent(each.subject(), subject -> new LinkedHashMap<>())
                        .put(each.labels(), each));
        List<List<String>> rows = new ArrayList<>();
        Map<String, FewLabels> first = bySubject.values().stream().findFirst().orElse(Map.of());
        rows.add(Stream.concat(
                        Stream.of("labels"), first.keySet().stream().flatMap(labels -> Stream.of(labels, "lead")))
                .toList());
        bySubject.forEach((subject, all) -> {
            List<String> row = new ArrayList<>(List.of(subject));
            first.forEach((labels, own) -> {
                FewLabels their = all.get(labels);
                row.add(their == null ? Numbers.NONE : Numbers.of(Estimate.of(percent(their))));
                row.add(
                        their == null || subject.equals(own.subject())
                                ? Numbers.NONE
                                : Numbers.signed(Estimate.ofDifference(percent(own), percent(their))));
            });
            rows.add(row);
        });
        return rows;
    }

    private static double[] percent(FewLabels labels) {
        return labels.top1().stream().mapToDouble(value -> 100 * value).toArray();
    }

    /** Both starts, a row for each number of labels. */
    List<List<String>> fineTuning() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("labels", "images", "start", "training", "top-1, %"));
        results.fineTuning()
                .forEach(each -> rows.add(List.of(
                        each.labels(),
                        Integer.toString(each.images()),
                        each.start(),
                        each.training(),
                        interval(each.top1(), each.lower(), each.upper()))));
        return rows;
    }

    /** The map of one readout: a row for each block, a column for each input. */
    List<List<String>> map(String readout) {
        List<MapPoint> points = results.map().stream()
                .filter(point -> point.readout().equals(readout))
                .toList();
        List<String> inputs =
                points.stream().map(EncoderTables::input).distinct().toList();
        List<List<String>> rows = new ArrayList<>();
        rows.add(Stream.concat(Stream.of("block"), inputs.stream()).toList());
        for (int block : points.stream().map(MapPoint::block).distinct().toList()) {
            List<String> row = new ArrayList<>(List.of(Integer.toString(block)));
            for (String input : inputs) {
                points.stream()
                        .filter(point -> point.block() == block && input(point).equals(input))
                        .forEach(point -> row.add(String.format(Locale.ROOT, "%.1f", 100 * point.top1())));
            }
            rows.add(row);
        }
        return rows;
    }

    /** Readouts of the map. */
    List<String> mapped() {
        return results.map().stream().map(MapPoint::readout).distinct().toList();
    }

    private static String input(MapPoint point) {
        return point.noisy() ? "noise of t = " + Numbers.plain(point.time()) : "clean";
    }
}
