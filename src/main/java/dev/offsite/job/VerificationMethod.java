package dev.offsite.job;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** How a copy was checked, the strongest way first. */
public enum VerificationMethod {
    /** The server hashed it, by whichever command it has. */
    HASH,
    /** It was downloaded again and hashed here. */
    READBACK,
    /** Only its size was compared. Never but where it was asked for by name. */
    SIZE;

    /** What {@link #HASH} was called in an earlier version. */
    private static final String OLD_HASH = "sha256sum";

    /** Whether it verifies no less than that one. */
    public boolean atLeast(VerificationMethod other) {
        return compareTo(other) <= 0;
    }

    /** As it is written in logs and in the configuration. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All of them, as they are written. */
    public static List<String> names() {
        return Stream.of(values()).map(VerificationMethod::toString).toList();
    }

    /** The one of that name, also of the name that it had in an earlier version: for what was written then. */
    public static VerificationMethod ofOldOrNew(String name) {
        return name.equals(OLD_HASH) ? HASH : named(name);
    }

    /**
     * The one of that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static VerificationMethod named(String name) {
        return Stream.of(values())
                .filter(verification -> verification.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'%s' must be one of %s%s"
                        .formatted(
                                name,
                                String.join(", ", names()),
                                name.equals(OLD_HASH) ? "; %s is now called %s".formatted(OLD_HASH, HASH) : "")));
    }
}
