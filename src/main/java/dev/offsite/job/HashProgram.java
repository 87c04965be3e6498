package dev.offsite.job;

import java.util.List;
import java.util.stream.Stream;

/** By which program a server is to hash files for us: the setting {@code proof.command}. */
public enum HashProgram {
    /** The fastest of those that the server has. */
    AUTO("auto"),
    SHA256SUM("sha256sum"),
    SHASUM("shasum"),
    SHA256("sha256"),
    OPENSSL("openssl");

    private final String key;

    HashProgram(String key) {
        this.key = key;
    }

    /**
     * The one of that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static HashProgram named(String name) {
        return Stream.of(values())
                .filter(program -> program.key.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'%s' is none of %s".formatted(name, names())));
    }

    /** All names. */
    public static List<String> names() {
        return Stream.of(values()).map(HashProgram::toString).toList();
    }

    /** As it is configured. */
    @Override
    public String toString() {
        return key;
    }
}
