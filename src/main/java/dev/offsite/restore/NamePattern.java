package dev.offsite.restore;

import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Matches copies by name, by folder, or by a pattern in which {@code ?} is one character, {@code *} any within a folder
 * and {@code **} any across folders. A name wins over a pattern.
 */
public final class NamePattern {

    private NamePattern() {}

    static Predicate<String> name(String word) {
        return word::equals;
    }

    /** Everything below that folder. */
    static Predicate<String> folder(String word) {
        String folder = word.endsWith("/") ? word : word + "/";
        return name -> name.startsWith(folder);
    }

    static Predicate<String> glob(String word) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (word.startsWith("**/", i)) {
                regex.append("(?:.*/)?");
                i += 2;
            } else if (word.startsWith("**", i)) {
                regex.append(".*");
                i++;
            } else if (c == '*') {
                regex.append("[^/]*");
            } else if (c == '?') {
                regex.append("[^/]");
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL).asMatchPredicate();
    }
}
