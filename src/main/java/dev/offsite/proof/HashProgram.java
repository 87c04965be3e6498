package dev.offsite.proof;

import java.util.List;
import java.util.Optional;
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

    /** What may be run, in the order in which it is tried. */
    public List<HashCommand> commands() {
        return Stream.of(HashCommand.values())
                .filter(command -> this == AUTO || command.program().equals(key))
                .toList();
    }

    /**
     * Those to use of the ways that work, the preferred one first: OpenSSL uses the SHA instructions of the processor, which
     * Debian's {@code sha256sum} does not; the other is for names of which OpenSSL gives no answer that can be read.
     *
     * @param working in the order in which they were tried
     */
    public static List<HashWay> preferred(List<HashWay> working) {
        Optional<HashWay> fast = working.stream().filter(HashWay::isFast).findFirst();
        Optional<HashWay> other = working.stream().filter(way -> !way.isFast()).findFirst();
        return Stream.concat(fast.stream(), other.stream()).toList();
    }

    /** As it is configured. */
    @Override
    public String toString() {
        return key;
    }
}
