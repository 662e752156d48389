package org.ldae.study;

import java.util.Comparator;
import java.util.List;

/** Names that someone may have meant. */
final class Spelling {

    private static final int SHOWN = 3;

    private Spelling() {}

    /** The three names with the fewest letters to insert, remove or replace. */
    static List<String> nearest(String name, List<String> known) {
        return known.stream()
                .sorted(Comparator.comparingInt(each -> distance(name, each)))
                .limit(SHOWN)
                .toList();
    }

    /** Levenshtein's distance, row by row. */
    static int distance(String from, String to) {
        int[] above = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] row = new int[to.length() + 1];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = above[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(row[j - 1], above[j]));
            }
            above = row;
        }
        return above[to.length()];
    }
}
