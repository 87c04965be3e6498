package dev.offsite.cli;

import dev.offsite.component.OffsiteServices;
import dev.offsite.job.Job;
import dev.offsite.ship.CommittedFiles;
import dev.offsite.source.FileClaims;
import dev.offsite.source.SourceScan.SourceFile;
import java.io.File;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The other nodes of a cluster, while this one ships a job once. */
final class OtherNodes {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private final Job job;
    private final boolean isShared;
    private final FileClaims claims;
    private final CommittedFiles committed;
    private boolean said;
    private boolean lookedOnce;

    OtherNodes(Job job, OffsiteServices services) {
        this.job = job;
        this.isShared = services.cluster().isShared();
        this.claims = new FileClaims(job, services.cluster());
        this.committed = new CommittedFiles(job, services.ledger());
    }

    /**
     * Whether they work on some of these files, and so may leave them undone; once also if some are undone that nobody works
     * on, since another node may just have let go of them.
     *
     * @param failed names of files that failed here
     */
    boolean mayLeave(List<SourceFile> files, Collection<String> failed) {
        if (!isShared) {
            return false;
        }
        Set<File> others = claims.ofOthers();
        if (files.stream().anyMatch(file -> others.contains(file.file()))) {
            if (!said) {
                LOG.info("{}: waiting for what other nodes ship now", job.name());
                said = true;
            }
            return true;
        }
        if (lookedOnce) {
            return false;
        }
        lookedOnce = true;
        return isAnyOpen(files, new HashSet<>(failed));
    }

    private boolean isAnyOpen(List<SourceFile> files, Set<String> failed) {
        List<File> ended = files.stream()
                .filter(file -> !failed.contains(file.below(job.source())))
                .map(SourceFile::file)
                .toList();
        return committed.among(ended).size() < ended.size();
    }
}
