package dev.offsite.job;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Amounts of data as people write them. */
public final class Bytes {

    private static final Pattern AMOUNT = Pattern.compile("([0-9]{1,9}) ?(B|KiB|MiB|GiB|TiB)");
    private static final String UNITS = "BKMGT";

    private Bytes() {}

    /**
     * Reads such as {@code 500MiB} or {@code 2 GiB}.
     *
     * @throws IllegalArgumentException if it is none, or nothing at all
     */
    public static long parse(String text) {
        Matcher amount = AMOUNT.matcher(text);
        if (!amount.matches() || Long.parseLong(amount.group(1)) == 0) {
            throw new IllegalArgumentException(
                    "'%s' is no size such as 500MiB or 2GiB (units: B, KiB, MiB, GiB, TiB)".formatted(text));
        }
        int power = UNITS.indexOf(amount.group(2).charAt(0));
        return Math.multiplyExact(Long.parseLong(amount.group(1)), 1L << (10 * power));
    }
}
