package dev.offsite.component;

import dev.offsite.ship.ShipRun;
import dev.offsite.source.ReservedName;
import dev.offsite.source.SourceScan;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileFilter;

/**
 * What a poll may take in: folders, and regular files that are finished and that its run has not had yet. A named pipe in a
 * source folder must not be opened for reading: that would wait for ever. A folder that links back to one above it must not
 * be followed: that would go round and round. One that an earlier poll of the same run went through is not gone through
 * again.
 *
 * <p>Each job has one; it is asked by one thread at a time.
 */
public final class FinishedFileFilter implements GenericFileFilter<File> {

    private final Deque<Path> entered = new ArrayDeque<>();
    private final Set<Path> goneThrough = new HashSet<>();
    private ShipRun run;

    /** A poll for that run begins. */
    synchronized void poll(ShipRun next) {
        if (next != run) {
            goneThrough.clear();
        }
        entered.clear();
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
        return isReady(file)
                && !run.intake().has(file.getFile())
                && file.getFile().isFile()
                && ReservedName.reason(SourceScan.below(source, path)).isEmpty();
    }

    /** Not written to for a while: a growing file is not shipped half. By the file system's clock, not by ours. */
    private boolean isReady(GenericFile<File> file) {
        return file.getLastModified() + run.job().ready().toMillis() <= System.currentTimeMillis();
    }

    /** The consumer goes through one folder with all that is in it before it comes to the next one beside it. */
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

    /** As {@link SourceScan} has it: the folder is one of those that were gone through to get to it. */
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
            // It has gone.
            return true;
        }
    }
}
