package dev.offsite.verify;

import dev.offsite.exec.CommandRunner;
import dev.offsite.exec.ExecException;
import dev.offsite.exec.ExecResult;
import dev.offsite.io.Text;
import dev.offsite.job.HashProgram;
import dev.offsite.job.Setting;
import dev.offsite.job.Target;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds a server's hash command by letting commands hash a file whose hash is known.
 *
 * @param path the file as commands on the server see it
 * @param sha256 its hash
 * @param checkFile the same over SFTP: what its check-file says is the file's hash; empty if the server has none
 */
public record HashCapabilityProbe(CommandRunner server, String path, String sha256, CheckFile checkFile) {

    /** Asks a server for the hash of the known file over SFTP. */
    @FunctionalInterface
    public interface CheckFile {
        Optional<String> hash() throws IOException;
    }

    /** Without SFTP's check-file. */
    public HashCapabilityProbe(CommandRunner server, String path, String sha256) {
        this(server, path, sha256, Optional::empty);
    }

    private static final Logger LOG = LoggerFactory.getLogger("offsite");
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final String ONLY_SFTP = "This service allows sftp connections only";

    /** How command interpreters that are no POSIX shells refuse a line. */
    private static final Pattern NO_SHELL = Pattern.compile(
            "not implemented|syntax error|parse error|not recognized|unknown command|invalid command|unrecognized command",
            Pattern.CASE_INSENSITIVE);

    private static final Set<Kind> NO_USE_TO_GO_ON = Set.of(Kind.REFUSED, Kind.CUT);

    public enum Kind {
        WORKS,
        ABSENT,
        /** The command exists but did not find the file. */
        UNSEEN,
        WRONG,
        NO_HASH,
        /** The server runs no commands at all. */
        REFUSED,
        /** It did not finish. */
        CUT
    }

    /** {@code way} is empty unless the command works; {@code said} is the server's output in one line. */
    public record Outcome(HashCommand command, Kind kind, Optional<HashMethod> way, String said) {}

    public Outcome of(HashCommand command) {
        if (!command.takes(path)) {
            return new Outcome(command, Kind.NO_HASH, Optional.empty(), "it cannot be asked about such a name");
        }
        // Two paths, because some restricted shells accept only one file.
        Outcome two = of(command, 2);
        boolean onlyOne = two.kind() == Kind.NO_HASH || two.kind() == Kind.UNSEEN;
        return onlyOne && command != HashCommand.SHA256_Q ? of(command, 1) : two;
    }

    private Outcome of(HashCommand command, int files) {
        boolean many = files > 1 && command != HashCommand.SHA256_Q;
        List<String> paths = Collections.nCopies(many ? files : 1, path);
        try {
            ExecResult answer = server.run(command.command(paths), DEADLINE);
            return outcome(command, answer, many, paths);
        } catch (ExecException e) {
            return new Outcome(command, e.hung() ? Kind.CUT : Kind.REFUSED, Optional.empty(), e.getMessage());
        }
    }

    private Outcome outcome(HashCommand command, ExecResult answer, boolean many, List<String> paths) {
        String hash = command.parse(answer.stdout(), List.of(path)).get(path);
        Kind kind;
        if (answer.status().isEmpty()) {
            kind = Kind.CUT;
        } else if (answer.noSuchCommand() || (hash == null && isNoShell(answer, command.command(paths)))) {
            kind = Kind.ABSENT;
        } else if (answer.stdout().contains(ONLY_SFTP)) {
            kind = Kind.REFUSED;
        } else if (hash != null && !hash.equals(sha256)) {
            kind = Kind.WRONG;
        } else if (answer.isOk() && hash != null && answer.stdout().split(hash, -1).length > paths.size()) {
            kind = Kind.WORKS;
        } else {
            kind = hash == null && answer.stderr().contains(path) ? Kind.UNSEEN : Kind.NO_HASH;
        }
        return new Outcome(
                command,
                kind,
                kind == Kind.WORKS ? Optional.of(new HashMethod(command, many)) : Optional.empty(),
                Text.line(answer.said()));
    }

    /**
     * Whether what answered is not a shell that has the command: it repeats the whole line (rclone), or cannot parse it
     * (Erlang, PowerShell, the menus of routers and NAS boxes).
     */
    private static boolean isNoShell(ExecResult answer, String line) {
        String said = answer.stdout() + answer.stderr();
        return !answer.isOk() && (said.contains(line) || NO_SHELL.matcher(said).find());
    }

    /**
     * Tries the commands up to the first that works, and then the fastest; if none does, SFTP's check-file. Logs if nothing
     * works.
     */
    HashCapability search(Target target, Instant now) throws IOException {
        List<HashMethod> working = new ArrayList<>();
        Outcome first = null;
        for (HashCommand command : HashCommand.of(target.program())) {
            if (!working.isEmpty() && command != HashCommand.OPENSSL) {
                continue;
            }
            Outcome outcome = of(command);
            LOG.debug("{}: {}", target, outcome);
            outcome.way().ifPresent(working::add);
            first = first == null || first.kind() == Kind.ABSENT ? outcome : first;
            if (NO_USE_TO_GO_ON.contains(outcome.kind())) {
                break;
            }
        }
        Optional<String> hash =
                working.isEmpty() && target.program() == HashProgram.AUTO ? checkFile.hash() : Optional.empty();
        if (hash.equals(Optional.of(sha256))) {
            LOG.debug("{}: SFTP's check-file hashes files", target);
            return new HashCapability(List.of(HashMethod.CHECK_FILE), now, "");
        }
        hash.ifPresent(wrong -> LOG.warn(
                "{}: SFTP's check-file gives a wrong hash of a file that we know, and is not believed", target));
        if (working.isEmpty()) {
            complain(target, first);
            return first.kind() == Kind.CUT
                    ? HashCapability.undecided(now, first.said())
                    : new HashCapability(List.of(), now, first.said());
        }
        return new HashCapability(HashMethod.preferred(working), now, "");
    }

    private static void complain(Target target, Outcome first) {
        String program = first.command().program();
        if (first.kind() == Kind.UNSEEN) {
            LOG.warn(
                    "{}: {} there does not find what was uploaded, or may not read it ({}); offsite doctor says whether to set ssh-path",
                    target,
                    program,
                    first.said());
        } else if (first.kind() == Kind.WRONG) {
            LOG.warn("{}: {} there gives a wrong hash of a file that we know, and is not believed", target, program);
        } else if (target.program() == HashProgram.AUTO) {
            LOG.info("{} cannot hash files ({})", target, first.said());
        } else {
            LOG.warn(
                    "{} cannot hash files with {} ({}), and {}={} allows nothing else",
                    target,
                    program,
                    first.said(),
                    Setting.VERIFY_COMMAND.key(),
                    target.program());
        }
    }
}
