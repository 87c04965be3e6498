package dev.offsite.component;

import dev.offsite.component.CopyRoute.Waiting;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.job.Target;
import dev.offsite.owner.RootException;
import dev.offsite.sftp.RemoteMove;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.TargetConnection;
import dev.offsite.ship.CommitBatches;
import dev.offsite.ship.CommitBatches.Copy;
import dev.offsite.ship.DatedFolderWriter;
import dev.offsite.ship.ManifestPartWriter;
import dev.offsite.ship.ManifestWriter;
import dev.offsite.ship.ShipRun;
import dev.offsite.ship.Upload;
import dev.offsite.status.Observation;
import dev.offsite.verify.ExpectedFile;
import dev.offsite.verify.VerificationLog;
import dev.offsite.verify.VerificationResult;
import java.io.File;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultAsyncProducer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code offsite:publish}: gives verified copies their final names and lists them in SHA256SUMS, in batches. Each file
 * succeeds or fails on its own.
 */
final class PublishProducer extends DefaultAsyncProducer {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    /**
     * Minimum pause between manifest writes, as a multiple of the last write's time. A manifest is always written as a
     * whole: as it grows, more files share one write.
     */
    private static final int PAUSE = 4;

    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** Threads that complete exchanges; each takes {@code TOGETHER} at a time. */
    private static final int ENDING = 2;

    private static final int TOGETHER = 64;

    private final OffsiteEndpoint endpoint;
    private final CommitBatches.Step step = this::publish;
    private ExecutorService ending;

    PublishProducer(OffsiteEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        ending = getEndpoint()
                .getCamelContext()
                .getExecutorServiceManager()
                .newFixedThreadPool(this, "offsite-published", ENDING);
    }

    @Override
    protected void doStop() throws Exception {
        getEndpoint().getCamelContext().getExecutorServiceManager().shutdownGraceful(ending);
        super.doStop();
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        endpoint.services().commits().publish(new Waiting(exchange, callback), step);
        return false;
    }

    private void publish(List<Copy> batch) {
        ShipRun run = batch.get(0).upload().run();
        SftpSessionPool sessions = run.connection().sessions();
        Target target = run.job().target();
        Map<Copy, Throwable> failures = new HashMap<>();
        Map<DatedFolderWriter, List<Copy>> byFolder =
                batch.stream().collect(Collectors.groupingBy(one -> one.upload().folder()));
        long nanos = 0;
        for (Map.Entry<DatedFolderWriter, List<Copy>> one : byFolder.entrySet()) {
            try {
                nanos += publish(sessions, one.getKey(), one.getValue(), failures);
            } catch (Exception | Error e) {
                one.getValue().forEach(copy -> failures.putIfAbsent(copy, e));
            }
        }
        endpoint.services().commits().rest(target, Math.min(nanos * PAUSE, LONGEST_PAUSE_NANOS));
        end(target, batch, failures);
    }

    /** Returns how long the manifest was written, in nanoseconds; in a cluster, how long other nodes had to wait, and this one before. */
    private long publish(
            SftpSessionPool sessions, DatedFolderWriter folder, List<Copy> copies, Map<Copy, Throwable> failures)
            throws Exception {
        ShipRun run = copies.get(0).upload().run();
        Map<String, String> replaced;
        Map<String, VerificationLog.Entry> older;
        List<Copy> renamed;
        long nanos;
        long begun = System.nanoTime();
        try (ManifestWriter.Hold hold = folder.manifest().hold(run::isStopping)) {
            Set<File> lost = run.polled()
                    ? run.claims()
                            .lost(copies.stream()
                                    .map(copy -> copy.upload().source().file())
                                    .toList())
                    : Set.of();
            Set<String> others = folder.manifest().ofOthers(hashes(copies), run.polled());
            copies.stream()
                    .filter(copy -> others.contains(copy.upload().copyName()))
                    .forEach(copy -> failures.put(copy, RootException.ofName(folder.path())));
            copies.stream()
                    .filter(copy -> lost.contains(copy.upload().source().file()))
                    .forEach(copy -> failures.put(copy, RootException.ofClaim()));
            List<Copy> allowed = without(failures, copies);
            describe(folder, allowed);
            replaced = folder.manifest().unlistOthers(hashes(allowed));
            older = giveUp(run.job(), folder, replaced);
            rename(sessions, allowed, failures);
            renamed = without(failures, allowed);
            long before = endpoint.services().cluster().isShared() ? begun : System.nanoTime();
            try {
                folder.list(hashes(renamed));
            } catch (IOException | RuntimeException e) {
                endpoint.services().verifications().add(run.job(), folder.name(), older.values());
                throw e;
            }
            nanos = System.nanoTime() - before;
        }
        sync(folder, renamed, failures);
        renamed = without(failures, renamed);
        record(run, folder, renamed);
        replaced.keySet().removeAll(hashes(renamed).keySet());
        if (!replaced.isEmpty()) {
            older.keySet().retainAll(replaced.keySet());
            endpoint.services().verifications().add(run.job(), folder.name(), older.values());
            listAgain(run.job(), folder, replaced);
        }
        return nanos;
    }

    /** Says what is inside encrypted copies, before they have their names. */
    private static void describe(DatedFolderWriter folder, List<Copy> copies) throws Exception {
        if (folder.parts().isPresent() && !copies.isEmpty()) {
            folder.parts()
                    .get()
                    .prepare(copies.stream()
                            .flatMap(copy -> copy.upload().content().stream())
                            .toList());
        }
    }

    private static List<Copy> without(Map<Copy, Throwable> failures, List<Copy> copies) {
        return copies.stream().filter(copy -> !failures.containsKey(copy)).toList();
    }

    /**
     * Notes that nobody expects the older content of these copies any more, before the manifest lists other content: else that
     * would look as if somebody else had written it. Returns what was known of them.
     */
    private Map<String, VerificationLog.Entry> giveUp(Job job, DatedFolderWriter folder, Map<String, String> replaced) {
        if (replaced.isEmpty()) {
            return Map.of();
        }
        VerificationLog log = endpoint.services().verifications();
        Map<String, VerificationLog.Entry> older = log.of(job, folder.name());
        older.keySet().retainAll(replaced.keySet());
        older.values().removeIf(entry -> !entry.expected());
        Instant now = endpoint.services().clock().instant();
        log.add(
                job,
                folder.name(),
                older.values().stream()
                        .map(entry -> entry.lost(VerificationLog.Loss.GIVEN_UP, now))
                        .toList());
        return older;
    }

    /** Lists older copies again whose new content was refused its name, if they still are as they were. */
    private void listAgain(Job job, DatedFolderWriter folder, Map<String, String> older) {
        Map<String, String> intact = new HashMap<>(older);
        try {
            List<ExpectedFile> expected = new ArrayList<>();
            older.forEach((name, hash) -> expected.add(new ExpectedFile(folder.path() + "/" + name, hash, -1)));
            Map<String, VerificationResult> results =
                    endpoint.services().verifier().verify(job, expected);
            intact.keySet().removeIf(name -> {
                VerificationResult result = results.get(folder.path() + "/" + name);
                return !result.isVerified() || result.isBySize();
            });
            folder.manifest().listMissing(intact);
        } catch (Exception e) {
            LOG.debug("{}: no older copy is listed again", job.name(), e);
            intact.clear();
        }
        older.keySet().removeAll(intact.keySet());
        older.keySet()
                .forEach(name -> LOG.warn(
                        "{}: the older copy {}/{} is no longer in SHA256SUMS, and its new content was refused;"
                                + " offsite scrub {} checks it",
                        job.name(),
                        folder.path(),
                        Text.line(name),
                        job.name()));
    }

    private static Map<String, String> hashes(List<Copy> copies) {
        return copies.stream().map(Copy::upload).collect(Collectors.toMap(Upload::copyName, Upload::sha256));
    }

    private static void rename(SftpSessionPool sessions, List<Copy> copies, Map<Copy, Throwable> failures) {
        List<RemoteMove> moves = copies.stream()
                .map(Copy::upload)
                .map(one -> new RemoteMove(
                        one.part(),
                        one.path(),
                        one.modified(),
                        one.mode(),
                        one.folder().isFresh(one)))
                .toList();
        TargetConnection target = copies.get(0).upload().run().connection();
        try {
            var refusals = sessions.call(remote -> remote.rename(moves, target::modesRefused));
            for (int i = 0; i < moves.size(); i++) {
                Copy copy = copies.get(i);
                refusals.get(i).ifPresent(refusal -> failures.put(copy, refusal));
            }
        } catch (Exception e) {
            copies.forEach(copy -> failures.put(copy, e));
        }
    }

    /** Nothing is committed, in the ledger or by moving or deleting the local file, before the server has it on disk. */
    private void sync(DatedFolderWriter folder, List<Copy> copies, Map<Copy, Throwable> failures) throws Exception {
        if (copies.isEmpty()) {
            return;
        }
        List<Upload> uploads = copies.stream().map(Copy::upload).toList();
        Job job = uploads.get(0).job();
        List<String> paths = Stream.concat(
                        uploads.stream().map(Upload::path),
                        Stream.concat(
                                Stream.of(folder.manifest().path()),
                                folder.parts().flatMap(ManifestPartWriter::path).stream()))
                .toList();
        long bytes = uploads.stream().mapToLong(Upload::copySize).sum();
        Optional<Map<String, Exception>> refused = endpoint.services()
                .verifier()
                .sync(
                        job,
                        paths,
                        folder.foldersOf(uploads.stream().map(Upload::copyName).toList()),
                        bytes);
        if (refused.isEmpty()) {
            uploads.forEach(Upload::notOnDisk);
            return;
        }
        Exception ofManifest = refused.get().get(folder.manifest().path());
        if (ofManifest != null) {
            throw ofManifest;
        }
        copies.stream()
                .filter(copy -> refused.get().containsKey(copy.upload().path()))
                .forEach(copy ->
                        failures.put(copy, refused.get().get(copy.upload().path())));
    }

    private void record(ShipRun run, DatedFolderWriter folder, List<Copy> copies) {
        Job job = run.job();
        Instant now = endpoint.services().clock().instant();
        List<VerificationLog.Entry> entries = copies.stream()
                .map(Copy::upload)
                .map(one ->
                        new VerificationLog.Entry(one.copyName(), one.sha256(), Optional.of(one.verification()), now))
                .toList();
        endpoint.services().verifications().add(job, folder.name(), entries);
        if (!run.repairs() && !copies.isEmpty()) {
            long bytes = copies.stream().mapToLong(copy -> copy.upload().size()).sum();
            endpoint.services()
                    .monitor()
                    .observe(new Observation.Verified(job.name(), now, folder.name(), copies.size(), bytes));
        }
    }

    /** Completes the exchanges in other threads, so that the next batch is not delayed by Camel's completion work. */
    private void end(Target target, List<Copy> batch, Map<Copy, Throwable> failures) {
        AtomicInteger left = new AtomicInteger(batch.size());
        for (int i = 0; i < batch.size(); i += TOGETHER) {
            List<Copy> part = batch.subList(i, Math.min(i + TOGETHER, batch.size()));
            ending.execute(() -> {
                part.forEach(one -> end(one, failures.get(one)));
                endpoint.services().commits().wake(target);
                if (left.addAndGet(-part.size()) == 0) {
                    settle(part.get(0).upload().run());
                }
            });
        }
    }

    private static void end(Copy copy, Throwable failure) {
        try {
            copy.end(failure);
        } catch (RuntimeException | Error e) {
            copy.upload().run().failed(copy.upload().name(), e);
        }
    }

    private void settle(ShipRun run) {
        try {
            endpoint.services().ledger().flush();
            run.settle();
        } catch (RuntimeException | Error e) {
            run.failed("the ledger", e);
        }
    }
}
