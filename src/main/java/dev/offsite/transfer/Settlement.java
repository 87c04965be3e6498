package dev.offsite.transfer;

import dev.offsite.job.After;
import dev.offsite.job.Job;
import dev.offsite.transfer.SourceFiles.SourceFile;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of a committed local file. */
public final class Settlement {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private Settlement() {}

    /**
     * Keeps, moves or deletes it, as its job says; a file that is not as it was committed is left alone.
     *
     * @throws IOException if another file has its name where it should go
     */
    static void settle(Job job, File file, long size, long modifiedMillis) throws IOException {
        if (job.after() == After.KEEP || file.length() != size || file.lastModified() != modifiedMillis) {
            return;
        }
        if (job.after() == After.DELETE) {
            Files.deleteIfExists(file.toPath());
            return;
        }
        Path to = job.moveTo().resolve(job.source().relativize(file.toPath()));
        Files.createDirectories(to.getParent());
        if (Files.exists(to)) {
            throw new IOException("there is another file at " + to);
        }
        Files.move(file.toPath(), to);
    }

    /** The same for all files that are committed and still there, since a run was cut in between. */
    public static void settleCommitted(Job job, List<SourceFile> files, Ledger ledger) {
        if (job.after() == After.KEEP) {
            return;
        }
        for (SourceFile file : files) {
            if (ledger.contains(job, file)) {
                try {
                    settle(job, file.file(), file.size(), file.modified());
                } catch (IOException e) {
                    LOG.warn(
                            "{}: {} is off-site, but stays here: {}",
                            job.name(),
                            Text.line(file.file().getPath()),
                            e.getMessage());
                }
            }
        }
    }
}
