package dev.offsite.notify;

import dev.offsite.io.Placeholders;
import dev.offsite.io.StateException;
import dev.offsite.io.StateStore;
import dev.offsite.io.Text;
import dev.offsite.job.JobEvent;
import dev.offsite.owner.Owner;
import dev.offsite.status.JobReport;
import dev.offsite.status.StatusReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the receivers of the configuration what is wrong, and when it is over. Nothing here fails a run, or delays it
 * beyond {@link #deliver}.
 */
public final class Notifications {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    /** How often a service looks for messages that are due again. */
    private static final Duration INTERVAL = Duration.ofSeconds(15);

    private final List<Line> lines = new ArrayList<>();
    /** Why there is no line for a receiver. */
    private final Map<String, String> broken = new TreeMap<>();

    private final String state;
    private final StateStore known;
    private final StatusReader reader;
    private final ScheduledExecutorService thread;
    private boolean begun;

    /** All that a receiver has. */
    private record Line(
            Receiver receiver, Outbox outbox, Notifier notifier, EndpointSender sender, Delivery delivery) {}

    /**
     * The receivers of a context's properties.
     *
     * @param owner of the thread that a service has for them
     * @param state folder of what waits to be sent
     * @param known what the receivers know is kept there
     */
    public static Notifications of(
            Object owner, CamelContext context, boolean service, String state, StateStore known, StatusReader reader) {
        Map<String, String> values = new TreeMap<>();
        // Its forEach would find nothing: Camel keeps the keys beside the map that Properties are.
        Properties given = context.getPropertiesComponent().loadProperties(key -> key.startsWith(NotifySetting.PREFIX));
        given.stringPropertyNames().forEach(key -> values.put(key, resolved(context, given.getProperty(key))));
        ScheduledExecutorService thread = service && !values.isEmpty()
                ? context.getExecutorServiceManager().newSingleThreadScheduledExecutor(owner, "offsite-notify")
                : null;
        return new Notifications(context, values, state, known, Owner.host(), reader, thread);
    }

    /** Without a value for a placeholder, the receiver is reported as one that cannot be used: it stops nothing else. */
    private static String resolved(CamelContext context, String value) {
        try {
            return Placeholders.resolve(context, value);
        } catch (IllegalArgumentException e) {
            return value;
        }
    }

    /**
     * Reads the receivers; one that cannot be used is logged, and is in {@link Untold}.
     *
     * @param values of the keys of receivers, with placeholders resolved
     * @param state folder of what waits to be sent
     * @param known what the receivers know is kept there
     * @param host the name of this machine
     * @param thread of a service, for what is sent again; null in a one-shot run
     */
    public Notifications(
            CamelContext context,
            Map<String, String> values,
            String state,
            StateStore known,
            String host,
            StatusReader reader,
            ScheduledExecutorService thread) {
        this.state = state;
        this.known = known;
        this.thread = thread;
        this.reader = reader;
        if (!values.isEmpty()) {
            read(context, new ReceiverParser(values, (word, all) -> ""), host);
        }
        if (thread != null) {
            var unused =
                    thread.scheduleWithFixedDelay(() -> begin(false), 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void read(CamelContext context, ReceiverParser parser, String host) {
        MessageWriter writer = new MessageWriter(host, reader.clock().getZone());
        for (String name : parser.names()) {
            try {
                Receiver receiver = parser.receiver(name);
                Outbox outbox = new Outbox(state, name);
                EndpointSender sender = new EndpointSender(context, receiver, host);
                lines.add(new Line(
                        receiver,
                        outbox,
                        new Notifier(receiver, outbox, Told.file(known, name), writer),
                        sender,
                        new Delivery(receiver, outbox, sender, reader.clock())));
            } catch (IllegalArgumentException e) {
                broken.put(name, e.getMessage());
            }
        }
    }

    /** Whether nobody is to be told. */
    public boolean isEmpty() {
        return lines.isEmpty();
    }

    /** Tells of what is new in the reports. */
    public void check(List<JobReport> reports) {
        first();
        for (Line line : lines) {
            guarded(line, () -> line.notifier.check(reports));
        }
        if (thread != null) {
            thread.execute(() -> begin(false));
        }
    }

    /** Not before: commands that only look write nothing. */
    private synchronized void first() {
        if (begun) {
            return;
        }
        begun = true;
        if (lines.isEmpty() && broken.isEmpty() && !Outbox.isAny(state)) {
            return;
        }
        broken.forEach((name, reason) -> LOG.error("notify {}: nobody is told: {}", name, reason));
        try {
            lines.forEach(line -> line.outbox.works());
            broken.forEach((name, reason) ->
                    new Outbox(state, name).doesNotWork(reason, reader.clock().instant()));
            Set<String> names = new HashSet<>(broken.keySet());
            lines.forEach(line -> names.add(line.receiver.name()));
            Outbox.forgetOthers(state, names);
        } catch (StateException e) {
            LOG.error("notify: {}", e.getMessage());
        }
    }

    /** Tells of the event where it was asked for. */
    public void event(JobEvent event) {
        for (Line line : lines) {
            if (line.receiver.on().contains(event.type())) {
                guarded(
                        line,
                        () -> line.notifier.event(reader.report(reader.jobs().get(event.job())), event));
            }
        }
    }

    private static void guarded(Line line, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.error("notify {}: {}", line.receiver.name(), Text.reason(e));
        }
    }

    private List<CountDownLatch> begin(boolean all) {
        List<CountDownLatch> rounds = new ArrayList<>();
        for (Line line : lines) {
            guarded(line, () -> rounds.add(line.delivery.begin(all)));
        }
        return rounds;
    }

    /** Sends what waits, due or not, and waits for that at most so long. What is left is sent by the next run. */
    public void deliver(Duration most) {
        long end = System.nanoTime() + most.toNanos();
        try {
            for (CountDownLatch round : begin(true)) {
                if (!round.await(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                    LOG.warn("notify: not all was told in {} s; the next run goes on", most.toSeconds());
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Why receivers cannot be used, by name: for the check of a configuration. Sends nothing. */
    public Map<String, String> problems() {
        Map<String, String> problems = new TreeMap<>(broken);
        for (Line line : lines) {
            try {
                line.sender.prepare();
            } catch (IOException e) {
                problems.put(line.receiver.name(), e.getMessage());
            }
        }
        return problems;
    }

    public void close() {
        lines.forEach(line -> line.sender.close());
    }
}
