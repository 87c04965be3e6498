package dev.offsite.io;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses amounts of data as people write them. */
public final class ByteSize {

    private static final Pattern AMOUNT = Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{1,3})?) ?(B|[KMGTP](?:iB)?)");
    private static final String UNITS = "BKMGTP";

    private ByteSize() {}

    /**
     * Parses {@code 500MiB}, {@code 2.5 GiB} or {@code 50G}; K, M, G, T and P are powers of 1024.
     *
     * @throws IllegalArgumentException if it is not an amount, or empty
     */
    public static long parse(String text) {
        Matcher amount = AMOUNT.matcher(text);
        if (!amount.matches() || Double.parseDouble(amount.group(1)) == 0) {
            throw new IllegalArgumentException(
                    "'%s' is no size such as 500MiB or 2GiB (units: B, KiB, MiB, GiB, TiB, PiB)".formatted(text));
        }
        int power = UNITS.indexOf(amount.group(2).charAt(0));
        return (long) (Double.parseDouble(amount.group(1)) * Math.pow(1024, power));
    }
}
