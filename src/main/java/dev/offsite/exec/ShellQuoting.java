package dev.offsite.exec;

/** Quotes words of a command line for a POSIX shell. */
public final class ShellQuoting {

    private static final String PLAIN = "_./:@%+=,-";

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
        for (int i = 0; i < word.length(); i++) {
            if (!isPlain(word.charAt(i))) {
                return false;
            }
        }
        return !word.isEmpty() && word.charAt(0) != '-';
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || PLAIN.indexOf(c) >= 0;
    }
}
