package dev.offsite.manifest;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The lines that GNU {@code sha256sum} prints and {@code sha256sum -c} reads
 * (<a href="https://www.gnu.org/software/coreutils/manual/html_node/cksum-output-modes.html">coreutils manual</a>).
 */
public final class Sha256sumFormat {

    private static final Pattern LINE = Pattern.compile("[ \\t]*+(\\\\?)([0-9a-fA-F]{64}) [ *](.+)", Pattern.DOTALL);
    /** {@code sha256sum --tag} and the BSDs. */
    private static final Pattern TAGGED =
            Pattern.compile("[ \\t]*+(\\\\?)SHA256 ?\\((.+)\\) ?= ([0-9a-fA-F]{64})", Pattern.DOTALL);

    private static final String STDIN = "-";
    private static final String FILE_CALLED_STDIN = "./-";

    private Sha256sumFormat() {}

    /** Parses the command's output: path to lower-case hex hash. Other lines, such as a banner, are ignored. */
    public static Map<String, String> parse(String stdout) {
        return unambiguous(Stream.of(stdout.split("\n", -1))
                // A carriage return in the name would be escaped, so this one was added on the way.
                .map(line -> line.endsWith("\r") ? line.substring(0, line.length() - 1) : line)
                .flatMap(line -> readLine(line).stream()));
    }

    /** Hash by name. A name with different hashes is left out, since neither verifies anything. */
    public static Map<String, String> unambiguous(Stream<Sum> sums) {
        Map<String, String> hashes = new HashMap<>();
        Set<String> ambiguous = new HashSet<>();
        sums.forEach(sum -> {
            String other = hashes.putIfAbsent(sum.name(), sum.hash());
            if (other != null && !other.equals(sum.hash())) {
                ambiguous.add(sum.name());
            }
        });
        hashes.keySet().removeAll(ambiguous);
        return hashes;
    }

    /** Parses one line without its newline; empty if it is not a sum or has an unknown escape. */
    public static Optional<Sum> readLine(String line) {
        boolean plain = LINE.matcher(line).lookingAt();
        Matcher matcher = (plain ? LINE : TAGGED).matcher(line);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String name = matcher.group(plain ? 3 : 2);
        String hash = matcher.group(plain ? 2 : 3).toLowerCase(Locale.ROOT);
        return (matcher.group(1).isEmpty() ? Optional.of(name) : unescape(name))
                .map(n -> new Sum(hash, n.equals(FILE_CALLED_STDIN) ? STDIN : n));
    }

    /**
     * Escapes only a name with a newline, or with a carriage return at its end, which GNU would take for the end of the
     * line. Most other programs know no escapes.
     */
    public static String writeLine(String hash, String name) {
        boolean cr = name.endsWith("\r");
        if (!cr && name.indexOf('\n') < 0) {
            return hash + "  " + operand(name) + "\n";
        }
        String escaped = name.replace("\\", "\\\\").replace("\n", "\\n");
        return "\\" + hash + "  " + (cr ? escaped.substring(0, escaped.length() - 1) + "\\r" : escaped) + "\n";
    }

    /** For readers that end a line at any line break: escapes every carriage return and backslash too. */
    public static String writeEscapedLine(String hash, String name) {
        String operand = operand(name);
        String escaped = operand.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
        return (escaped.equals(operand) ? "" : "\\") + hash + "  " + escaped + "\n";
    }

    /** Rewrites {@code -}, which sha256sum takes for standard input, even after {@code --} and in a list to check. */
    public static String operand(String name) {
        return name.equals(STDIN) ? FILE_CALLED_STDIN : name;
    }

    public static Optional<String> unescape(String escaped) {
        StringBuilder name = new StringBuilder(escaped.length());
        for (int i = 0; i < escaped.length(); i++) {
            char c = escaped.charAt(i);
            if (c == '\\') {
                i++;
                int known = i < escaped.length() ? "\\nr".indexOf(escaped.charAt(i)) : -1;
                if (known < 0) {
                    return Optional.empty();
                }
                c = "\\\n\r".charAt(known);
            }
            name.append(c);
        }
        return Optional.of(name.toString());
    }

    /** One line: the hash in lower-case hex, and the unescaped name. */
    public record Sum(String hash, String name) {}
}
