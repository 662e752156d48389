package org.ldae.study;

/**
 * One line of a study, run once for every seed.
 *
 * @param group what it belongs to
 * @param name its name within the group, of letters, digits and hyphens
 * @param title what it is, in words
 * @param x its place on the axis of an ablation, NaN if the group has none
 * @param subject what represents the images
 */
record Trial(Group group, String name, String title, double x, Subject subject) {

    Cell cell(long seed) {
        return new Cell(group, name, title, x, seed);
    }
}
