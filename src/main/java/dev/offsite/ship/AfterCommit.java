package dev.offsite.ship;

import dev.offsite.io.Text;
import dev.offsite.job.AfterCommitAction;
import dev.offsite.job.Job;
import dev.offsite.ledger.Ledger;
import dev.offsite.manifest.TemporaryName;
import dev.offsite.source.ChecksumFile.Algorithm;
import dev.offsite.source.IncludeExclude;
import dev.offsite.source.SourceScan.SourceFile;
import java.io.File;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves or deletes local files after their commit. The ledger records the pending move before the commit, so that it is
 * completed after a crash, and so that files committed while the job kept them are never touched.
 */
public final class AfterCommit {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private AfterCommit() {}

    /** Records the pending move or deletion. Call it before the commit. */
    static void owe(Job job, Ledger ledger, SourceFile file) {
        if (job.after() != AfterCommitAction.KEEP) {
            ledger.owe(Ledger.key(job, file.file(), file.modified(), file.size()));
        }
    }

    /** Moves or deletes the file if the job says so and the file has not changed since its commit. */
    static void settle(Job job, Ledger ledger, SourceFile committed) {
        File file = committed.file();
        if (job.after() == AfterCommitAction.KEEP
                || file.length() != committed.size()
                || file.lastModified() != committed.modified()
                || needed(job, ledger, file.toPath())) {
            return;
        }
        try {
            if (job.after() == AfterCommitAction.DELETE) {
                Files.deleteIfExists(file.toPath());
            } else {
                move(file.toPath(), job.moveTo().resolve(job.source().relativize(file.toPath())));
            }
            Optional<Path> doneFile = IncludeExclude.ownDoneFile(job.doneFile(), file.toPath());
            if (doneFile.isPresent()) {
                Files.deleteIfExists(doneFile.get());
            }
            ledger.settled(Ledger.key(job, file, committed.modified(), committed.size()));
            settleChecksums(job, ledger, file);
        } catch (IOException e) {
            LOG.warn(
                    "{}: {} is off-site, but stays here: {}",
                    job.name(),
                    Text.line(job.source().relativize(file.toPath()).toString()),
                    Text.line(String.valueOf(e.getMessage())));
        }
    }

    /** A checksum file waits for its file. A checksum list always stays, as it may cover files still to come. */
    private static boolean needed(Job job, Ledger ledger, Path file) {
        String name = file.getFileName().toString();
        for (Algorithm algorithm : Algorithm.values()) {
            if (name.equals(algorithm.listName())) {
                return true;
            }
            if (name.endsWith(algorithm.suffix())) {
                File of = file.resolveSibling(name.substring(
                                0, name.length() - algorithm.suffix().length()))
                        .toFile();
                return of.isFile() && !ledger.contains(job, new SourceFile(of, of.length(), of.lastModified()));
            }
        }
        return false;
    }

    /** Handles checksum files that were committed before their file and had to wait for it. */
    private static void settleChecksums(Job job, Ledger ledger, File file) {
        for (Algorithm algorithm : Algorithm.values()) {
            File own = new File(file.getPath() + algorithm.suffix());
            if (ledger.owes(Ledger.key(job, own, own.lastModified(), own.length()))) {
                settle(job, ledger, new SourceFile(own, own.length(), own.lastModified()));
            }
        }
    }

    /** Handles committed files that an interrupted run left in place. */
    public static void settleCommitted(Job job, List<SourceFile> files, Ledger ledger) {
        for (SourceFile file : files) {
            if (ledger.owes(job, file)) {
                settle(job, ledger, file);
            }
        }
    }

    /** Never replaces a file or shows a partial one under the final name. */
    private static void move(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
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
            Path part = to.resolveSibling(TemporaryName.of(to.getFileName().toString()));
            Files.copy(from, part, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
            Files.move(part, to, StandardCopyOption.ATOMIC_MOVE);
            Files.delete(from);
        }
    }
}
