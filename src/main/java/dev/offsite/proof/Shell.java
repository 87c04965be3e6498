package dev.offsite.proof;

import java.util.regex.Pattern;

/** Words of a command line for a POSIX shell. */
public final class Shell {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:@%+=,][A-Za-z0-9_./:@%+=,-]*");

    private Shell() {}

    /**
     * A word that the shell takes as it is, whatever is in it.
     *
     * @throws IllegalArgumentException if it is empty or contains NUL, which no path can
     */
    public static String quote(String word) {
        if (word.isEmpty() || word.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a path is empty or contains NUL");
        }
        return "'" + word.replace("'", "'\\''") + "'";
    }

    /** Whether it means the same without quotes, also to those who only split a line at its blanks. */
    static boolean isPlain(String word) {
        return PLAIN.matcher(word).matches();
    }
}
