package dev.offsite.doctor;

import dev.offsite.doctor.CheckRunner.Outcome;
import dev.offsite.io.Permissions;
import dev.offsite.job.AfterCommitAction;
import dev.offsite.job.Modes;
import dev.offsite.owner.ReplacingRename;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.sftp.TargetConnection;
import dev.offsite.verify.RemoteSync;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** Tries the SFTP file operations that shipping needs. */
record FileOperationsCheck(CheckRunner steps, TargetConnection connection, ProbeFolder folder, Clock clock) {

    private static final int PERMISSIONS = 0777;
    private static final String MORE_OPEN = "more users may read a copy there than its source here";

    private static final Duration KILLED_LONG_AGO = Duration.ofHours(1);

    /** Returns the file under its new name, or under the old one if the rename failed. */
    ProbeFile of(ProbeFile probe) {
        steps.check(Check.READ, () -> read(probe));
        steps.check(Check.MODES, () -> modes(probe));
        steps.check(Check.CLOCK, () -> clock(probe));
        steps.check(Check.SYMLINK, () -> symlink(probe));
        steps.check(Check.SYNC, () -> sync(probe));
        ProbeFile renamed = probe.renamed(folder.newFile());
        steps.check(Check.RENAME, () -> {
            steps.remotely(remote -> remote.rename(probe.path(), renamed.path()));
            return Outcome.ok("from a temporary name to the final one");
        });
        if (!steps.went(Check.RENAME)) {
            return probe;
        }
        steps.check(Check.OVERWRITE, () -> overwrite(probe, renamed));
        return renamed;
    }

    private Outcome read(ProbeFile probe) throws IOException {
        return steps.sessions().call(remote -> remote.read(probe.path())).equals(Optional.of(probe.text()))
                ? Outcome.ok("what was written comes back the same")
                : Outcome.fail("what was written comes back as something else");
    }

    private Outcome modes(ProbeFile probe) throws IOException {
        if (steps.job().target().modes() == Modes.SERVER) {
            return Outcome.none("left to the server (modes=server)");
        }
        int before = mode(probe);
        try {
            steps.remotely(remote -> remote.setMode(probe.path(), Permissions.PRIVATE));
        } catch (SftpStatusException e) {
            return Outcome.warn("cannot be set (%s): %s".formatted(e.getMessage(), MORE_OPEN));
        }
        int now = mode(probe);
        steps.remotely(remote -> remote.setMode(probe.path(), before));
        return now == Permissions.PRIVATE
                ? Outcome.ok("copies get those of their sources")
                : Outcome.warn("are %o whatever is asked: %s".formatted(now, MORE_OPEN));
    }

    private int mode(ProbeFile probe) throws IOException {
        return steps.sessions()
                .call(remote -> remote.stat(probe.path()))
                .map(entry -> entry.mode() & PERMISSIONS)
                .orElse(0);
    }

    private Outcome clock(ProbeFile probe) throws IOException {
        Instant ours = clock.instant();
        Optional<RemoteFile> written = steps.sessions().call(remote -> remote.stat(probe.path()));
        if (written.isEmpty()) {
            return Outcome.fail("the file just written is not there");
        }
        Instant theirs = written.get().modified();
        steps.remotely(remote -> ProbeFolder.sweep(remote, steps.job().root(), theirs.minus(KILLED_LONG_AGO)));
        return ClockSkew.of(ours, theirs);
    }

    private Outcome symlink(ProbeFile probe) throws IOException {
        String link = folder.newFile();
        Optional<RemoteFile> seen;
        try {
            seen = linked(probe.path(), link, link);
        } catch (SftpStatusException e) {
            try {
                // Servers disagree about which of the two comes first.
                seen = linked(link, probe.path(), link);
            } catch (SftpStatusException again) {
                return Outcome.none("cannot be made over SFTP (%s)".formatted(e.getMessage()));
            }
        }
        return seen.isPresent() && !seen.get().file() && !seen.get().directory()
                ? Outcome.ok("told apart from what they lead to")
                : Outcome.warn("not told apart from what they lead to: let nobody make links below the root");
    }

    private Optional<RemoteFile> linked(String first, String second, String link) throws IOException {
        return steps.sessions().call(remote -> {
            remote.symlink(first, second);
            return remote.stat(link);
        });
    }

    private Outcome sync(ProbeFile probe) throws IOException {
        return switch (new RemoteSync(null).method(connection, RemotePath.parent(probe.path()), true)) {
            case COMMAND -> Outcome.ok("by the command sync");
            case FSYNC -> Outcome.ok("by SFTP (fsync@openssh.com)");
            case NONE ->
                steps.job().after() == AfterCommitAction.KEEP
                        ? Outcome.warn("the server cannot be told to write copies to its disk: a power cut there may"
                                + " lose those of the last half minute; a scrub finds them")
                        : Outcome.warn(
                                ("the server cannot be told to write copies to its disk: after=%s waits for a run"
                                                + " at least 10 minutes later, which verifies them again")
                                        .formatted(steps.job().after().name().toLowerCase(Locale.ROOT)));
        };
    }

    private Outcome overwrite(ProbeFile probe, ProbeFile there) throws IOException {
        steps.remotely(remote -> remote.write(probe.path(), probe.text()));
        try {
            steps.remotely(remote -> remote.rename(probe.path(), there.path()));
        } catch (SftpStatusException e) {
            return Outcome.fail("%s (%s)"
                    .formatted(
                            ReplacingRename.MISSING,
                            FailureMessages.of(e, steps.job()).message()));
        }
        boolean atomic = steps.sessions().call(remote -> remote.replacesByRename());
        return Outcome.ok(
                atomic
                        ? "in one step (posix-rename)"
                        : "works; the server does not say whether in one step (no posix-rename)");
    }
}
