package dev.offsite.openssh;

import java.util.Locale;

/** OpenSSH's patterns: {@code *} is any number of characters, {@code ?} is one. */
final class Patterns {

    private Patterns() {}

    /** Takes time in proportion to the product of both lengths, whatever the pattern. */
    static boolean matches(String pattern, String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int from = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                from = t;
            } else if (p < pattern.length() && (pattern.charAt(p) == '?' || pattern.charAt(p) == text.charAt(t))) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++from;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    /** Whether a pattern of a list, separated by commas, matches, and none that begins with {@code !} does. */
    static boolean listMatches(String list, String text) {
        boolean found = false;
        for (String pattern : list.split(",", -1)) {
            boolean negated = pattern.startsWith("!");
            if (matches(negated ? pattern.substring(1) : pattern, text)) {
                if (negated) {
                    return false;
                }
                found = true;
            }
        }
        return found;
    }

    /** The same for names of hosts, whose case does not matter. */
    static boolean hostListMatches(String list, String host) {
        return listMatches(list.toLowerCase(Locale.ROOT), host.toLowerCase(Locale.ROOT));
    }
}
