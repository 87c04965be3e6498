package dev.offsite.notify;

import dev.offsite.io.ProcessLock;
import dev.offsite.io.Text;
import dev.offsite.notify.Outbox.Waiting;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends what waits for one receiver, in a thread of its own: a receiver that hangs holds up nobody else. */
final class Delivery {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    /** After so many failures of different troubles, the receiver does not work: the others are not tried. */
    private static final int MOST_FAILURES = 3;

    /** For one message, whatever the endpoint does. */
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final Receiver receiver;
    private final Outbox outbox;
    private final EndpointSender sender;
    private final Clock clock;
    /** One round at a time; one that hangs keeps it. */
    private final Semaphore round = new Semaphore(1);

    private volatile boolean failing;

    Delivery(Receiver receiver, Outbox outbox, EndpointSender sender, Clock clock) {
        this.receiver = receiver;
        this.outbox = outbox;
        this.sender = sender;
        this.clock = clock;
    }

    /**
     * Begins to send what waits, unless that is going on. The latch opens when the round has ended.
     *
     * @param all also what is not due yet
     */
    CountDownLatch begin(boolean all) {
        CountDownLatch ended = new CountDownLatch(1);
        if (!isAnyDue(all) || !round.tryAcquire()) {
            ended.countDown();
            return ended;
        }
        thread(
                () -> {
                    try {
                        run(all);
                    } catch (IOException | RuntimeException e) {
                        LOG.error(
                                "notify {}: {}", receiver.name(), receiver.to().hide(Text.reason(e)));
                    } finally {
                        round.release();
                        ended.countDown();
                    }
                },
                "offsite-notify");
        return ended;
    }

    private boolean isAnyDue(boolean all) {
        try {
            return outbox.waiting().stream().anyMatch(one -> all || one.isDue(clock.instant()));
        } catch (IOException e) {
            throw outbox.unreadable(e);
        }
    }

    private void run(boolean all) throws IOException {
        // Another process may be sending them.
        Optional<ProcessLock> sending = ProcessLock.take(outbox.folder().resolve("sending"), Duration.ZERO);
        if (sending.isEmpty()) {
            return;
        }
        try (ProcessLock held = sending.get()) {
            send(all);
        }
    }

    private void send(boolean all) throws IOException {
        Set<String> blocked = new HashSet<>();
        int failures = 0;
        for (Waiting waiting : outbox.waiting()) {
            Message message = waiting.message();
            String trouble = Told.id(message.job(), message.key());
            if (!(all || waiting.isDue(clock.instant())) || blocked.contains(trouble)) {
                // What came later about the same trouble must not arrive earlier.
                blocked.add(trouble);
                continue;
            }
            if (!send(waiting)) {
                blocked.add(trouble);
                failures++;
            }
            if (failures == MOST_FAILURES) {
                return;
            }
        }
    }

    private boolean send(Waiting waiting) throws IOException {
        String id = waiting.file().getFileName().toString().replace(".json", "");
        String problem = bounded(waiting.message(), id);
        if (problem.isEmpty()) {
            Outbox.sent(waiting);
            if (failing) {
                failing = false;
                LOG.info("notify {}: messages are accepted again", receiver.name());
            }
            return true;
        }
        try (ProcessLock lock = outbox.lock()) {
            outbox.failed(waiting, problem, clock.instant());
        }
        if (!failing) {
            failing = true;
            LOG.error("notify {}: not told: {}; tried again later", receiver.name(), problem);
        }
        return false;
    }

    /** Why it was not accepted; empty if it was. */
    private String bounded(Message message, String id) {
        FutureTask<String> task = new FutureTask<>(() -> {
            sender.send(message, id);
            return "";
        });
        Thread thread = thread(task, "offsite-notify-send");
        try {
            return task.get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            return receiver.to().hide(Text.reason(e.getCause()));
        } catch (TimeoutException e) {
            thread.interrupt();
            return "%s did not answer in time".formatted(receiver.to().shown());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private Thread thread(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        sender.classes().ifPresent(thread::setContextClassLoader);
        thread.start();
        return thread;
    }
}
