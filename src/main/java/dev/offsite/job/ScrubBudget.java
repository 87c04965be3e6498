package dev.offsite.job;

import dev.offsite.io.ByteSize;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much one scrub of a job may hash: a number of bytes, or a share of what the job has on the server.
 *
 * @param bytes maximum; {@link Long#MAX_VALUE} if a share is set
 * @param share of the job's bytes, above 0 and up to 1
 */
public record ScrubBudget(long bytes, double share) {

    public static final ScrubBudget ALL = new ScrubBudget(Long.MAX_VALUE, 1);

    private static final String WORD = "all";
    private static final Pattern SHARE = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,3})?) ?%");

    /**
     * Parses {@code 50GiB} (or {@code 50G}; K, M, G, T and P are powers of 1024), {@code 5%}, {@code all}, or {@code 0}
     * for no hashing.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    public static ScrubBudget parse(String text) {
        if (text.equals(WORD)) {
            return ALL;
        }
        if (text.equals("0")) {
            return new ScrubBudget(0, 1);
        }
        Matcher share = SHARE.matcher(text);
        if (share.matches() && Double.parseDouble(share.group(1)) > 0 && Double.parseDouble(share.group(1)) <= 100) {
            return new ScrubBudget(Long.MAX_VALUE, Double.parseDouble(share.group(1)) / 100);
        }
        try {
            return new ScrubBudget(ByteSize.parse(text), 1);
        } catch (IllegalArgumentException noSize) {
            throw new IllegalArgumentException(
                    text.matches("[0-9]+")
                            ? "'%s' has no unit; write such as 50GiB or 5%%".formatted(text)
                            : "'%s' is no size such as 50GiB, no share such as 5%%, and not all".formatted(text),
                    noSize);
        }
    }

    /** The budget in bytes for a job that has {@code total} bytes on the server. */
    public long of(long total) {
        return Math.min(bytes, share < 1 ? (long) Math.ceil(total * share) : Long.MAX_VALUE);
    }
}
