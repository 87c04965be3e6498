package dev.offsite.doctor;

import static dev.offsite.doctor.CheckRunner.Outcome.fail;
import static dev.offsite.doctor.CheckRunner.Outcome.none;
import static dev.offsite.doctor.CheckRunner.Outcome.ok;
import static dev.offsite.doctor.CheckRunner.Outcome.warn;

import dev.offsite.exec.ExecException;
import dev.offsite.exec.SingleLoginExec;
import dev.offsite.job.HashProgram;
import dev.offsite.job.Job;
import dev.offsite.job.Modes;
import dev.offsite.job.Setting;
import dev.offsite.job.SshPath;
import dev.offsite.job.Target;
import dev.offsite.job.VerificationMethod;
import dev.offsite.verify.HashCapabilityProbe;
import dev.offsite.verify.HashCapabilityProbe.Kind;
import dev.offsite.verify.HashCapabilityProbe.Outcome;
import dev.offsite.verify.HashCommand;
import dev.offsite.verify.HashMethod;
import dev.offsite.verify.ReadBackHasher;
import dev.offsite.verify.Verifier;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out how copies on a server will be verified, by running each hash command on a file whose hash we know. */
final class HashingCheck {

    private static final List<Kind> PERHAPS_ELSEWHERE = List.of(Kind.UNSEEN, Kind.NO_HASH);
    private static final int ENOUGH = 2;
    private static final String NO_VERIFY_LOGIN = "none is set (verify.user): commands run with the login for uploads";
    private static final String NOT_KEPT =
            "; modes=keep lets it read only what it could read in the source: modes=server changes that";
    private static final Set<Kind> NO_USE_TO_GO_ON = Set.of(Kind.REFUSED, Kind.CUT);

    private static final Logger LOG = LoggerFactory.getLogger(HashingCheck.class);

    private final Job job;
    private final LoginCheck contact;
    private final Findings findings;
    private final List<Report.Suggestion> suggestions = new ArrayList<>();
    private String verification = "";

    HashingCheck(Job job, LoginCheck contact, Findings findings) {
        this.job = job;
        this.contact = contact;
        this.findings = findings;
    }

    void take(ProbeFile probe) {
        Optional<SingleLoginExec> console = contact.console();
        if (console.isPresent()) {
            take(console.get(), probe);
        } else if (separate()) {
            findings.add(Check.VERIFY_LOGIN, fail(contact.noConsole()));
        } else {
            findings.add(Check.VERIFY_LOGIN, none(NO_VERIFY_LOGIN));
            findings.add(Check.HASH_COMMAND, none("no login for commands (%s)".formatted(contact.noConsole())));
            List<HashMethod> works = checkFile(probe);
            findings.add(Check.PATH, none("no command, so no path"));
            findings.add(Check.VERIFICATION, verification(works, false));
        }
    }

    /** Whether SFTP itself hashes files, as a ship would ask it where no command works. */
    private List<HashMethod> checkFile(ProbeFile probe) {
        if (job.target().program() != HashProgram.AUTO) {
            return List.of();
        }
        Optional<String> hash = Optional.empty();
        try {
            hash = contact.connection().sessions().call(remote -> remote.checkFile(probe.path()));
        } catch (IOException e) {
            LOG.debug("no check-file", e);
        }
        boolean right = hash.equals(Optional.of(probe.sha256()));
        findings.add(
                Check.HASH_COMMAND,
                HashMethod.CHECK_FILE.words(),
                right
                        ? ok("works")
                        : hash.isPresent()
                                ? warn("WRONG ANSWER: another hash than the file has; it is not believed")
                                : none("not there"));
        return right ? List.of(HashMethod.CHECK_FILE) : List.of();
    }

    private void take(SingleLoginExec console, ProbeFile probe) {
        List<Outcome> outcomes = tryAll(console, probe, sshPath());
        Optional<SshPath> elsewhere = works(outcomes).isEmpty() ? search(console, probe, outcomes) : Optional.empty();
        List<Outcome> there =
                elsewhere.map(path -> tryAll(console, probe, path)).orElse(outcomes);
        findings.add(Check.VERIFY_LOGIN, verifyLogin(there, elsewhere.isPresent()));
        there.forEach(this::hashCommand);
        List<HashMethod> now = works(outcomes);
        List<HashMethod> works = now.isEmpty() ? checkFile(probe) : now;
        findings.add(Check.PATH, path(outcomes, elsewhere));
        findings.add(Check.VERIFICATION, verification(works, now.isEmpty() && elsewhere.isPresent()));
    }

    private boolean separate() {
        return job.target().verifyLogin() != null;
    }

    /** The configured mapping of paths. */
    private SshPath sshPath() {
        return job.target().hashing().sshPath();
    }

    /** Whether the verify login can read a newly uploaded file. */
    private CheckRunner.Outcome verifyLogin(List<Outcome> outcomes, boolean elsewhere) {
        Target login = job.target().hashing();
        if (!separate()) {
            return none(NO_VERIFY_LOGIN);
        }
        if (!works(outcomes).isEmpty()) {
            String reads = "as %s with the key %s; it can read new copies".formatted(login, login.key());
            return elsewhere ? warn(reads + ", but elsewhere: see verify.ssh-path below") : ok(reads);
        }
        String said = outcomes.stream()
                .filter(outcome -> outcome.kind() == Kind.UNSEEN)
                .findFirst()
                .or(() -> outcomes.stream().findFirst())
                .map(Outcome::said)
                .orElse("nothing");
        String problem = "%s logs in, but cannot hash a new copy (it says: %s): %s%s"
                .formatted(login, said, Verifier.LET_IT_READ, job.target().modes() == Modes.KEEP ? NOT_KEPT : "");
        return job.target().verification() == VerificationMethod.HASH ? fail(problem) : warn(problem);
    }

    private List<Outcome> tryAll(SingleLoginExec console, ProbeFile probe, SshPath path) {
        HashCapabilityProbe hashes = new HashCapabilityProbe(console, path.ofCommand(probe.path()), probe.sha256());
        List<Outcome> outcomes = new ArrayList<>();
        for (HashCommand command : HashCommand.of(job.target().program())) {
            Outcome outcome = hashes.of(command);
            outcomes.add(outcome);
            if (NO_USE_TO_GO_ON.contains(outcome.kind())) {
                break;
            }
        }
        return outcomes;
    }

    /** The commands that a ship would use. */
    private static List<HashMethod> works(List<Outcome> outcomes) {
        return HashMethod.preferred(
                outcomes.stream().flatMap(outcome -> outcome.way().stream()).toList());
    }

    private static boolean any(List<Outcome> outcomes, Kind kind) {
        return outcomes.stream().anyMatch(outcome -> outcome.kind() == kind);
    }

    private Optional<SshPath> search(SingleLoginExec console, ProbeFile probe, List<Outcome> outcomes) {
        // Prefer commands that say that the file does not exist, then those whose output has no hash.
        List<HashCommand> commands = PERHAPS_ELSEWHERE.stream()
                .flatMap(kind -> outcomes.stream().filter(outcome -> outcome.kind() == kind))
                .map(Outcome::command)
                .limit(ENOUGH)
                .toList();
        try {
            return commands.isEmpty() || any(outcomes, Kind.WRONG)
                    ? Optional.empty()
                    : new PathSearch(console, probe, commands).find(sshPath(), contact.home());
        } catch (ExecException e) {
            return Optional.empty();
        }
    }

    private void hashCommand(Outcome outcome) {
        String subject = outcome.kind() == Kind.REFUSED ? "" : outcome.command().words();
        String said = outcome.said().isEmpty() ? "" : " (it says: %s)".formatted(outcome.said());
        findings.add(
                Check.HASH_COMMAND,
                subject,
                switch (outcome.kind()) {
                    case WORKS -> ok(outcome.way().orElseThrow().many() ? "works" : "works, one file at a time");
                    case ABSENT -> none("not there");
                    case REFUSED -> none("the server runs no commands" + said);
                    case NO_HASH -> none("gives no hash" + said);
                    case UNSEEN -> warn("does not find the file" + said);
                    case WRONG -> warn("WRONG ANSWER: another hash than the file has; it is not believed");
                    case CUT -> warn("does not come to an end" + said);
                });
    }

    private CheckRunner.Outcome path(List<Outcome> configured, Optional<SshPath> elsewhere) {
        Setting setting = separate() ? Setting.VERIFY_SSH_PATH : Setting.SSH_PATH;
        boolean same = sshPath().equals(SshPath.SAME);
        String now = same ? "where SFTP shows them" : "by %s=%s".formatted(setting.key(), sshPath());
        if (!works(configured).isEmpty()) {
            return ok("commands find files " + now);
        }
        String lost = "commands do not find files " + now;
        if (elsewhere.isPresent()) {
            String found = elsewhere.get().toString();
            suggest(setting, found, "Where a command finds what SFTP shows; tried with a file");
            return warn(lost + ", but elsewhere: see %s below".formatted(setting.key()));
        }
        return any(configured, Kind.UNSEEN)
                ? warn(lost + ", nor anywhere else; where is %s for a command? See ssh-path".formatted(job.root()))
                : none("no command hashes files, so it does not matter");
    }

    private CheckRunner.Outcome verification(List<HashMethod> works, boolean elsewhere) {
        if (!works.isEmpty()) {
            verification = VerificationMethod.HASH.toString();
            String others = works.size() == 1
                    ? ""
                    : "; names that it cannot be asked about: " + works.get(1).words();
            return ok("hash: the server hashes each copy (%s%s)"
                    .formatted(works.get(0).words(), others));
        }
        String hint = elsewhere ? "; the server could hash them, see the path below" : onlyBy();
        VerificationMethod least = job.target().verification();
        if (least == VerificationMethod.HASH) {
            if (!elsewhere) {
                String benefit = "Each copy is downloaded again and hashed here: as reliable, and costs the download";
                suggest(Setting.VERIFY, VerificationMethod.READBACK.toString(), benefit);
            }
            return fail("none: the server hashes no copy, and verify=hash accepts nothing else" + hint);
        }
        verification = least.toString();
        if (least == VerificationMethod.SIZE) {
            return warn("size: only sizes are compared, damage goes unseen; verify=readback would see it" + hint);
        }
        String how = "readback: each copy is downloaded again and hashed here" + hint;
        if (ReadBackHasher.mayReadCache(contact.software())) {
            return warn(how + "; " + ReadBackHasher.CACHE);
        }
        return elsewhere ? warn(how) : ok(how);
    }

    private void suggest(Setting setting, String value, String reason) {
        suggestions.add(new Report.Suggestion(setting, value, reason));
    }

    /** A hint that other commands were not tried. */
    private String onlyBy() {
        HashProgram program = job.target().program();
        return program == HashProgram.AUTO
                ? ""
                : "; only %s was tried, for %s=%s".formatted(program, Setting.VERIFY_COMMAND.key(), program);
    }

    /** The method that a ship would use; empty if none works. */
    String verification() {
        return verification;
    }

    List<Report.Suggestion> suggestions() {
        return suggestions;
    }
}
