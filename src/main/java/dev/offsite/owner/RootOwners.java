package dev.offsite.owner;

import dev.offsite.io.StateFile;
import dev.offsite.io.StateStore;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.job.Jobs;
import dev.offsite.manifest.TemporaryName;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.RemoteFolders;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.SftpStatusException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks whose a root is before anything is written there, by its {@link RootMark}. An unmarked root becomes ours. What
 * the mark looked like is remembered ({@code db.root} for job db), so that the next check is a single request.
 */
public final class RootOwners {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    /** How long a check counts, so that a run with many dated folders asks seldom. */
    private static final Duration FRESH = Duration.ofSeconds(10);

    /** How often, and at what interval, to look whether an empty mark is written. */
    private static final int LOOKS = 10;

    private static final Duration PAUSE = Duration.ofMillis(200);

    /** File times in SFTP are whole seconds. */
    private static final Duration SETTLED = Duration.ofSeconds(2);

    /** Lines in the memory of a mark. Earlier versions wrote one less. */
    private static final int PARTS = 5;

    private final StateStore state;
    private final Owner owner;
    private final Jobs jobs;
    private final Map<Job, Long> checked = new ConcurrentHashMap<>();
    private final Map<String, Object> locks = new ConcurrentHashMap<>();
    /** Why a root could not be marked, by job. */
    private final Map<String, String> unmarked = new ConcurrentHashMap<>();

    public RootOwners(StateStore state, Owner owner, Jobs jobs) {
        this.state = state;
        this.owner = owner;
        this.jobs = jobs;
    }

    /**
     * The last mark that we saw and accepted.
     *
     * @param machine which one we were then; empty if that was unknown, or not yet remembered
     */
    private record Seen(String destination, String id, boolean shared, String file, String machine) {

        static Seen of(Job job, RootMark mark, RemoteFile file, String machine) {
            return new Seen(job.destination(), mark.id(), job.shared(), looks(file), machine);
        }

        static Optional<Seen> parse(List<String> lines) {
            return lines.size() >= PARTS - 1
                    ? Optional.of(new Seen(
                            lines.get(0),
                            lines.get(1),
                            Boolean.parseBoolean(lines.get(2)),
                            lines.get(3),
                            lines.size() < PARTS ? "" : lines.get(PARTS - 1)))
                    : Optional.empty();
        }

        List<String> lines() {
            return List.of(destination, id, String.valueOf(shared), file, machine);
        }

        /** Of one that was written just now, nothing: another one of the same second would look the same. */
        private static String looks(RemoteFile file) {
            boolean isNew =
                    Duration.between(file.modified(), Instant.now()).abs().compareTo(SETTLED) < 0;
            return isNew ? "" : "%d bytes of %s".formatted(file.size(), file.modified());
        }

        boolean isStill(Job job, RemoteFile now, String machineNow) {
            return destination.equals(job.destination())
                    && shared == job.shared()
                    && !file.isEmpty()
                    && file.equals(looks(now))
                    && machine.equals(machineNow);
        }
    }

    /**
     * Call it before the first write of a run.
     *
     * @throws RootException if the root belongs to somebody else
     */
    public void check(Job job, SftpSessionPool sessions) throws IOException {
        // One at a time, since they write the same file of the state.
        synchronized (locks.computeIfAbsent(job.name(), name -> new Object())) {
            Long last = checked.get(job);
            if (last == null || System.nanoTime() - last > FRESH.toNanos()) {
                sessions.run(remote -> check(job, remote));
                checked.put(job, System.nanoTime());
            }
        }
    }

    /** Warns once that the root could not be marked, although it can be written. */
    public void warnIfUnmarked(Job job) {
        String said = unmarked.remove(job.name());
        if (said != null) {
            LOG.warn(
                    "{}: {} cannot be marked as ours ({}), so another machine that ships there would not notice",
                    job.name(),
                    job.root(),
                    said);
        }
    }

    private void check(Job job, SftpSession remote) throws IOException {
        Optional<RemoteFile> there = remote.stat(path(job));
        Optional<Seen> seen = seen(job);
        if (there.isPresent()
                && there.get().file()
                && seen.filter(last -> last.isStill(job, there.get(), owner.machine()))
                        .isPresent()) {
            return;
        }
        RootMark ours = owner.mark(job, owner.id());
        Optional<SftpStatusException> refusal = there.isPresent() ? Optional.empty() : create(job, remote, ours);
        if (refusal.isPresent() && remote.stat(path(job)).isEmpty()) {
            unmarked.put(job.name(), Text.line(String.valueOf(refusal.get().getMessage())));
            return;
        }
        RootMark mark = isWritten(job, remote) ? read(job, remote) : replace(job, remote, ours);
        boolean lost = isOfLostState(mark, ours, seen);
        if (lost) {
            LOG.warn(
                    "{}: {} was marked by this job with a state folder that is lost; the mark is renewed",
                    job.name(),
                    job.root());
        }
        if (lost || isOutdated(job, mark, ours)) {
            mark = replace(job, remote, ours);
        }
        refuse(job, mark, ours);
        remember(job, remote, mark);
    }

    private Optional<Seen> seen(Job job) {
        return file(job).read().flatMap(Seen::parse).filter(last -> last.destination()
                .equals(job.destination()));
    }

    private StateFile file(Job job) {
        return StateFile.of(state, job.name(), "root");
    }

    private void remember(Job job, SftpSession remote, RootMark mark) throws SftpStatusException {
        Optional<RemoteFile> there = remote.stat(path(job));
        if (there.isPresent()) {
            file(job).write(Seen.of(job, mark, there.get(), owner.machine()).lines());
        }
    }

    private static String path(Job job) {
        return RemotePath.below(job.root(), RootMark.NAME);
    }

    /** Creates the mark exclusively, and the root if there is none; returns why not, or empty. */
    private static Optional<SftpStatusException> create(Job job, SftpSession remote, RootMark mark) throws IOException {
        Optional<SftpStatusException> refusal = remote.create(path(job), mark.format());
        if (refusal.filter(e -> e.code() == SftpStatusException.NO_SUCH_FILE).isEmpty()) {
            return refusal;
        }
        RemoteFolders.make(remote, job.root());
        return remote.create(path(job), mark.format());
    }

    /** Waits for a writer that has just created the mark; one that was killed then leaves it empty. */
    private static boolean isWritten(Job job, SftpSession remote) throws IOException {
        for (int i = 0; i < LOOKS; i++) {
            Optional<RemoteFile> there = remote.stat(path(job));
            if (there.filter(mark -> mark.file() && mark.size() == 0).isEmpty()) {
                return there.isPresent();
            }
            try {
                Thread.sleep(PAUSE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while it waited for " + path(job));
            }
        }
        return false;
    }

    private static RootMark read(Job job, SftpSession remote) throws IOException {
        return mark(job, remote)
                .orElseThrow(() -> new RootException(
                        "%s is no mark of a root; offsite adopt %s replaces it".formatted(path(job), job.name())));
    }

    /** The mark that is there; empty if it is none. */
    private static Optional<RootMark> mark(Job job, SftpSession remote) throws IOException {
        Optional<RemoteFile> there = remote.stat(path(job));
        if (there.filter(file -> file.file() && file.size() <= RootMark.MOST_BYTES)
                .isEmpty()) {
            return Optional.empty();
        }
        return remote.read(path(job)).flatMap(RootMark::parse);
    }

    /** Whether a mark of ours says something that is no longer true. Several jobs of ours may share a root. */
    private boolean isOutdated(Job job, RootMark mark, RootMark ours) {
        if (!mark.id().equals(ours.id()) || mark.format().equals(ours.format())) {
            return false;
        }
        boolean otherJob = !mark.job().equals(job.name()) && jobs.names().contains(mark.job());
        return !otherJob || mark.shared() != ours.shared();
    }

    /**
     * Whether the state folder that marked the root is lost. Not if that is still there: two installations may run on one
     * machine. Nor if the root was ours under another id before: then somebody took it over from us.
     */
    private static boolean isOfLostState(RootMark mark, RootMark ours, Optional<Seen> seen) {
        return !mark.id().equals(ours.id())
                && mark.isOfSameJobAs(ours)
                && !Owner.isAlive(mark)
                && seen.filter(last -> !last.id().equals(mark.id())).isEmpty();
    }

    private static RootMark replace(Job job, SftpSession remote, RootMark ours) throws IOException {
        try {
            remote.remove(path(job));
        } catch (SftpStatusException e) {
            if (!e.answered()) {
                throw e;
            }
            return overwrite(job, remote, ours);
        }
        Optional<SftpStatusException> refusal = create(job, remote, ours);
        if (refusal.isPresent() && remote.stat(path(job)).isEmpty()) {
            throw refusal.get();
        }
        return read(job, remote);
    }

    /** On append-only servers nothing can be removed, but SHA256SUMS needs a rename that replaces, so they have one. */
    private static RootMark overwrite(Job job, SftpSession remote, RootMark ours) throws IOException {
        String part = RemotePath.below(job.root(), TemporaryName.random(RootMark.NAME));
        Optional<SftpStatusException> refusal = remote.create(part, ours.format());
        if (refusal.isPresent()) {
            throw refusal.get();
        }
        remote.rename(part, path(job));
        return read(job, remote);
    }

    private static void refuse(Job job, RootMark mark, RootMark ours) throws RootException {
        if (mark.id().equals(ours.id()) || (job.shared() && mark.shared())) {
            return;
        }
        String whose = "the root %s belongs to another installation (%s)%s"
                .formatted(
                        job.root(),
                        mark.words(),
                        mark.isOfNamesakeOf(ours)
                                ? ", on another machine of this name, or on this one before it was installed anew"
                                : "");
        String instead = job.shared()
                ? "that does not share it yet: set shared=true and run offsite adopt there"
                : mark.shared() ? "that shares it: set shared=true here too" : "name another root";
        throw new RootException("%s; %s, or take it over with: offsite adopt %s".formatted(whose, instead, job.name()));
    }

    /** Marks the root as ours, whosever it was. Returns the mark that was there. */
    public Optional<RootMark> adopt(Job job, SftpSessionPool sessions) throws IOException {
        return sessions.call(remote -> {
            Optional<RemoteFile> there = remote.stat(path(job));
            if (there.filter(RemoteFile::directory).isPresent()) {
                throw new RootException("%s is a folder; move it away".formatted(path(job)));
            }
            Optional<RootMark> before = mark(job, remote);
            RootMark ours = owner.mark(job, owner.id());
            RootMark now = replace(job, remote, ours);
            refuse(job, now, ours);
            remember(job, remote, now);
            return before;
        });
    }

    /**
     * Whose the root is, for people, without marking it.
     *
     * @throws RootException if {@link #check} would refuse it
     */
    public String look(Job job, SftpSession remote) throws IOException {
        if (remote.stat(path(job)).isEmpty()) {
            return "not marked yet: the first ship marks it as yours";
        }
        RootMark mark = read(job, remote);
        RootMark ours = owner.mark(job, owner.known().orElse(""));
        if (!isOfLostState(mark, ours, seen(job))) {
            refuse(job, mark, ours);
        }
        return mark.id().equals(ours.id()) ? "marked as yours" : "marked by %s".formatted(mark.words());
    }
}
