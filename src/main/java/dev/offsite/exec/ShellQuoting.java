package dev.offsite.exec;

/** Words of a command line for a POSIX shell. */
public final class ShellQuoting {

    private static final String PLAIN = "_./:@%+=,-";

    private ShellQuoting() {}

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
