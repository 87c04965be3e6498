package dev.offsite.job;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Which program the server hashes files with: the setting {@code verify.command}. */
public enum HashProgram {
    /** The fastest one that the server has; if it has none, SFTP's check-file. */
    AUTO,
    SHA256SUM,
    SHASUM,
    SHA256,
    OPENSSL;

    /** Fails with {@link IllegalArgumentException} if the name is unknown */
    public static HashProgram named(String name) {
        return Stream.of(values())
                .filter(program -> program.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "'%s' must be one of %s".formatted(name, String.join(", ", names()))));
    }

    public static List<String> names() {
        return Stream.of(values()).map(HashProgram::toString).toList();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
