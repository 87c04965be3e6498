package dev.offsite.component;

import dev.offsite.component.CopyRoute.Waiting;
import dev.offsite.job.Job;
import dev.offsite.job.Target;
import dev.offsite.sftp.RemoteMove;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.TargetConnection;
import dev.offsite.ship.CommitBatches;
import dev.offsite.ship.CommitBatches.Copy;
import dev.offsite.ship.DatedFolderWriter;
import dev.offsite.ship.ShipRun;
import dev.offsite.ship.Upload;
import dev.offsite.verify.VerificationLog;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultAsyncProducer;

/**
 * {@code offsite:publish}: gives verified copies their final names and lists them in SHA256SUMS, in batches. Each file
 * succeeds or fails on its own.
 */
final class PublishProducer extends DefaultAsyncProducer {

    /**
     * Minimum pause between manifest writes, as a multiple of the last write's time. A manifest is always written as a
     * whole: as it grows, more files share one write.
     */
    private static final int PAUSE = 4;

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
        Map<Copy, Exception> failures = new HashMap<>();
        Map<DatedFolderWriter, List<Copy>> byFolder =
                batch.stream().collect(Collectors.groupingBy(one -> one.upload().folder()));
        long nanos = 0;
        for (Map.Entry<DatedFolderWriter, List<Copy>> one : byFolder.entrySet()) {
            try {
                nanos += publish(sessions, one.getKey(), one.getValue(), failures);
            } catch (Exception e) {
                one.getValue().forEach(copy -> failures.putIfAbsent(copy, e));
            }
        }
        endpoint.services().commits().rest(target, nanos * PAUSE);
        end(target, batch, failures);
    }

    /** Returns how long writing the manifest took, in nanoseconds. */
    private long publish(
            SftpSessionPool sessions, DatedFolderWriter folder, List<Copy> copies, Map<Copy, Exception> failures)
            throws Exception {
        folder.unlistOthers(hashes(copies));
        rename(sessions, copies, failures);
        List<Copy> renamed =
                copies.stream().filter(copy -> !failures.containsKey(copy)).toList();
        long before = System.nanoTime();
        folder.list(hashes(renamed));
        long nanos = System.nanoTime() - before;
        record(copies.get(0).upload().job(), folder, renamed);
        return nanos;
    }

    private static Map<String, String> hashes(List<Copy> copies) {
        return copies.stream().map(Copy::upload).collect(Collectors.toMap(Upload::name, Upload::sha256));
    }

    private static void rename(SftpSessionPool sessions, List<Copy> copies, Map<Copy, Exception> failures) {
        List<RemoteMove> moves = copies.stream()
                .map(Copy::upload)
                .map(one -> new RemoteMove(one.part(), one.path(), one.modified(), one.mode()))
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

    private void record(Job job, DatedFolderWriter folder, List<Copy> copies) {
        Instant now = endpoint.services().clock().instant();
        List<VerificationLog.Entry> entries = copies.stream()
                .map(Copy::upload)
                .map(one -> new VerificationLog.Entry(one.name(), one.sha256(), Optional.of(one.verification()), now))
                .toList();
        endpoint.services().verifications().add(job, folder.name(), entries);
    }

    /** Completes the exchanges in other threads, so that the next batch is not delayed by Camel's completion work. */
    private void end(Target target, List<Copy> batch, Map<Copy, Exception> failures) {
        AtomicInteger left = new AtomicInteger(batch.size());
        for (int i = 0; i < batch.size(); i += TOGETHER) {
            List<Copy> part = batch.subList(i, Math.min(i + TOGETHER, batch.size()));
            ending.execute(() -> {
                part.forEach(one -> one.end(failures.get(one)));
                endpoint.services().commits().wake(target);
                if (left.addAndGet(-part.size()) == 0) {
                    endpoint.services().ledger().flush();
                }
            });
        }
    }
}
