package dev.offsite.verify;

import dev.offsite.exec.CommandRunner;
import dev.offsite.exec.ShellQuoting;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How a server hashes files.
 *
 * @param command null for SFTP's {@code check-file}
 * @param many false for restricted shells that accept one file at a time
 */
public record HashMethod(HashCommand command, boolean many) {

    /** An extension of SFTP, for servers that run no commands. */
    public static final HashMethod CHECK_FILE = new HashMethod(null, true);

    private static final String SFTP = "CHECK_FILE";
    private static final int TOGETHER = 500;
    private static final String MANY = "many";
    private static final String ONE = "one";

    /** For people. */
    public String words() {
        return overSftp() ? "SFTP's check-file" : command.words();
    }

    boolean overSftp() {
        return command == null;
    }

    boolean takes(String name) {
        return overSftp() || command.takes(name);
    }

    /** Paths with shell characters get commands of their own, as some restricted shells refuse the whole command. */
    public List<List<String>> batches(List<String> paths) {
        if (!many) {
            return paths.stream().map(List::of).toList();
        }
        if (overSftp()) {
            return IntStream.rangeClosed(0, (paths.size() - 1) / TOGETHER)
                    .mapToObj(i -> paths.subList(i * TOGETHER, Math.min((i + 1) * TOGETHER, paths.size())))
                    .toList();
        }
        Map<Boolean, List<String>> plain = paths.stream().collect(Collectors.partitioningBy(ShellQuoting::isPlain));
        return Stream.of(true, false)
                .flatMap(kind -> command.batches(plain.get(kind), CommandRunner.MAX_COMMAND_BYTES).stream())
                .toList();
    }

    /**
     * The methods to use, preferred first. OpenSSL uses the processor's SHA instructions, which Debian's
     * {@code sha256sum} does not. The second method is for names that cannot be parsed from OpenSSL's output.
     */
    public static List<HashMethod> preferred(List<HashMethod> working) {
        Optional<HashMethod> fast = working.stream().filter(HashMethod::isFast).findFirst();
        Optional<HashMethod> other =
                working.stream().filter(method -> !method.isFast()).findFirst();
        return Stream.concat(fast.stream(), other.stream()).toList();
    }

    private boolean isFast() {
        return command == HashCommand.OPENSSL;
    }

    /** In the format of {@link #parse}. */
    @Override
    public String toString() {
        return (overSftp() ? SFTP : command.name()) + " " + (many ? MANY : ONE);
    }

    /** Parses the format of {@link #toString}; empty if it is something else. */
    public static Optional<HashMethod> parse(String text) {
        return Stream.concat(
                        Stream.of(CHECK_FILE),
                        Stream.of(HashCommand.values())
                                .flatMap(command ->
                                        Stream.of(new HashMethod(command, true), new HashMethod(command, false))))
                .filter(method -> method.toString().equals(text))
                .findFirst();
    }
}
