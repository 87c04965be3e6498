package dev.offsite.transfer;

import dev.offsite.verify.ExpectedFile;
import dev.offsite.verify.VerificationResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;

/**
 * Verifies what is ready, together: while the server hashes, others queue, and the next command takes all that wait. A large
 * file is verified at once, thousands of small ones by a handful of commands.
 */
public final class VerificationQueue implements AutoCloseable {

    private static final int MOST = 2000;

    private record Waiting(ExpectedFile claim, BiConsumer<VerificationResult, Exception> then) {}

    private final VerificationStep verifying;
    private final BlockingQueue<Waiting> queue = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(this::run, "offsite-verification");

    VerificationQueue(VerificationStep verifying) {
        this.verifying = verifying;
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Has it verified.
     *
     * @param then told the verdict, or why there is none; must not block, for the others wait
     */
    void verify(ExpectedFile claim, BiConsumer<VerificationResult, Exception> then) {
        queue.add(new Waiting(claim, then));
    }

    private void run() {
        try {
            while (true) {
                List<Waiting> all = new ArrayList<>(List.of(queue.take()));
                queue.drainTo(all, MOST - 1);
                verify(all);
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private void verify(List<Waiting> all) {
        try {
            Map<String, VerificationResult> verdicts =
                    verifying.verify(all.stream().map(Waiting::claim).toList());
            all.forEach(one -> one.then().accept(verdicts.get(one.claim().path()), null));
        } catch (Exception e) {
            all.forEach(one -> one.then().accept(null, e));
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
