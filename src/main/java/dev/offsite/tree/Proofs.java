package dev.offsite.tree;

import dev.offsite.transfer.Claim;
import dev.offsite.transfer.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;

/**
 * Proves what is ready, together: while the server hashes, others queue, and the next command takes all that wait. A large
 * file is proven at once, thousands of small ones by a handful of commands.
 */
final class Proofs implements AutoCloseable {

    private static final int MOST = 2000;

    private record Waiting(Claim claim, BiConsumer<Verdict, Exception> then) {}

    private final Proving proving;
    private final BlockingQueue<Waiting> queue = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(this::run, "offsite-proof");

    Proofs(Proving proving) {
        this.proving = proving;
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Has it proven.
     *
     * @param then told the verdict, or why there is none; must not block, for the others wait
     */
    void prove(Claim claim, BiConsumer<Verdict, Exception> then) {
        queue.add(new Waiting(claim, then));
    }

    private void run() {
        try {
            while (true) {
                List<Waiting> all = new ArrayList<>(List.of(queue.take()));
                queue.drainTo(all, MOST - 1);
                prove(all);
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private void prove(List<Waiting> all) {
        try {
            Map<String, Verdict> verdicts =
                    proving.prove(all.stream().map(Waiting::claim).toList());
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
