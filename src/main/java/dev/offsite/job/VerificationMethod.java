package dev.offsite.job;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** How a copy was verified, strongest first. */
public enum VerificationMethod {
    /** The server hashed the copy. */
    HASH,
    /** The copy was downloaded again and hashed here. */
    READBACK,
    /** Only the size was compared. Must be switched on in the configuration. */
    SIZE;

    private static final String OLD_HASH = "sha256sum";

    /** Whether it is at least as strong as the other method. */
    public boolean atLeast(VerificationMethod other) {
        return compareTo(other) <= 0;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static List<String> names() {
        return Stream.of(values()).map(VerificationMethod::toString).toList();
    }

    /** Also accepts the old name, for data that an earlier version wrote. */
    public static VerificationMethod ofOldOrNew(String name) {
        return name.equals(OLD_HASH) ? HASH : named(name);
    }

    /** Fails with {@link IllegalArgumentException} if the name is unknown */
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
