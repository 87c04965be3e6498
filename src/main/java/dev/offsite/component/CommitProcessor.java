package dev.offsite.component;

import dev.offsite.io.Clocks;
import dev.offsite.job.Target;
import dev.offsite.ledger.Ledger;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.TargetConnection;
import dev.offsite.ship.DatedFolderWriter;
import dev.offsite.ship.Renames;
import dev.offsite.ship.Upload;
import dev.offsite.verify.ExpectedFile;
import dev.offsite.verify.NoVerificationException;
import dev.offsite.verify.VerificationException;
import dev.offsite.verify.VerificationLog;
import dev.offsite.verify.VerificationResult;
import dev.offsite.verify.Verifier;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * The commit of uploaded files, as a group commit: while one remote hash command runs, finished uploads queue, and the
 * next command takes all that wait for the same target. Each file still passes or fails alone; its exchange goes on
 * when its own commit is done.
 */
public final class CommitProcessor extends AsyncProcessorSupport implements CamelContextAware {

    /** How much longer the manifest is left alone than it takes to write it. */
    private static final int PAUSE = 4;

    /** Threads in which committed files go on their ways, and how many of them one thread takes at a time. */
    private static final int ENDING = 2;

    private static final int TOGETHER = 64;

    private final Ledger ledger;
    private final Verifier verifier;
    private final VerificationLog verifications;
    private final Map<TargetConnection, Group> groups = new ConcurrentHashMap<>();
    private CamelContext context;
    private ExecutorService executor;
    private ExecutorService ending;

    public CommitProcessor(Ledger ledger, Verifier verifier, VerificationLog verifications) {
        this.ledger = ledger;
        this.verifier = verifier;
        this.verifications = verifications;
    }

    @Override
    public CamelContext getCamelContext() {
        return context;
    }

    @Override
    public void setCamelContext(CamelContext context) {
        this.context = context;
    }

    @Override
    protected void doStart() {
        executor = context.getExecutorServiceManager().newCachedThreadPool(this, "offsite-commit");
        ending = context.getExecutorServiceManager().newFixedThreadPool(this, "offsite-committed", ENDING);
    }

    @Override
    protected void doStop() {
        context.getExecutorServiceManager().shutdownGraceful(executor);
        context.getExecutorServiceManager().shutdownGraceful(ending);
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Upload copy = Upload.of(exchange);
        try {
            Uploaded uploaded = new Uploaded(copy, copy.sha256(), exchange, callback);
            groups.computeIfAbsent(copy.run().connection(), c -> new Group()).add(uploaded);
            return false;
        } catch (Exception e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
    }

    /** A file whose upload has ended, and what to call when it is committed or not. */
    private record Uploaded(Upload copy, String sha256, Exchange exchange, AsyncCallback callback) {
        /**
         * It is committed or not.
         *
         * @param failure null if it is
         */
        void end(Exception failure) {
            if (failure != null) {
                exchange.setException(failure);
            } else {
                OffsiteConstants.verified(exchange.getMessage(), copy, sha256);
            }
            callback.done(false);
        }
    }

    /** Those that wait for one target; one thread at a time commits them. */
    private final class Group {
        private final Queue<Uploaded> waiting = new ArrayDeque<>();
        private boolean working;
        /** When more of them may be committed, by {@code System.nanoTime()}. */
        private long notBefore = System.nanoTime();

        synchronized void add(Uploaded uploaded) {
            waiting.add(uploaded);
            notifyAll();
            if (!working) {
                working = true;
                executor.execute(this::work);
            }
        }

        private void work() {
            awaitPrepared();
            for (List<Uploaded> all = next(); !all.isEmpty(); all = next()) {
                Map<Uploaded, Exception> failures = new LinkedHashMap<>();
                long manifestNanos = commit(all, failures);
                notBefore = System.nanoTime() + manifestNanos * PAUSE;
                end(all, failures);
            }
        }

        /**
         * Has them go on, not in this thread: what Camel does at the end of each exchange takes longer than its commit, and the
         * next ones wait.
         */
        private void end(List<Uploaded> all, Map<Uploaded, Exception> failures) {
            AtomicInteger left = new AtomicInteger(all.size());
            for (int i = 0; i < all.size(); i += TOGETHER) {
                List<Uploaded> part = all.subList(i, Math.min(i + TOGETHER, all.size()));
                ending.execute(() -> {
                    part.forEach(one -> one.end(failures.get(one)));
                    wake();
                    if (left.addAndGet(-part.size()) == 0) {
                        ledger.flush();
                    }
                });
            }
        }

        /** There are fewer on their way now. */
        private synchronized void wake() {
            notifyAll();
        }

        /** What is uploaded meanwhile goes with the first of them. */
        private void awaitPrepared() {
            Target target;
            synchronized (this) {
                target = waiting.element().copy().job().target();
            }
            verifier.awaitPrepared(target);
        }

        private synchronized List<Uploaded> next() {
            if (!waiting.isEmpty()) {
                pause();
            }
            List<Uploaded> all = new ArrayList<>(waiting);
            waiting.clear();
            working = !all.isEmpty();
            return all;
        }

        /**
         * A manifest is written as a whole, and grows: so that it costs no more than a fifth of the time however large it is,
         * more files share one write then. Not if these are all there are: then there is nothing to wait for.
         */
        private void pause() {
            try {
                for (long left = left(); left > 0 && !isLast(); left = left()) {
                    TimeUnit.NANOSECONDS.timedWait(this, left);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private long left() {
            return notBefore - System.nanoTime();
        }

        private boolean isLast() {
            Uploaded first = waiting.peek();
            return first != null && first.copy().run().isDownTo(waiting.size());
        }
    }

    /**
     * Commits them.
     *
     * @param failures takes why each was not
     * @return how long the writing of manifests took, in nanoseconds
     */
    private long commit(List<Uploaded> group, Map<Uploaded, Exception> failures) {
        try {
            return publish(verify(group, failures), failures);
        } catch (NoVerificationException e) {
            // No use uploading any other file, or these again.
            group.forEach(one -> failures.put(one, one.copy().run().refuse(e)));
        } catch (Exception e) {
            group.forEach(one -> failures.putIfAbsent(one, e));
        }
        return 0;
    }

    /** Those whose bytes on the server are the ones that were read here. */
    private List<Uploaded> verify(List<Uploaded> group, Map<Uploaded, Exception> failures) throws Exception {
        List<ExpectedFile> claims = group.stream()
                .map(one -> new ExpectedFile(
                        one.copy().part(), one.sha256(), one.copy().size()))
                .toList();
        Map<String, VerificationResult> verdicts =
                verifier.verify(group.get(0).copy().job(), claims);
        List<Uploaded> verified = new ArrayList<>();
        for (Uploaded one : group) {
            VerificationResult verdict = verdicts.get(one.copy().part());
            if (verdict.isVerified()) {
                one.copy().verified(verdict.verification().orElseThrow());
                verified.add(one);
            } else {
                failures.put(one, new VerificationException(verdict.reason()));
            }
        }
        return verified;
    }

    private long publish(List<Uploaded> verified, Map<Uploaded, Exception> failures) {
        Map<DatedFolderWriter, List<Uploaded>> byFolder = verified.stream()
                .collect(Collectors.groupingBy(one -> one.copy().folder()));
        long nanos = 0;
        for (Map.Entry<DatedFolderWriter, List<Uploaded>> one : byFolder.entrySet()) {
            List<Uploaded> copies = one.getValue();
            try {
                nanos += publish(one.getKey(), copies, failures);
            } catch (Exception e) {
                copies.forEach(copy -> failures.putIfAbsent(copy, e));
            }
        }
        return nanos;
    }

    private long publish(DatedFolderWriter folder, List<Uploaded> copies, Map<Uploaded, Exception> failures)
            throws Exception {
        Map<String, String> entries = new HashMap<>();
        copies.forEach(one -> entries.put(one.copy().name(), one.sha256()));
        folder.unlistOthers(entries);
        SftpSessionPool sessions = copies.get(0).copy().run().connection().sessions();
        Renames.all(sessions, copies, Uploaded::copy, failures::put);
        // The failures are those of the whole group: another job may have a file of the same name.
        copies.stream()
                .filter(failures::containsKey)
                .forEach(one -> entries.remove(one.copy().name()));
        long before = System.nanoTime();
        folder.list(entries);
        long manifestNanos = System.nanoTime() - before;
        record(folder, copies, entries.keySet());
        return manifestNanos;
    }

    private void record(DatedFolderWriter folder, List<Uploaded> copies, Set<String> committed) {
        Instant now = Clocks.of(context).instant();
        List<VerificationLog.Entry> entries = copies.stream()
                .filter(one -> committed.contains(one.copy().name()))
                .map(one -> new VerificationLog.Entry(
                        one.copy().name(), one.sha256(), Optional.of(one.copy().verification()), now))
                .toList();
        verifications.add(copies.get(0).copy().job(), folder.name(), entries);
    }
}
