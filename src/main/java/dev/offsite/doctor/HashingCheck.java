package dev.offsite.doctor;

import dev.offsite.exec.ExecException;
import dev.offsite.exec.SingleLoginExec;
import dev.offsite.job.HashProgram;
import dev.offsite.job.Job;
import dev.offsite.job.Setting;
import dev.offsite.job.SshPath;
import dev.offsite.job.Target;
import dev.offsite.job.VerificationMethod;
import dev.offsite.verify.HashCapabilityProbe;
import dev.offsite.verify.HashCapabilityProbe.Kind;
import dev.offsite.verify.HashCapabilityProbe.Outcome;
import dev.offsite.verify.HashCommand;
import dev.offsite.verify.HashMethod;
import dev.offsite.verify.Verifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds out how copies on a server will be verified, by running each hash command on a file whose hash we know. */
public final class HashingCheck {

    private static final List<Kind> PERHAPS_ELSEWHERE = List.of(Kind.UNSEEN, Kind.NO_HASH);
    private static final int ENOUGH = 2;
    private static final String NO_VERIFY_LOGIN = "none is set (verify.user): commands run with the login for uploads";
    private static final Set<Kind> NO_USE_TO_GO_ON = Set.of(Kind.REFUSED, Kind.CUT);

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

    void climb(ProbeFile probe) {
        SshPath configured = job.target().hashing().sshPath();
        Optional<SingleLoginExec> console = contact.console();
        if (console.isEmpty() && separate()) {
            findings.add(Check.VERIFY_LOGIN, Result.FAIL, contact.noConsole());
            return;
        }
        if (console.isEmpty()) {
            findings.add(Check.VERIFY_LOGIN, Result.NONE, NO_VERIFY_LOGIN);
            findings.add(Check.HASH_COMMAND, Result.NONE, "no login for commands (%s)".formatted(contact.noConsole()));
            findings.add(Check.PATH, Result.NONE, "no command, so no path");
            conclude(List.of(), false);
            return;
        }
        List<Outcome> outcomes = tryAll(console.get(), probe, configured);
        Optional<SshPath> elsewhere =
                !works(outcomes).isEmpty() ? Optional.empty() : search(console.get(), probe, outcomes, configured);
        List<Outcome> there =
                elsewhere.map(path -> tryAll(console.get(), probe, path)).orElse(outcomes);
        verifyLogin(there, elsewhere.isPresent());
        there.stream().map(HashingFinding::of).forEach(findings::add);
        path(outcomes, elsewhere);
        conclude(works(there), elsewhere.isPresent());
    }

    private boolean separate() {
        return job.target().verifyLogin() != null;
    }

    /** Whether the verify login can read a newly uploaded file. */
    private void verifyLogin(List<Outcome> outcomes, boolean elsewhere) {
        if (!separate()) {
            findings.add(Check.VERIFY_LOGIN, Result.NONE, NO_VERIFY_LOGIN);
            return;
        }
        Target login = job.target().hashing();
        if (!works(outcomes).isEmpty()) {
            findings.add(
                    Check.VERIFY_LOGIN,
                    elsewhere ? Result.WARN : Result.OK,
                    "as %s with the key %s; it can read new copies%s"
                            .formatted(
                                    login, login.key(), elsewhere ? ", but elsewhere: see verify.ssh-path below" : ""));
            return;
        }
        String said = outcomes.stream()
                .filter(outcome -> outcome.kind() == Kind.UNSEEN)
                .findFirst()
                .or(() -> outcomes.stream().findFirst())
                .map(Outcome::said)
                .orElse("nothing");
        findings.add(
                Check.VERIFY_LOGIN,
                job.target().verification() == VerificationMethod.HASH ? Result.FAIL : Result.WARN,
                "%s logs in, but cannot hash a new copy (it says: %s): %s"
                        .formatted(login, said, Verifier.LET_IT_READ));
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

    private Optional<SshPath> search(
            SingleLoginExec console, ProbeFile probe, List<Outcome> outcomes, SshPath configured) {
        if (outcomes.stream().anyMatch(outcome -> outcome.kind() == Kind.WRONG)) {
            return Optional.empty();
        }
        // Prefer commands that say that the file does not exist, then those whose output has no hash.
        List<HashCommand> commands = PERHAPS_ELSEWHERE.stream()
                .flatMap(kind -> outcomes.stream().filter(outcome -> outcome.kind() == kind))
                .map(Outcome::command)
                .limit(ENOUGH)
                .toList();
        try {
            return commands.isEmpty()
                    ? Optional.empty()
                    : new PathSearch(console, probe, commands).find(configured, contact.home());
        } catch (ExecException e) {
            return Optional.empty();
        }
    }

    private void path(List<Outcome> configured, Optional<SshPath> elsewhere) {
        SshPath path = job.target().hashing().sshPath();
        Setting setting = separate() ? Setting.VERIFY_SSH_PATH : Setting.SSH_PATH;
        String now = path.equals(SshPath.SAME) ? "where SFTP shows them" : "by %s=%s".formatted(setting.key(), path);
        if (!works(configured).isEmpty()) {
            findings.add(Check.PATH, Result.OK, "commands find files %s".formatted(now));
        } else if (elsewhere.isPresent()) {
            findings.add(
                    Check.PATH,
                    Result.WARN,
                    "commands do not find files %s, but elsewhere: see %s below".formatted(now, setting.key()));
            suggestions.add(new Report.Suggestion(
                    setting, elsewhere.get().toString(), "Where a command finds what SFTP shows; tried with a file"));
        } else if (configured.stream().anyMatch(outcome -> outcome.kind() == Kind.UNSEEN)) {
            findings.add(
                    Check.PATH,
                    Result.WARN,
                    "commands do not find files %s, nor anywhere else; where is %s for a command? See ssh-path"
                            .formatted(now, job.root()));
        } else {
            findings.add(Check.PATH, Result.NONE, "no command hashes files, so it does not matter");
        }
    }

    private void conclude(List<HashMethod> works, boolean elsewhere) {
        VerificationMethod least = job.target().verification();
        if (!works.isEmpty() && !elsewhere) {
            verification = VerificationMethod.HASH.toString();
            String others = works.size() > 1
                    ? "; names that it cannot be asked about: %s"
                            .formatted(works.get(1).command().words())
                    : "";
            findings.add(
                    Check.VERIFICATION,
                    Result.OK,
                    "%s: the server hashes each copy (%s%s)"
                            .formatted(verification, works.get(0).command().words(), others));
            return;
        }
        String hint = elsewhere ? "; the server could hash them, see the path below" : onlyBy();
        switch (least) {
            case HASH -> {
                findings.add(
                        Check.VERIFICATION,
                        Result.FAIL,
                        "none: the server hashes no copy, and verify=hash accepts nothing else%s".formatted(hint));
                if (!elsewhere) {
                    suggestions.add(new Report.Suggestion(
                            Setting.VERIFY,
                            VerificationMethod.READBACK.toString(),
                            "Each copy is downloaded again and hashed here: as reliable, and costs the download"));
                }
            }
            case READBACK -> {
                verification = least.toString();
                findings.add(
                        Check.VERIFICATION,
                        elsewhere ? Result.WARN : Result.OK,
                        "%s: each copy is downloaded again and hashed here%s".formatted(verification, hint));
            }
            case SIZE -> {
                verification = least.toString();
                findings.add(
                        Check.VERIFICATION,
                        Result.WARN,
                        "size: only sizes are compared, damage goes unseen; verify=readback would see it%s"
                                .formatted(hint));
            }
        }
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
