package dev.offsite.component;

import dev.offsite.job.Job;
import dev.offsite.scrub.CopyRepair;
import dev.offsite.sftp.TargetConnections;
import dev.offsite.ship.ActiveRuns;
import dev.offsite.ship.DatedFolderLocks;
import dev.offsite.ship.DatedFolderWriter;
import dev.offsite.ship.ManifestPartWriter;
import java.io.IOException;
import java.nio.file.Path;

/** Writes lost copies again, each by its own run, and lost parts of manifests. */
record RepairShipper(ActiveRuns runs, CopyRoute route, DatedFolderLocks folders, TargetConnections connections)
        implements CopyRepair.Shipper {

    @Override
    public void ship(Job job, String folder, Path file, String name) throws Exception {
        route.ship(runs.again(job, folder, file.toFile(), name));
    }

    @Override
    public void describe(Job job, String folder, String part, String sha256) throws Exception {
        DatedFolderWriter open =
                folders.acquire(job, folder, connections.to(job.target()).sessions());
        boolean finished = false;
        try {
            ManifestPartWriter parts = open.parts()
                    .orElseThrow(() -> new IOException("it is encrypted, and the job does not encrypt any more"));
            parts.replace(part, sha256);
            finished = true;
        } finally {
            folders.release(job, folder, finished);
        }
    }
}
