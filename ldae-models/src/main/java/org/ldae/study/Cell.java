package org.ldae.study;

import java.util.OptionalDouble;

/**
 * One trial with one seed: what is run, saved and resumed as a whole.
 *
 * @param group what it belongs to
 * @param trial name within the group
 * @param title what it is, in words
 * @param x place on the axis of an ablation, empty if the group has none
 * @param seed of the run
 */
public record Cell(Group group, String trial, String title, OptionalDouble x, long seed) {

    /**
     * Its name in files.
     *
     * @return such as {@code path.patch-pca.seed-1}
     */
    public String id() {
        return "%s.%s.seed-%s".formatted(group.key(), trial, seed);
    }
}
