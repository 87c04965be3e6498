package dev.offsite.owner;

import dev.offsite.cluster.Cluster;
import dev.offsite.io.StateFile;
import dev.offsite.job.Job;
import dev.offsite.sftp.RemotePath;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Which node of a cluster changes the manifest of a dated folder, and whether another one has changed it since. A single
 * machine always has the turn.
 */
public final class ManifestTurns {

    /** A node that dies lets go of it within half a minute. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Duration PATIENCE_AT_STOP = Duration.ofSeconds(20);

    private final Cluster cluster;

    public ManifestTurns(Cluster cluster) {
        this.cluster = cluster;
    }

    /**
     * Waits for the turn.
     *
     * @throws RootException if other nodes do not let go of it
     */
    public Turn take(Job job, String folder, BooleanSupplier stopping) throws IOException {
        String name =
                "%s/%s".formatted(StateFile.fileName(job.destination()), StateFile.fileName(RemotePath.name(folder)));
        Duration patience = stopping.getAsBoolean() ? PATIENCE_AT_STOP : PATIENCE;
        Cluster.Lock lock = cluster.lock("manifest " + name, patience)
                .orElseThrow(() -> new RootException(
                        "other nodes have changed SHA256SUMS in %s for %d seconds; the next run tries again"
                                .formatted(folder, patience.toSeconds())));
        return new Turn(lock, new StateFile(cluster.state(), "manifests/" + name));
    }

    /** The turn, until it is closed. */
    public final class Turn implements AutoCloseable {
        private final Cluster.Lock lock;
        private final StateFile last;

        private Turn(Cluster.Lock lock, StateFile last) {
            this.lock = lock;
            this.last = last;
        }

        /** What stands for the last change by any node; the same for as long as nobody changes it. */
        public String change() {
            return cluster.isShared() ? String.join("", last.read().orElse(List.of())) : "";
        }

        /** Call it right before the manifest is replaced; returns what stands for this change. Fails if the turn was lost. */
        public String changes() {
            if (!cluster.isShared()) {
                return "";
            }
            String change = Owner.newId();
            last.replace(change + "\n", false);
            lock.check();
            return change;
        }

        @Override
        public void close() {
            lock.close();
        }
    }
}
