package dev.offsite.restore;

import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Which copies somebody asks for: one by its name, all below a folder, or those that a pattern fits, with {@code ?} for a
 * character, {@code *} for any within a folder and {@code **} for any across folders. A name wins over a pattern.
 */
public final class NamePattern {

    private NamePattern() {}

    /** The copy of that name. */
    static Predicate<String> name(String word) {
        return word::equals;
    }

    /** All below the folder of that name. */
    static Predicate<String> folder(String word) {
        String folder = word.endsWith("/") ? word : word + "/";
        return name -> name.startsWith(folder);
    }

    /** All that the pattern fits. */
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
