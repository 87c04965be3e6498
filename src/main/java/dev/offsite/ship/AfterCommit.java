package dev.offsite.ship;

import dev.offsite.io.Permissions;
import dev.offsite.io.Text;
import dev.offsite.job.AfterCommitAction;
import dev.offsite.job.Job;
import dev.offsite.ledger.Delay;
import dev.offsite.ledger.Ledger;
import dev.offsite.manifest.TemporaryName;
import dev.offsite.source.ChangedFileException;
import dev.offsite.source.ChecksumFile.Algorithm;
import dev.offsite.source.FileClaims;
import dev.offsite.source.FileState;
import dev.offsite.source.IncludeExclude;
import dev.offsite.source.SetAside;
import dev.offsite.source.SourceScan;
import dev.offsite.source.SourceScan.SourceFile;
import java.io.File;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves or deletes local files after their commit. The ledger records the pending move before the commit, so that it is
 * completed after a crash, and so that files committed while the job kept them are never touched. In a cluster, each file is
 * claimed meanwhile, since another node may be about to do the same.
 */
public record AfterCommit(Job job, Ledger ledger, Queue<SourceFile> committed) {

    /** How often, and after how long, to try again what another node has claimed: most only look whether it is shipped. */
    private static final int TRIES = 10;

    private static final long PAUSE_MILLIS = 50;

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    public AfterCommit(Job job, Ledger ledger) {
        this(job, ledger, new ConcurrentLinkedQueue<>());
    }

    /** Moves or deletes the file at the next {@link #settleCommitted()}. */
    void committed(SourceFile file) {
        if (job.after() != AfterCommitAction.KEEP) {
            committed.add(file);
        }
    }

    /**
     * Handles the files that were committed since the last call, after the ledger has them on disk. Waits for an earlier
     * call that has not ended.
     */
    synchronized void settleCommitted() {
        List<SourceFile> files = new ArrayList<>();
        for (SourceFile file = committed.poll(); file != null; file = committed.poll()) {
            files.add(file);
        }
        if (!files.isEmpty()) {
            ledger.sync();
            FileClaims claims = claims();
            List<SourceFile> left = settle(files, claims);
            for (int i = 0; i < TRIES && !left.isEmpty() && pause(); i++) {
                left = settle(left, claims);
            }
        }
    }

    private FileClaims claims() {
        return new FileClaims(job, ledger.claims());
    }

    private static boolean pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Returns those that other nodes have claimed. They stay owed, so that a later run finds what those leave. */
    private List<SourceFile> settle(List<SourceFile> files, FileClaims claims) {
        return files.stream().filter(file -> !settle(file, claims)).toList();
    }

    /** Records the pending move or deletion. Call it before the commit. */
    void owe(SourceFile file) {
        if (job.after() != AfterCommitAction.KEEP) {
            ledger.owe(job, file);
        }
    }

    /** Whether a committed file is still to be moved or deleted. */
    public boolean owes(SourceFile file) {
        // Called for every file, so the usual case must be cheap.
        return job.after() != AfterCommitAction.KEEP && ledger.owes(job, file);
    }

    /** Records that it must wait until a later run has verified the copy again. */
    void delay(SourceFile file, Delay delay) {
        if (job.after() != AfterCommitAction.KEEP) {
            ledger.delay(job, file, delay);
        }
    }

    /** Moves or deletes the file if the job says so and the file has not changed since its commit. */
    void settle(SourceFile committed) {
        settle(committed, claims());
    }

    /** False if another node has claimed the file. */
    private boolean settle(SourceFile committed, FileClaims claims) {
        if (job.after() == AfterCommitAction.KEEP
                || committed.hasChanged()
                || isNeeded(committed.file().toPath())) {
            return true;
        }
        if (!claims.take(committed.file())) {
            return false;
        }
        try {
            // Another node may have done it since.
            if (!committed.hasChanged()) {
                settleClaimed(committed);
            }
            return true;
        } finally {
            claims.release(committed.file());
        }
    }

    private void settleClaimed(SourceFile committed) {
        Path file = committed.file().toPath();
        try {
            if (!take(committed)) {
                return;
            }
            Optional<Path> doneFile = IncludeExclude.ownDoneFile(job.doneFile(), file);
            if (doneFile.isPresent()) {
                Files.deleteIfExists(doneFile.get());
            }
            ledger.settled(job, committed);
            settleChecksums(committed.file());
        } catch (IOException e) {
            LOG.warn(
                    "{}: {} is off-site, but stays here: {}",
                    job.name(),
                    Text.line(job.source().relativize(file).toString()),
                    Text.reason(e));
        }
    }

    /** Deletes or moves the file; false if it is not the one that was committed, but one of the same size and time. */
    private boolean take(SourceFile committed) throws IOException {
        Path file = committed.file().toPath();
        String value = ledger.value(job, committed).orElse("");
        Optional<FileState> compared = new CommittedFiles(job, ledger).isCommitted(committed, value, read -> {});
        if (compared.isEmpty()) {
            return false;
        }
        SetAside aside = new SetAside(file);
        boolean gone = false;
        try {
            Path hidden = aside.take();
            if (!FileState.of(hidden).isSameFile(compared.get())) {
                ledger.forget(job, committed);
                throw new ChangedFileException(file.getFileName().toString());
            }
            if (job.after() == AfterCommitAction.DELETE) {
                Files.delete(hidden);
            } else {
                move(hidden, job.moveTo().resolve(job.source().relativize(file)));
            }
            gone = true;
        } finally {
            if (!gone) {
                aside.putBack();
                new CommittedFiles(job, ledger).renamed(committed, compared.get());
            }
        }
        return true;
    }

    /** Puts back what a run that was killed was about to delete or move; returns whether there was any. */
    public boolean putBack(SourceScan source) {
        FileClaims claims = claims();
        for (SetAside one : source.setAside()) {
            File file = one.file().toFile();
            if (!claims.take(file)) {
                // Another node is about to delete or move it just now.
                continue;
            }
            try {
                one.putBack();
            } catch (IOException e) {
                LOG.error(
                        "{}: {} cannot get back its name, which begins with .offsite-removing- now: {}",
                        job.name(),
                        Text.line(job.source().relativize(one.file()).toString()),
                        Text.line(String.valueOf(e.getMessage())));
            } finally {
                claims.release(file);
            }
        }
        return !source.setAside().isEmpty();
    }

    /** A checksum file waits for its file. A checksum list always stays, as it may cover files still to come. */
    private boolean isNeeded(Path file) {
        String name = file.getFileName().toString();
        for (Algorithm algorithm : Algorithm.values()) {
            if (name.equals(algorithm.listName())) {
                return true;
            }
            if (name.endsWith(algorithm.suffix())) {
                int length = name.length() - algorithm.suffix().length();
                File of = file.resolveSibling(name.substring(0, length)).toFile();
                return of.isFile() && !ledger.contains(job, SourceFile.of(of));
            }
        }
        return false;
    }

    /** Handles checksum files that were committed before their file and had to wait for it. */
    private void settleChecksums(File file) {
        for (Algorithm algorithm : Algorithm.values()) {
            settleCommitted(List.of(SourceFile.of(new File(file.getPath() + algorithm.suffix()))));
        }
    }

    /** Handles committed files that an interrupted run left in place. */
    public void settleCommitted(List<SourceFile> files) {
        files.stream()
                .filter(this::owes)
                .filter(file -> ledger.delay(job, file).isEmpty())
                .forEach(this::committed);
        settleCommitted();
    }

    /** Never replaces a file or shows a partial one under the final name. */
    private static void move(Path from, Path to) throws IOException {
        // No more open than the folder that it comes from.
        int mode = Permissions.ofOwner(FileState.of(from.getParent()).mode());
        Files.createDirectories(to.getParent(), Permissions.with(to.getParent(), mode));
        if (Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
            if (Files.isRegularFile(to) && Files.mismatch(from, to) == -1) {
                // An earlier move to another file system was interrupted before its last step.
                Files.delete(from);
                return;
            }
            throw new IOException("there is another file at " + to);
        }
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException otherFileSystem) {
            Path part = to.resolveSibling(TemporaryName.random(to.getFileName().toString()));
            Files.copy(from, part, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
            Files.move(part, to, StandardCopyOption.ATOMIC_MOVE);
            Files.delete(from);
        }
    }
}
