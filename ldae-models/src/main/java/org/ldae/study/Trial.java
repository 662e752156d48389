package org.ldae.study;

import java.util.OptionalDouble;

/**
 * One line of a study, run once for every seed.
 *
 * @param group what it belongs to
 * @param name its name within the group, of letters, digits and hyphens
 * @param title what it is, in words
 * @param x its place on the axis of an ablation, empty if the group has none
 * @param subject what is measured
 */
public record Trial(Group group, String name, String title, OptionalDouble x, Subject subject) {

    /**
     * Checks the name, which is part of files' names.
     *
     * @param group what it belongs to
     * @param name its name within the group
     * @param title what it is, in words
     * @param x its place on the axis of an ablation
     * @param subject what is measured
     */
    public Trial {
        if (!name.matches("[A-Za-z0-9-]+")) {
            throw new IllegalArgumentException(
                    "trial: expected a name of letters, digits and hyphens, got '%s'".formatted(name));
        }
    }

    /**
     * A trial of one's own.
     *
     * @param name of letters, digits and hyphens
     * @param title what it is, in words
     * @param subject what is measured
     * @return in the group {@link Group#OWN}
     */
    public static Trial of(String name, String title, Subject subject) {
        return new Trial(Group.OWN, name, title, OptionalDouble.empty(), subject);
    }

    Cell cell(long seed) {
        return new Cell(group, name, title, x, seed);
    }
}
