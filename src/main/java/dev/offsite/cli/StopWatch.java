package dev.offsite.cli;

import dev.offsite.component.OffsiteComponent;
import dev.offsite.io.Activity;
import org.apache.camel.CamelContext;
import org.apache.camel.support.LifecycleStrategySupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a stop that waits for transfers in flight which no longer move: the process then ends at once, as after a crash,
 * which the next run recovers from.
 */
final class StopWatch extends LifecycleStrategySupport {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private static final long STEP_MILLIS = 5000;

    @Override
    public void onContextStopping(CamelContext context) {
        Thread watch = new Thread(() -> watch(context), "offsite-stop-watch");
        watch.setDaemon(true);
        watch.start();
    }

    private static void watch(CamelContext context) {
        OffsiteComponent component = context.getRegistry().findSingleByType(OffsiteComponent.class);
        // A service may have been idle before.
        Activity stop = new Activity();
        try {
            while (!context.isStopped()) {
                Thread.sleep(STEP_MILLIS);
                if (stop.isStill()
                        && component != null
                        && component.services().connections().isStill()) {
                    LOG.error(
                            "stopped at once: the transfers in flight no longer move; the next run puts that in order");
                    Runtime.getRuntime().halt(ExitCode.FAILED);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
