package dev.offsite.owner;

import dev.offsite.cluster.Cluster;
import dev.offsite.io.StateFile;
import dev.offsite.io.StateStore;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.job.Target;
import dev.offsite.manifest.TemporaryName;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.SftpStatusException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Locks for the manifests of shared roots: a file in the dated folder that is created exclusively, and removed
 * afterwards. Its writer may be killed, so it counts for a limited time, by the server's own clock.
 */
public final class ManifestLocks {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    /** A lock this old was left by a writer that was killed. */
    static final Duration STALE = Duration.ofMinutes(5);

    /** Longer, so that a killed writer makes no other one fail. */
    private static final Duration PATIENCE = STALE.plusMinutes(1);

    private static final Duration PATIENCE_AT_STOP = Duration.ofSeconds(20);

    /** For so long nobody can have taken our lock over. */
    private static final Duration SURE = Duration.ofSeconds(150);

    /** How often to look whether a lock that we wait for is stale. */
    private static final Duration LOOK = Duration.ofSeconds(10);

    private static final int LEAST_PAUSE_MILLIS = 20;
    private static final int MOST_PAUSE_MILLIS = 250;
    private static final int MOST_REFUSALS = 3;

    private final StateStore state;
    private final Owner owner;
    private final ManifestTurns turns;
    private final String process = Owner.newId();
    /** The lock files that this process holds. */
    private final Set<String> held = ConcurrentHashMap.newKeySet();

    public ManifestLocks(Cluster cluster, Owner owner) {
        this.state = cluster.state();
        this.owner = owner;
        this.turns = new ManifestTurns(cluster);
    }

    /** The turns of the nodes of one cluster. */
    public ManifestTurns turns() {
        return turns;
    }

    /**
     * Tries once per target whether it creates files exclusively.
     *
     * @param folder where a small file may be written
     * @throws RootException if it does not
     */
    public void require(Target target, SftpSessionPool sessions, String folder) throws IOException {
        StateFile tried = StateFile.of(state, target.toString(), "exclusive");
        if (tried.read().isPresent()) {
            return;
        }
        if (!sessions.call(remote -> createsExclusively(remote, folder))) {
            throw new RootException(
                    ("shared=true is not possible on %s: it creates a file that is there already (SSH_FXF_EXCL), so"
                                    + " SHA256SUMS cannot be locked; give each machine a root of its own")
                            .formatted(target));
        }
        tried.write(List.of("yes"));
    }

    /**
     * Tries once per target whether a rename replaces a file.
     *
     * @param folder where a small file may be written
     * @throws RootException if it does not
     */
    public void requireReplacing(Target target, SftpSessionPool sessions, String folder) throws IOException {
        ReplacingRename.require(state, target, sessions, folder);
    }

    private static boolean createsExclusively(SftpSession remote, String folder) throws IOException {
        String probe = newFile(folder);
        Optional<SftpStatusException> refusal = remote.create(probe, "");
        if (refusal.isPresent()) {
            throw refusal.get();
        }
        try {
            return remote.create(probe, "").isPresent();
        } finally {
            remote.remove(probe);
        }
    }

    /** Named like a part file: what is left of it is removed like one. */
    private static String newFile(String folder) {
        return "%s/.offsite-%s.part".formatted(folder, Owner.newId());
    }

    /** Locks the manifest of a dated folder. {@code stopping}: whether to wait for other writers for a short time only. */
    public Lock take(Job job, SftpSessionPool sessions, String folder, BooleanSupplier stopping) throws IOException {
        Lock lock = new Lock(job, sessions, folder);
        long start = System.nanoTime();
        while (!lock.isTaken()) {
            Duration patience = stopping.getAsBoolean() ? PATIENCE_AT_STOP : PATIENCE;
            if (System.nanoTime() - start > patience.toNanos()) {
                throw new RootException("%s has been locked for %d seconds by %s; the next run tries again"
                        .formatted(folder, patience.toSeconds(), lock.holder));
            }
            pause();
        }
        return lock;
    }

    private static void pause() throws InterruptedIOException {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(LEAST_PAUSE_MILLIS, MOST_PAUSE_MILLIS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while it waited for SHA256SUMS");
        }
    }

    /** The lock of one manifest, held until it is closed. */
    public final class Lock implements AutoCloseable {
        private final SftpSessionPool sessions;
        private final String file;
        private final String folder;
        private final String key;
        /** Who we are; then the process, so that we know a lock that an earlier one of ours left. */
        private final String us;

        private final String text;
        private String holder = "another writer";
        private int refusals;
        private long nextLook = System.nanoTime();
        private long since;

        private Lock(Job job, SftpSessionPool sessions, String folder) {
            this.sessions = sessions;
            this.folder = folder;
            this.file = folder + "/" + TemporaryName.LOCK;
            this.key = job.target().host() + ":" + job.target().port() + file;
            this.us = "%s of host %s, ".formatted(owner.id(), Text.line(Owner.host()));
            this.text = "%sjob %s, process %s\n".formatted(us, Text.line(job.name()), process);
        }

        private boolean isTaken() throws IOException {
            if (!held.add(key)) {
                holder = "this process";
                return false;
            }
            boolean taken = false;
            try {
                since = System.nanoTime();
                taken = sessions.call(this::create);
                return taken;
            } finally {
                if (!taken) {
                    held.remove(key);
                }
            }
        }

        private boolean create(SftpSession remote) throws IOException {
            refuseLink(remote, file);
            Optional<SftpStatusException> refusal = remote.create(file, text);
            if (refusal.isEmpty()) {
                return true;
            }
            Optional<RemoteFile> there = remote.stat(file);
            if (there.isEmpty() && ++refusals > MOST_REFUSALS) {
                // It is refused for another reason than that it is there.
                throw refusal.get();
            }
            if (there.isPresent() && System.nanoTime() >= nextLook) {
                nextLook = System.nanoTime() + LOOK.toNanos();
                look(remote);
            }
            return false;
        }

        /** Some servers follow a link also when they create a file exclusively. */
        private void refuseLink(SftpSession remote, String name) throws IOException {
            if (remote.stat(name).filter(RemoteFile::link).isPresent()) {
                throw new RootException(
                        "%s is a symbolic link, so SHA256SUMS cannot be locked: who put it there? Remove it"
                                .formatted(name));
            }
        }

        private void look(SftpSession remote) throws IOException {
            String holding = remote.read(file).orElse("");
            if (holding.contains(" of ")) {
                holder = Text.line(holding.replaceFirst("^\\S+ of ", "").strip());
            }
            if (isLeft(remote, holding)) {
                takeOver(remote);
            }
        }

        private boolean isLeft(SftpSession remote, String holding) throws IOException {
            return holding.startsWith(us) || isStale(remote, file);
        }

        /** By the time of a file that is written now, since the clocks of machines differ. */
        private boolean isStale(SftpSession remote, String old) throws IOException {
            String probe = newFile(folder);
            Optional<SftpStatusException> refusal = remote.create(probe, "");
            if (refusal.isPresent()) {
                throw refusal.get();
            }
            try {
                Optional<RemoteFile> now = remote.stat(probe);
                Optional<RemoteFile> then = remote.stat(old);
                return now.isPresent()
                        && then.isPresent()
                        && Duration.between(then.get().modified(), now.get().modified())
                                        .compareTo(STALE)
                                > 0;
            } finally {
                remote.remove(probe);
            }
        }

        /** Only one writer at a time removes a lock: the next may already be that of a writer who is alive. */
        private void takeOver(SftpSession remote) throws IOException {
            String takeover = folder + "/" + TemporaryName.LOCK_TAKEOVER;
            refuseLink(remote, takeover);
            if (remote.create(takeover, text).isPresent()) {
                if (isStale(remote, takeover)) {
                    remote.remove(takeover);
                }
                return;
            }
            try {
                if (isLeft(remote, remote.read(file).orElse(""))) {
                    LOG.warn("{} was left locked by {}, which does not run any more", folder, holder);
                    remote.remove(file);
                }
            } finally {
                remote.remove(takeover);
            }
        }

        /** Call it right before the manifest is replaced; fails if it was taken from us because we were too slow. */
        public void check(SftpSession remote) throws IOException {
            if (System.nanoTime() - since > SURE.toNanos() && !remote.read(file).equals(Optional.of(text))) {
                throw new RootException(
                        ("%s was locked for too long, and another writer took over; the next run tries" + " again")
                                .formatted(folder));
            }
        }

        @Override
        public void close() {
            try {
                sessions.run(remote -> {
                    check(remote);
                    remote.remove(file);
                });
            } catch (IOException e) {
                LOG.debug("{} stays there until it is stale", file, e);
            } finally {
                held.remove(key);
            }
        }
    }
}
