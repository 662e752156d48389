package org.ldae.checkpoint;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Guesses which tensor was meant, for messages. */
public final class NearestNames {

    private static final int MOST = 3;
    private static final int LONGEST = 200;

    private NearestNames() {}

    /**
     * The names that take the fewest edits to turn into a given one.
     *
     * @param name what was asked for
     * @param names what is there
     * @return at most three of them, nearest first
     */
    public static List<String> to(String name, Collection<String> names) {
        return names.stream()
                .map(candidate -> Map.entry(candidate, distance(name, candidate)))
                .sorted(Map.Entry.<String, Integer>comparingByValue()
                        .thenComparing(Comparator.comparing(Map.Entry::getKey)))
                .limit(MOST)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Levenshtein's distance of the first characters. */
    private static int distance(String a, String b) {
        int rows = Math.min(a.length(), LONGEST);
        int columns = Math.min(b.length(), LONGEST);
        int[] above = new int[columns + 1];
        for (int j = 0; j <= columns; j++) {
            above[j] = j;
        }
        for (int i = 1; i <= rows; i++) {
            int[] row = new int[columns + 1];
            row[0] = i;
            for (int j = 1; j <= columns; j++) {
                int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[columns];
    }
}
