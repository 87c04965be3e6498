package dev.offsite.cli;

import java.util.Comparator;
import java.util.List;

/** Finds the key that a misspelt one was probably meant to be. */
public final class SpellingSuggestion {

    private SpellingSuggestion() {}

    /** {@code "; did you mean x?"} for the nearest known key, or all of them if none is near. */
    static String to(String key, List<String> known) {
        return to(key, known, "; known are " + String.join(", ", known));
    }

    /** {@code "; did you mean x?"} for the nearest known key, or {@code otherwise} if none is near. */
    static String to(String key, List<String> known, String otherwise) {
        return known.stream()
                .min(Comparator.comparingInt(one -> distance(key, one)))
                .filter(one -> distance(key, one) <= Math.max(2, key.length() / 4))
                .map(one -> "; did you mean " + one + "?")
                .orElse(otherwise);
    }

    /** Levenshtein distance. */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
