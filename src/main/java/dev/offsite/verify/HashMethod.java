package dev.offsite.verify;

import dev.offsite.exec.CommandRunner;
import dev.offsite.exec.ShellQuoting;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How a server hashes files for us.
 *
 * @param command by what
 * @param many whether it takes many files at a time; some restricted shells take one
 */
public record HashMethod(HashCommand command, boolean many) {

    private static final String MANY = "many";
    private static final String ONE = "one";

    /**
     * The paths of one command each. Those with characters that mean something to a shell are not put with the others: some
     * restricted shells refuse the whole of a command for one of them.
     */
    public List<List<String>> batches(List<String> paths) {
        if (!many) {
            return paths.stream().map(List::of).toList();
        }
        Map<Boolean, List<String>> plain = paths.stream().collect(Collectors.partitioningBy(ShellQuoting::isPlain));
        return Stream.of(true, false)
                .flatMap(kind -> command.batches(plain.get(kind), CommandRunner.MAX_COMMAND_BYTES).stream())
                .toList();
    }

    /**
     * The methods to use of those that work, the preferred one first: OpenSSL uses the SHA instructions of the processor, which
     * Debian's {@code sha256sum} does not; the other is for names of which OpenSSL gives no answer that can be read.
     *
     * @param working in the order in which they were tried
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

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return command.name() + " " + (many ? MANY : ONE);
    }

    /** Reads what {@link #toString} wrote; empty where it is something else. */
    public static Optional<HashMethod> parse(String text) {
        return Stream.of(HashCommand.values())
                .flatMap(command -> Stream.of(new HashMethod(command, true), new HashMethod(command, false)))
                .filter(way -> way.toString().equals(text))
                .findFirst();
    }
}
