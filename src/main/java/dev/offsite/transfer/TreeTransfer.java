package dev.offsite.transfer;

import dev.offsite.io.Activity;
import dev.offsite.io.Batcher;
import dev.offsite.io.ByteProgress;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.login.SshException;
import dev.offsite.verify.ExpectedFile;
import dev.offsite.verify.VerificationException;
import dev.offsite.verify.VerificationResult;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.apache.camel.util.function.ThrowingConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Transfers a tree in one direction, several files at a time. Each file is sent to a temporary name, verified, and then
 * renamed; a failure affects only that file. Use it once.
 */
public final class TreeTransfer {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    /**
     * How files are transferred.
     *
     * @param overwrite whether a different file with the same name is replaced
     * @param parallel how many files at a time, each over its own connection
     * @param retries how often a file is sent again after a lost connection or damaged data
     */
    public record Options(boolean overwrite, int parallel, int retries) {}

    /** Verifies files on one side, as {@link dev.offsite.verify.Verifier} does for a target. */
    @FunctionalInterface
    interface VerificationStep {
        /** Returns a result for each file, by path. */
        Map<String, VerificationResult> verify(Collection<ExpectedFile> files)
                throws VerificationException, IOException;
    }

    private static final int TOGETHER = 2000;

    private static final String ANOTHER = "another file has its name there; --overwrite replaces it";

    private final Direction way;
    private final FileTree tree;
    private final Options options;
    private final ExecutorService verifying = Executors.newSingleThreadExecutor(TransferExecutor::thread);
    private final Batcher<Direction, Waiting> verifications;
    private final TransferExecutor workers;
    private final CountDownLatch open;
    private final Function<Exception, FailureMessages> explain;
    private final TransferProgress outcomes;
    private final Activity activity;
    private ByteProgress progress = ByteProgress.none();

    TreeTransfer(
            Direction way,
            FileTree tree,
            Options options,
            VerificationStep verification,
            Function<Exception, FailureMessages> explain,
            Activity activity) {
        this.activity = activity;
        this.way = way;
        this.tree = tree;
        this.options = options;
        this.verifications = new Batcher<Direction, Waiting>(
                        verifying,
                        (direction, batch) -> verify(verification, batch),
                        (waiting, cause) -> goOn(waiting, same -> rethrow(cause)))
                .atMost(TOGETHER);
        this.workers = new TransferExecutor(options.parallel());
        this.open = new CountDownLatch(tree.files().size());
        this.explain = explain;
        this.outcomes = new TransferProgress(way, explain);
    }

    /** Explains a failure of {@link #run} as a whole. */
    public FailureMessages problem(Exception failure) {
        return explain.apply(failure).ofName(way.destination());
    }

    public long bytes() {
        return tree.files().stream().mapToLong(way::size).sum();
    }

    /** A file that waits for verification, and its continuation. */
    private record Waiting(Item item, ExpectedFile expected, ThrowingConsumer<VerificationResult, Exception> then) {}

    private void verify(VerificationStep verification, List<Waiting> batch) throws Exception {
        Map<String, VerificationResult> results =
                verification.verify(batch.stream().map(Waiting::expected).toList());
        batch.forEach(one ->
                goOn(one, item -> one.then().accept(results.get(one.expected().path()))));
    }

    private void goOn(Waiting waiting, ThrowingConsumer<Item, Exception> step) {
        workers.goOn(() -> step(waiting.item(), step));
    }

    private static void rethrow(Throwable cause) throws Exception {
        throw cause instanceof Exception e ? e : new IllegalStateException(cause);
    }

    private static final class Item {
        private final FileTreeEntry file;
        private final long startedNanos = System.nanoTime();
        private int retries;
        private boolean sent;

        Item(FileTreeEntry file) {
            this.file = file;
        }

        String name() {
            return file.name();
        }
    }

    /**
     * {@code reading}: hears the bytes of each read
     * @throws SshException if the target cannot be reached or refuses
     * @throws IOException if the top folder cannot be made
     */
    public TransferResult run(ByteProgress reading) throws IOException, InterruptedException {
        long startedNanos = System.nanoTime();
        progress = reading;
        outcomes.leftOut(tree.unfinished());
        tree.refused().forEach((name, reason) -> outcomes.failed(name, -1, reason));
        try (workers) {
            way.makeTop();
            tree.folders().keySet().forEach(this::makeFolder);
            tree.files().forEach(file -> workers.begin(() -> step(new Item(file), this::begin)));
            activity.await(millis -> open.await(millis, TimeUnit.MILLISECONDS), "files were transferred");
        } finally {
            way.end();
            verifying.shutdownNow();
        }
        tree.folders().keySet().forEach(this::setModified);
        return new TransferResult(
                outcomes.destination(), outcomes.all(), System.nanoTime() - startedNanos, outcomes.targetFailure());
    }

    private void makeFolder(String name) {
        if (outcomes.targetFailure() == null && !outcomes.isBelowFailed(name)) {
            try {
                way.makeFolder(name, tree.folders().get(name).mode());
            } catch (Exception e) {
                outcomes.failed(name, -1, e);
            }
        }
    }

    private void setModified(String folder) {
        if (outcomes.targetFailure() == null && !outcomes.has(folder) && !outcomes.isBelowFailed(folder)) {
            try {
                way.setModified(folder, tree.folders().get(folder).modified());
            } catch (IOException e) {
                LOG.debug("{}: the time of {} cannot be set", way.verb(), folder, e);
            }
        }
    }

    /** Takes one step for a file, which starts another step or ends. */
    private void step(Item item, ThrowingConsumer<Item, Exception> step) {
        try {
            if (outcomes.targetFailure() == null) {
                step.accept(item);
            } else {
                outcomes.notTried(item.name(), item.file.size());
                open.countDown();
            }
        } catch (Exception | Error e) {
            if (FailureMessages.lost(e) && item.retries++ < options.retries()) {
                outcomes.again(item.name(), "the connection was lost");
                workers.goOn(() -> step(item, this::begin));
            } else {
                fail(item, e);
            }
        }
    }

    private void begin(Item item) throws Exception {
        if (outcomes.isBelowFailed(item.name())) {
            fail(item, "its folder could not be made");
            return;
        }
        Optional<Direction.There> there = way.there(item.name());
        if (there.isEmpty()) {
            send(item);
        } else if (!there.get().file()) {
            fail(item, "something that is no regular file has its name there; it is left alone");
        } else if (!way.isComparable()) {
            replace(
                    item,
                    "a file has its name there, and what is encrypted cannot be compared; --overwrite replaces it");
        } else if (there.get().size() == item.file.size()) {
            compare(item, there.get());
        } else {
            replace(item, ANOTHER);
        }
    }

    private LongConsumer of(Item item) {
        LongConsumer shown = progress.file(item.name(), way.size(item.file));
        return bytes -> {
            activity.sign();
            shown.accept(bytes);
        };
    }

    private void compare(Item item, Direction.There there) throws Exception {
        String sha256 = way.hashHere(item.name(), of(item));
        verify(item, new ExpectedFile(way.pathOfSame(item.name()), sha256, item.file.size()), result -> {
            // Equal sizes alone do not show that two files are the same.
            if (result.isVerified() && (!result.isBySize() || there.looksLike(item.file))) {
                outcomes.present(item.file, sha256, result.verification().orElseThrow());
                open.countDown();
            } else {
                replace(item, ANOTHER);
            }
        });
    }

    private void replace(Item item, String otherwise) throws Exception {
        if (options.overwrite()) {
            send(item);
        } else {
            fail(item, otherwise);
        }
    }

    private void send(Item item) throws Exception {
        item.sent = true;
        way.send(
                item.file,
                of(item),
                (sent, failure) -> workers.goOn(() -> step(item, same -> {
                    if (failure == null) {
                        verify(item, sent);
                    } else {
                        // Tried again already, as often as it makes sense; what has come may be of use to the next run.
                        item.sent = false;
                        item.retries = options.retries();
                        throw failure;
                    }
                })));
    }

    private void verify(Item item, Sent sent) {
        ExpectedFile expected = new ExpectedFile(
                way.pathToVerify(item.name()), sent.copy().sha256(), sent.copy().size());
        verify(item, expected, result -> {
            if (result.isVerified()) {
                Published published = way.publish(item.file, sent);
                long nanos = System.nanoTime() - item.startedNanos;
                outcomes.published(item.file, published, result.verification().orElseThrow(), nanos);
                open.countDown();
                return;
            }
            if (result.state() != VerificationResult.State.UNVERIFIED) {
                way.differs(item.name());
            }
            if (result.state() == VerificationResult.State.DIFFERENT && item.retries++ < options.retries()) {
                outcomes.again(item.name(), result.reason());
                way.discard(item.name());
                send(item);
            } else {
                fail(item, result.reason());
            }
        });
    }

    private void verify(Item item, ExpectedFile expected, ThrowingConsumer<VerificationResult, Exception> then) {
        verifications.add(way, new Waiting(item, expected, then));
    }

    private void fail(Item item, Throwable cause) {
        try {
            discard(item);
            outcomes.failed(
                    item.name(),
                    item.file.size(),
                    cause instanceof Exception e ? e : new IllegalStateException(cause.toString(), cause));
        } finally {
            open.countDown();
        }
    }

    private void fail(Item item, String reason) {
        discard(item);
        outcomes.failed(item.name(), item.file.size(), reason);
        open.countDown();
    }

    private void discard(Item item) {
        try {
            if (item.sent) {
                way.discard(item.name());
            }
        } catch (IOException e) {
            LOG.debug("{}: what was sent of {} is left for the next run", way.verb(), item.name(), e);
        }
    }
}
