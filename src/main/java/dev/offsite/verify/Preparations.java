package dev.offsite.verify;

import dev.offsite.job.Target;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is made ready while a run does something else. For one target that is one step after the other; what fails here fails
 * again, and is told, where it is needed.
 */
public final class Preparations {

    private static final Logger LOG = LoggerFactory.getLogger(Preparations.class);

    /** One of them. */
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }

    private final Executor threads;
    private final Map<Target, CompletableFuture<Void>> last = new ConcurrentHashMap<>();

    /**
     * @param threads for what is prepared
     */
    Preparations(Executor threads) {
        this.threads = threads;
    }

    /** Has that done, behind what is being prepared for that target already. */
    void add(Target target, Step step) {
        Runnable quiet = () -> run(target, step);
        last.compute(
                target,
                (t, before) -> before == null
                        ? CompletableFuture.runAsync(quiet, threads)
                        : before.thenRunAsync(quiet, threads));
    }

    private static void run(Target target, Step step) {
        try {
            step.run();
        } catch (Exception e) {
            LOG.debug("{}: nothing is prepared", target, e);
        }
    }

    /** Waits for what is being prepared: the same is not done twice, nor is anything left behind. */
    void await(Target target) {
        CompletableFuture<Void> preparation = last.remove(target);
        if (preparation != null) {
            preparation.join();
        }
    }
}
