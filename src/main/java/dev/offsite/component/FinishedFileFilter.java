package dev.offsite.component;

import dev.offsite.io.Text;
import dev.offsite.ship.ShipRun;
import dev.offsite.source.FilePortion;
import dev.offsite.source.IncludeExclude;
import dev.offsite.source.ReservedName;
import dev.offsite.source.SourceScan;
import dev.offsite.source.SourceScan.SourceFile;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileFilter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts folders, and finished regular files that the run does not have yet. A named pipe must not be opened, since
 * reading it would block forever. Skips folders that link back to a parent, and those that an earlier poll of the run
 * has finished.
 *
 * <p>One per job, called by one thread at a time.
 */
public final class FinishedFileFilter implements GenericFileFilter<File> {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    /** Clocks of file servers may be ahead by that much. */
    private static final long UNSURE_MILLIS = 60_000;

    private final Deque<Path> entered = new ArrayDeque<>();
    private final Set<Path> goneThrough = new HashSet<>();
    private final Set<String> future = new HashSet<>();
    private boolean service;
    private ShipRun run;
    /** What the consumer takes of all that is accepted here; null on a single machine. */
    private IncludeExclude selection;
    /** What other nodes of the cluster ship. */
    private Set<File> others = Set.of();
    /** What this node looks at. */
    private FilePortion portion = FilePortion.ALL;
    /** Whether this poll has passed over files that are not in the portion. */
    private boolean passedOver;

    /** Called when a poll for the run begins. {@code shared}: what the consumer takes, in a cluster; else null. */
    synchronized void poll(ShipRun next, boolean ofService, IncludeExclude shared) {
        service = ofService;
        selection = shared;
        if (next != run) {
            goneThrough.clear();
            portion = next.portion();
        }
        passedOver = false;
        entered.clear();
        others = next.claims().ofOthers();
        run = next;
    }

    @Override
    public synchronized boolean accept(GenericFile<File> file) {
        if (run == null) {
            return false;
        }
        Path source = run.job().source();
        Path path = file.getFile().toPath();
        if (file.isDirectory()) {
            return enter(path) && !linksBack(path, source);
        }
        sayFuture(file);
        boolean accepted = isReady(file)
                && !run.intake().has(file.getFile())
                && !others.contains(file.getFile())
                && file.getFile().isFile()
                && ReservedName.reason(SourceScan.below(source, path)).isEmpty()
                && isForThisNode(path)
                && isOpen(file.getFile());
        if (accepted && selection != null) {
            run.polledClaims().want(file.getFile());
        }
        return accepted;
    }

    /** Has the ledger forget a file that another one has replaced. Camel's lookup knows only its path, time and size. */
    private boolean isOpen(File file) {
        boolean committed = run.committed().has(SourceFile.of(file), read -> {
            if (run.isStopping()) {
                throw new CancellationException();
            }
        });
        return !committed && !run.isStopping();
    }

    private boolean isForThisNode(Path path) {
        if (selection == null) {
            return true;
        }
        Path source = run.job().source();
        if (!selection.takes(source, SourceScan.below(source, path))) {
            return false;
        }
        File file = path.toFile();
        boolean mine = portion.has(file);
        passedOver |= !mine && !run.committed().isKnown(SourceFile.of(file));
        return mine;
    }

    /**
     * Called when a poll has ended: whether the run's next one may find more.
     *
     * @param full whether it took as many as it may
     */
    synchronized boolean leavesMore(boolean full) {
        run.polledClaims().end();
        if (full || !passedOver) {
            return full;
        }
        // Those that the other nodes were to look at first, and have not taken until now.
        portion = FilePortion.ALL;
        goneThrough.clear();
        return true;
    }

    /** In the service; a one-shot run names all that it leaves behind. */
    private void sayFuture(GenericFile<File> file) {
        if (service
                && file.getLastModified() > System.currentTimeMillis() + UNSURE_MILLIS
                && future.add(file.getAbsoluteFilePath())) {
            LOG.error(
                    "{}: {} not shipped: its time of last change lies in the future (touch it, or put the clock right)",
                    run.job().name(),
                    Text.line(
                            SourceScan.below(run.job().source(), file.getFile().toPath())
                                    .toString()));
        }
    }

    /** Not written to for a while, so that no growing file is shipped. Uses the file system's clock, not ours. */
    private boolean isReady(GenericFile<File> file) {
        return run.checksums()
                .readiness()
                .isFinished(file.getFile(), file.getLastModified(), System.currentTimeMillis());
    }

    /** The consumer finishes one folder with everything in it before the next one beside it. */
    private boolean enter(Path folder) {
        while (!entered.isEmpty() && !entered.peek().equals(folder.getParent())) {
            goneThrough.add(entered.pop());
        }
        if (goneThrough.contains(folder)) {
            return false;
        }
        entered.push(folder);
        return true;
    }

    /** Same rule as {@link SourceScan}: the folder is one of its own parents. */
    private static boolean linksBack(Path folder, Path source) {
        try {
            for (Path above = folder.getParent(); above != null; above = above.getParent()) {
                if (Files.isSameFile(above, folder)) {
                    return true;
                }
                if (above.equals(source)) {
                    return false;
                }
            }
            return false;
        } catch (IOException e) {
            // The folder is gone.
            return true;
        }
    }
}
