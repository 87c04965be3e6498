package dev.offsite.io;

import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Formats values for one line of log. */
public final class Text {

    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

    private Text() {}

    /** Escapes control characters, so that a name can neither break a line nor colour a terminal. */
    public static String line(String name) {
        StringBuilder line = new StringBuilder(name.length());
        name.codePoints().forEach(c -> {
            switch (c) {
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                    if (Character.isISOControl(c)) {
                        line.append("\\u%04x".formatted(c));
                    } else {
                        line.appendCodePoint(c);
                    }
                }
            }
        });
        return line.toString();
    }

    /** The message of a failure, with the reason where Java's message is only the name of the file. */
    public static String reason(Throwable failure) {
        String said = line(String.valueOf(failure.getMessage()).strip());
        if (failure instanceof CharacterCodingException) {
            return "it is not valid UTF-8";
        }
        if (!(failure instanceof FileSystemException local) || local.getReason() != null) {
            return failure.getMessage() == null ? failure.getClass().getSimpleName() : said;
        }
        if (failure instanceof NoSuchFileException) {
            return said + ": no such file or folder";
        }
        if (failure instanceof AccessDeniedException) {
            return said + ": permission denied";
        }
        return said
                + (failure instanceof NotDirectoryException
                        ? ": not a folder"
                        : ": " + failure.getClass().getSimpleName());
    }

    /** Bytes in binary units: {@code 512 B}, {@code 1.5 MiB}. */
    public static String size(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0 ? bytes + " B" : oneDecimal(value) + " " + UNITS[unit];
    }

    /** {@code 1 file}, {@code 2 files}. */
    public static String files(long count) {
        return count + (count == 1 ? " file" : " files");
    }

    /** Nanoseconds as seconds with one decimal. */
    public static String seconds(long nanos) {
        return oneDecimal(nanos / 1e9);
    }

    /** A formatter would take longer than everything else in the log line of a small file. */
    private static String oneDecimal(double value) {
        long tenths = Math.round(value * 10);
        return tenths / 10 + "." + tenths % 10;
    }

    /** The deepest cause, which is the most specific. */
    public static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root;
    }
}
