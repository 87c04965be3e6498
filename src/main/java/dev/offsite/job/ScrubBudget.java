package dev.offsite.job;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much one scrub of a job may hash: bytes, or a share of what the job has on the server.
 *
 * @param bytes at most that many; where there is a share, all of them
 * @param share of the job's bytes, above 0 and up to 1
 */
public record ScrubBudget(long bytes, double share) {

    /** No bound. */
    public static final ScrubBudget ALL = new ScrubBudget(Long.MAX_VALUE, 1);

    private static final String WORD = "all";
    private static final String NOTHING = "0";
    private static final Pattern SHARE = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,3})?) ?%");

    /**
     * Reads {@code 50GiB}, {@code 5%}, {@code all}, or {@code 0} for no hashing at all.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    public static ScrubBudget parse(String text) {
        if (text.equals(WORD)) {
            return ALL;
        }
        if (text.equals(NOTHING)) {
            return new ScrubBudget(0, 1);
        }
        Matcher share = SHARE.matcher(text);
        if (!share.matches()) {
            return new ScrubBudget(Bytes.parse(text), 1);
        }
        double percent = Double.parseDouble(share.group(1));
        if (percent <= 0 || percent > 100) {
            throw new IllegalArgumentException("'%s' is not above 0%% and up to 100%%".formatted(text));
        }
        return new ScrubBudget(Long.MAX_VALUE, percent / 100);
    }

    /** How many bytes that is, for a job that has {@code total} on the server. */
    public long of(long total) {
        return Math.min(bytes, share < 1 ? (long) Math.ceil(total * share) : Long.MAX_VALUE);
    }
}
