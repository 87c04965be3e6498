package dev.offsite.exec;

import java.util.regex.Pattern;

/** Quotes words of a command line for a POSIX shell. */
public final class ShellQuoting {

    private static final Pattern PLAIN = Pattern.compile("(?!-)[A-Za-z0-9_./:@%+=,-]+");

    private ShellQuoting() {}

    /**
     * Quotes a word so that the shell takes it literally.
     *
     * @throws IllegalArgumentException if it is empty or contains NUL, which no path can
     */
    public static String quote(String word) {
        if (word.isEmpty() || word.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a path is empty or contains NUL");
        }
        return "'" + word.replace("'", "'\\''") + "'";
    }

    /** Whether it needs no quotes, even for a server that only splits a command at blanks. */
    public static boolean isPlain(String word) {
        return PLAIN.matcher(word).matches();
    }
}
