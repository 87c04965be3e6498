package dev.offsite.verify;

import dev.offsite.io.Text;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How a target hashes files, as far as is known.
 *
 * @param methods the preferred one first, then one for names that it cannot handle; empty if there is none
 * @param why why it cannot hash files, in one line; empty if it can
 */
public record HashCapability(List<HashMethod> methods, Instant at, String why) {

    static final Instant NEVER = Instant.MIN;

    /** For a target that was never probed. */
    static final HashCapability UNKNOWN = new HashCapability(List.of(), NEVER, "");

    /** How long to wait before probing a server without a way to hash files again. */
    static final Duration ASK_AGAIN = Duration.ofHours(1);

    /** The same for targets that accept hashes only, as nothing is shipped until they have a way, and after a probe that was cut. */
    static final Duration ASK_AGAIN_SOON = Duration.ofMinutes(1);

    private static final String NONE = "none";
    /** Stands in for the second method if there is none. */
    private static final String ALONE = "alone";

    /** For a target that did not answer in time, perhaps because it was busy. */
    static HashCapability undecided(Instant now, String why) {
        return new HashCapability(List.of(), now.minus(ASK_AGAIN).plus(ASK_AGAIN_SOON), why);
    }

    /** Whether no way to hash files is known. */
    boolean isNone() {
        return methods.isEmpty();
    }

    /** Whether the server runs a hash command. */
    boolean runsCommands() {
        return methods.stream().anyMatch(method -> !method.overSftp());
    }

    String format() {
        return switch (methods.size()) {
            case 0 -> NONE + " " + at + " " + Text.line(why);
            case 1 -> methods.get(0) + " " + ALONE;
            default -> methods.get(0) + " " + methods.get(1);
        };
    }

    /**
     * Parses the format of {@link #format}; empty if it is something else. One method without {@code alone} is from an
     * older version: it works, but is probed again.
     */
    static Optional<HashCapability> parse(String text) {
        String[] words = text.split(" ", 3);
        if (words.length < 2) {
            return Optional.empty();
        }
        String rest = words.length > 2 ? words[2] : "";
        if (!words[0].equals(NONE)) {
            return HashMethod.parse(words[0] + " " + words[1])
                    .map(first -> new HashCapability(
                            Stream.concat(Stream.of(first), HashMethod.parse(rest).stream())
                                    .toList(),
                            rest.isEmpty() ? NEVER : Instant.EPOCH,
                            ""));
        }
        try {
            return Optional.of(new HashCapability(List.of(), Instant.parse(words[1]), rest));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
