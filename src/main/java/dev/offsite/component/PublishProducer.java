package dev.offsite.component;

import dev.offsite.component.CopyRoute.Waiting;
import dev.offsite.io.Batcher;
import dev.offsite.job.Job;
import dev.offsite.sftp.RemoteMove;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.ship.DatedFolderWriter;
import dev.offsite.ship.Upload;
import dev.offsite.verify.VerificationLog;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
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

    /** Minimum pause between manifest writes, as a multiple of the last write's time. */
    private static final int PAUSE = 4;

    /** Threads that complete exchanges; each takes {@code TOGETHER} at a time. */
    private static final int ENDING = 2;

    private static final int TOGETHER = 64;

    private final OffsiteEndpoint endpoint;
    /** Earliest {@code System.nanoTime()} of a target's next manifest write. */
    private final Map<SftpSessionPool, Long> notBefore = new ConcurrentHashMap<>();

    private Batcher<SftpSessionPool, Waiting> batches;
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
        batches = new Batcher<SftpSessionPool, Waiting>(endpoint.services().threads(), this::publish, Waiting::end)
                .pausing(this::pause);
    }

    @Override
    protected void doStop() throws Exception {
        getEndpoint().getCamelContext().getExecutorServiceManager().shutdownGraceful(ending);
        super.doStop();
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Waiting copy = new Waiting(exchange, callback);
        batches.add(copy.upload().run().connection().sessions(), copy);
        return false;
    }

    /**
     * A manifest is always written as a whole. The pause keeps that to a fifth of the time as it grows, by sharing one
     * write among more files. The last files of a run do not wait.
     */
    private long pause(SftpSessionPool sessions, Collection<Waiting> waiting) {
        Long time = notBefore.get(sessions);
        boolean last = waiting.iterator().next().upload().run().intake().isDownTo(waiting.size());
        return time == null || last ? 0 : time - System.nanoTime();
    }

    private void publish(SftpSessionPool sessions, List<Waiting> batch) {
        Map<Waiting, Exception> failures = new HashMap<>();
        Map<DatedFolderWriter, List<Waiting>> byFolder =
                batch.stream().collect(Collectors.groupingBy(one -> one.upload().folder()));
        long nanos = 0;
        for (Map.Entry<DatedFolderWriter, List<Waiting>> one : byFolder.entrySet()) {
            try {
                nanos += publish(sessions, one.getKey(), one.getValue(), failures);
            } catch (Exception e) {
                one.getValue().forEach(copy -> failures.putIfAbsent(copy, e));
            }
        }
        notBefore.put(sessions, System.nanoTime() + nanos * PAUSE);
        end(sessions, batch, failures);
    }

    /** Returns how long writing the manifest took, in nanoseconds. */
    private long publish(
            SftpSessionPool sessions, DatedFolderWriter folder, List<Waiting> copies, Map<Waiting, Exception> failures)
            throws Exception {
        folder.unlistOthers(hashes(copies));
        rename(sessions, copies, failures);
        List<Waiting> renamed =
                copies.stream().filter(copy -> !failures.containsKey(copy)).toList();
        long before = System.nanoTime();
        folder.list(hashes(renamed));
        long nanos = System.nanoTime() - before;
        record(copies.get(0).upload().job(), folder, renamed);
        return nanos;
    }

    private static Map<String, String> hashes(List<Waiting> copies) {
        return copies.stream().map(Waiting::upload).collect(Collectors.toMap(Upload::name, Upload::sha256));
    }

    private static void rename(SftpSessionPool sessions, List<Waiting> copies, Map<Waiting, Exception> failures) {
        List<RemoteMove> moves = copies.stream()
                .map(Waiting::upload)
                .map(one -> new RemoteMove(one.part(), one.path(), one.modified()))
                .toList();
        try {
            var refusals = sessions.call(remote -> remote.rename(moves));
            for (int i = 0; i < moves.size(); i++) {
                Waiting copy = copies.get(i);
                refusals.get(i).ifPresent(refusal -> failures.put(copy, refusal));
            }
        } catch (Exception e) {
            copies.forEach(copy -> failures.put(copy, e));
        }
    }

    private void record(Job job, DatedFolderWriter folder, List<Waiting> copies) {
        Instant now = endpoint.services().clock().instant();
        List<VerificationLog.Entry> entries = copies.stream()
                .map(Waiting::upload)
                .map(one -> new VerificationLog.Entry(one.name(), one.sha256(), Optional.of(one.verification()), now))
                .toList();
        endpoint.services().verifications().add(job, folder.name(), entries);
    }

    /** Completes the exchanges in other threads, so that the next batch is not delayed by Camel's completion work. */
    private void end(SftpSessionPool sessions, List<Waiting> batch, Map<Waiting, Exception> failures) {
        AtomicInteger left = new AtomicInteger(batch.size());
        for (int i = 0; i < batch.size(); i += TOGETHER) {
            List<Waiting> part = batch.subList(i, Math.min(i + TOGETHER, batch.size()));
            ending.execute(() -> {
                part.forEach(one -> one.end(failures.get(one)));
                batches.wake(sessions);
                if (left.addAndGet(-part.size()) == 0) {
                    endpoint.services().ledger().flush();
                }
            });
        }
    }
}
