package org.ldae.report;

/**
 * Something the paper says of two accuracies.
 *
 * @param words what it says
 * @param published its numbers, or what is expected where it prints none
 * @param margin 0 if the first should be higher; otherwise they should differ by no more than so many points
 */
record Claim(String words, String published, double margin) {

    static Claim higher(String words, String published) {
        return new Claim(words, published, 0);
    }
}
