package dev.offsite.verify;

import dev.offsite.exec.ExecResult;
import dev.offsite.exec.ShellQuoting;
import dev.offsite.job.HashProgram;
import dev.offsite.manifest.Sha256sumFormat;
import dev.offsite.manifest.Sha256sumFormat.Sum;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The commands by which servers hash files, in the order in which they are tried. */
public enum HashCommand {
    /** GNU coreutils and BusyBox. */
    SHA256SUM("sha256sum --"),
    /** Without quotes, for restricted shells that only split the line into words. */
    SHA256SUM_PLAIN("sha256sum"),
    /** Perl's, on macOS and others. */
    SHASUM("shasum -a 256 --"),
    /** The BSDs, with names. */
    SHA256_R("sha256 -r"),
    /** The BSDs, the hash alone: one file at a time. */
    SHA256_Q("sha256 -q"),
    OPENSSL("openssl dgst -sha256 -r");

    private static final int HASH_DIGITS = 64;

    /** The hash of no bytes, which a broken command returns for every file, and a pipe for a file that is not there. */
    static final String OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private final String words;

    HashCommand(String words) {
        this.words = words;
    }

    /** The commands that a setting allows, in the order in which they are tried. */
    public static List<HashCommand> of(HashProgram program) {
        return Stream.of(values())
                .filter(command ->
                        program == HashProgram.AUTO || command.program().equals(program.toString()))
                .toList();
    }

    public String words() {
        return words;
    }

    public String program() {
        return words.substring(0, words.indexOf(' ') < 0 ? words.length() : words.indexOf(' '));
    }

    /**
     * The command that hashes these paths, such as {@code sha256sum -- 'a' 'b'}.
     *
     * @throws IllegalArgumentException without paths, because the command would hash its standard input, or if a path
     *     is empty or contains NUL
     */
    public String command(List<String> paths) {
        if (paths.isEmpty()) {
            throw new IllegalArgumentException("no path to hash");
        }
        return paths.stream().map(this::word).collect(Collectors.joining(" ", words + " ", ""));
    }

    /** The command that hashes the first bytes of a file; empty for shells that only split the line into words. */
    Optional<String> ofBeginning(String path, long length) {
        return this == SHA256SUM_PLAIN
                ? Optional.empty()
                : Optional.of("head -c %d %s | %s".formatted(length, word(path), words.replaceFirst(" --$", "")));
    }

    /** The hash in the output of {@link #ofBeginning}; empty if there is none, or more than one. */
    static Optional<String> parseOne(String stdout) {
        List<String> hashes = stdout.lines()
                .filter(HashCommand::beginsWithHash)
                .map(line -> line.substring(0, HASH_DIGITS))
                .distinct()
                .toList();
        return hashes.size() == 1 ? Optional.of(hashes.get(0)) : Optional.empty();
    }

    private String word(String path) {
        String quoted = ShellQuoting.quote(Sha256sumFormat.operand(path));
        return this == SHA256SUM_PLAIN ? path : quoted;
    }

    /** Whether output that came with this exit status can be used: some of the files may have been unreadable. */
    boolean counts(int status) {
        // OpenSSL 1 returns the number of unreadable files; 126 and above come from the shell.
        return status >= 0 && status < (this == OPENSSL ? ExecResult.NOT_EXECUTABLE : 2);
    }

    /** Whether the output for a file of this name can be parsed. */
    public boolean takes(String path) {
        return switch (this) {
            case SHA256SUM -> true;
            case SHA256SUM_PLAIN -> ShellQuoting.isPlain(path);
            // Only some of them escape line breaks and backslashes, so such names are not given to them.
            case SHASUM, SHA256_R, SHA256_Q, OPENSSL ->
                path.indexOf('\n') < 0 && path.indexOf('\r') < 0 && path.indexOf('\\') < 0 && !path.startsWith("-");
        };
    }

    /**
     * Splits paths, in order, so that each {@link #command} has at most {@code maxBytes} bytes of UTF-8. A longer path
     * gets a batch of its own, so that it fails alone.
     */
    public List<List<String>> batches(List<String> paths, int maxBytes) {
        List<List<String>> batches = new ArrayList<>();
        List<String> batch = new ArrayList<>();
        int bytes = words.length();
        for (String path : paths) {
            int more = 1 + word(path).getBytes(StandardCharsets.UTF_8).length;
            if (!batch.isEmpty() && (this == SHA256_Q || bytes + more > maxBytes)) {
                batches.add(List.copyOf(batch));
                batch.clear();
                bytes = words.length();
            }
            batch.add(path);
            bytes += more;
        }
        if (!batch.isEmpty()) {
            batches.add(List.copyOf(batch));
        }
        return batches;
    }

    /**
     * Parses the output into path to lower-case hex hash. Other lines, such as a banner, are ignored. A path with two
     * different hashes is left out, since neither can be trusted.
     */
    public Map<String, String> parse(String stdout, List<String> paths) {
        Set<String> asked = new HashSet<>(paths);
        Map<String, String> hashes =
                switch (this) {
                    case SHA256SUM, SHA256SUM_PLAIN, SHASUM -> Sha256sumFormat.parse(stdout);
                    case SHA256_R, SHA256_Q, OPENSSL ->
                        Sha256sumFormat.unambiguous(stdout.lines()
                                .filter(HashCommand::beginsWithHash)
                                .map(line -> parsePlain(line, asked)));
                };
        hashes.keySet().retainAll(asked);
        return hashes;
    }

    private Sum parsePlain(String line, Set<String> paths) {
        String said = line.length() == HASH_DIGITS ? null : line.substring(HASH_DIGITS + 1);
        return new Sum(line.substring(0, HASH_DIGITS), name(said, paths));
    }

    /** By hand, for speed: a run has one such line per file. */
    private static boolean beginsWithHash(String line) {
        if (line.length() < HASH_DIGITS || (line.length() > HASH_DIGITS && line.charAt(HASH_DIGITS) != ' ')) {
            return false;
        }
        for (int i = 0; i < HASH_DIGITS; i++) {
            char c = line.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    /** The path in a line; OpenSSL marks it with an asterisk. */
    private String name(String said, Set<String> paths) {
        if (this == SHA256_Q) {
            return said == null && paths.size() == 1 ? paths.iterator().next() : "";
        }
        return said != null && said.startsWith("*") && !paths.contains(said) ? said.substring(1) : String.valueOf(said);
    }
}
