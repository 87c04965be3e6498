package dev.offsite.doctor;

import dev.offsite.doctor.CheckRunner.Outcome;
import dev.offsite.io.Permissions;
import dev.offsite.io.Text;
import dev.offsite.owner.RootOwners;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.source.FileState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Checks a job's root: whether a folder and a file can be made below it and, at the end, removed. */
record RootCheck(CheckRunner steps, ProbeFolder folder, RootOwners owners) {

    /** Makes the folder and a file in it; empty if that fails. */
    Optional<ProbeFile> take() {
        steps.check(Check.ROOT, this::root);
        if (steps.went(Check.ROOT)) {
            steps.check(Check.MAKE_FOLDER, this::makeFolder);
        }
        if (!steps.went(Check.MAKE_FOLDER)) {
            return Optional.empty();
        }
        steps.check(Check.FREE_SPACE, this::space);
        ProbeFile probe = ProbeFile.at(folder.newFile());
        steps.check(Check.WRITE, () -> {
            steps.remotely(remote -> remote.write(
                    probe.content(), probe.path(), steps.job().target().modes().of(leastOpen())));
            return Outcome.ok("a small file");
        });
        return Optional.of(probe).filter(written -> steps.went(Check.WRITE));
    }

    private Outcome root() throws IOException {
        String root = steps.job().root();
        Optional<RemoteFile> there = steps.sessions().call(remote -> remote.stat(root));
        if (there.isEmpty()) {
            return Outcome.ok(root + " is not there yet; the first ship makes it");
        }
        if (there.get().file()) {
            return Outcome.fail(root + " is a file; move it away, or name another root");
        }
        String whose = steps.sessions().call(remote -> owners.look(steps.job(), remote));
        return there.get().directory()
                ? Outcome.ok("%s, %s".formatted(root, whose))
                : Outcome.warn(root + " is a symbolic link; better name the folder it leads to");
    }

    private Outcome makeFolder() throws IOException {
        folder.make();
        int parents = folder.parentsMade();
        return Outcome.ok(parents == 0 ? "below the root" : "also the %d above it that are missing".formatted(parents));
    }

    /** The permissions that all files in the source have in common; -1 if it has none. */
    private int leastOpen() {
        try (Stream<Path> files = Files.walk(steps.job().source(), FileVisitOption.FOLLOW_LINKS)) {
            return files.filter(Files::isRegularFile)
                    .mapToInt(RootCheck::mode)
                    .reduce((a, b) -> a & b)
                    .orElse(-1);
        } catch (IOException | UncheckedIOException e) {
            return -1;
        }
    }

    private static int mode(Path file) {
        try {
            int mode = FileState.of(file).mode();
            return mode < 0 ? mode : mode | Permissions.PRIVATE;
        } catch (IOException gone) {
            return -1;
        }
    }

    private Outcome space() throws IOException {
        Optional<Long> free =
                steps.sessions().call(remote -> remote.space(folder.path()).map(SftpSession.Space::bytes));
        if (free.isEmpty()) {
            return Outcome.none("unknown: the server does not tell (no statvfs)");
        }
        Optional<Long> source = bytesIn(steps.job().source());
        if (source.isEmpty()) {
            return Outcome.ok(Text.size(free.get()));
        }
        String both = "%s; the source holds %s".formatted(Text.size(free.get()), Text.size(source.get()));
        return free.get() < source.get()
                ? Outcome.warn(both + ": it does not fit, unless most of it is there already")
                : Outcome.ok(both);
    }

    /** Total size of all files below that folder; empty if unknown. */
    private static Optional<Long> bytesIn(Path source) {
        try (Stream<Path> files = Files.walk(source, FileVisitOption.FOLLOW_LINKS)) {
            return Optional.of(files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum());
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    private interface Removal {
        void take() throws IOException;
    }

    /** Removes everything again. */
    void leave() {
        if (steps.went(Check.WRITE)) {
            steps.check(Check.REMOVE_FILE, () -> remove(folder::removeFiles));
        }
        if (steps.went(Check.REMOVE_FILE) && folder.hasNoFiles()) {
            steps.check(Check.REMOVE_FOLDER, () -> remove(folder::removeFolders));
        }
    }

    private Outcome remove(Removal removal) throws IOException {
        try {
            removal.take();
            return Outcome.ok("nothing is left behind");
        } catch (SftpStatusException e) {
            String said = FailureMessages.of(e, steps.job()).message();
            return steps.job().pruning().never()
                    ? Outcome.warn(said + "; prune=never does without")
                    : Outcome.fail(said + "; where only adding is allowed, prune=never is the key for it");
        }
    }
}
