package dev.offsite.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.io.StateFolder;
import dev.offsite.job.Job;
import dev.offsite.job.JobEvent;
import dev.offsite.job.JobStatus;
import dev.offsite.status.JobMemory;
import dev.offsite.status.JobMemoryFile;
import dev.offsite.status.JobReport;
import dev.offsite.status.StatusReader;
import dev.offsite.status.Trouble;
import dev.offsite.support.Fixtures;
import dev.offsite.support.OneJob;
import dev.offsite.verify.Debts;
import dev.offsite.verify.KnownTrouble;
import dev.offsite.verify.VerificationLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.ProcessorEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a receiver is told, and when, on a clock that the test moves. */
class NotificationsTest {

    private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    Path state;

    private final Job db = Fixtures.job("db", "/srv/db");
    private final Receiving receiving = new Receiving();
    private final Moved clock = new Moved();
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private Map<String, String> values = new TreeMap<>(Map.of("offsite.notify[ops].to", "receiving:ops"));

    /** What is wrong with the job. */
    private List<Trouble> troubles = List.of();

    private static final class Moved extends Clock {
        private volatile Instant now = START;

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    /** A component that accepts messages, or does not. */
    private static final class Receiving extends DefaultComponent {
        private final List<String> bodies = new CopyOnWriteArrayList<>();
        private final List<Map<String, Object>> headers = new CopyOnWriteArrayList<>();
        private volatile String failure = "";

        @Override
        protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
            Processor accept = exchange -> {
                if (!failure.isEmpty()) {
                    throw new IOException(failure);
                }
                bodies.add(exchange.getMessage().getBody(String.class));
                headers.add(Map.copyOf(exchange.getMessage().getHeaders()));
            };
            return new ProcessorEndpoint(uri, this, accept);
        }

        List<String> subjects() {
            return bodies.stream()
                    .map(body -> Message.object(body).orElseThrow().getString("subject"))
                    .toList();
        }
    }

    @BeforeEach
    void start() {
        context.addComponent("receiving", receiving);
        context.start();
    }

    @AfterEach
    void stop() {
        thread.shutdownNow();
        context.stop();
    }

    private Notifications notifications(ScheduledExecutorService service) {
        VerificationLog verifications = new VerificationLog(new StateFolder(state));
        StatusReader reader = new StatusReader(
                new OneJob(db),
                new JobMemoryFile(new StateFolder(state)),
                new KnownTrouble(new JobStatus(new StateFolder(state)), new Debts(verifications)),
                verifications,
                clock);
        return new Notifications(context, values, state.toString(), new StateFolder(state), "box", reader, service);
    }

    private Trouble failed(String reason) {
        return new Trouble("db", Trouble.Kind.FAILED, "ship", START, "ship: " + reason, "offsite doctor db");
    }

    private Trouble stale() {
        return new Trouble("db", Trouble.Kind.STALE, "", START, "no new copy", "offsite ship db");
    }

    private List<JobReport> reports() {
        return List.of(
                new JobReport(db, clock.instant(), JobMemory.since(START), List.of(), troubles, Optional.empty()));
    }

    /** As a run that begins anew does. */
    private void run() {
        Notifications notifications = notifications(null);
        notifications.check(reports());
        notifications.deliver(SOON);
        notifications.close();
    }

    private void after(Duration time) {
        clock.now = clock.now.plus(time);
        run();
    }

    @Test
    void atFirstThenAfterAnHourThenDailyThenThatItIsOver() {
        troubles = List.of(failed("one"));
        run();
        assertThat(receiving.subjects()).containsExactly("offsite: db: ship failed");
        troubles = List.of(failed("another reason"));
        after(Duration.ofMinutes(59));
        assertThat(receiving.subjects()).hasSize(1);
        after(Duration.ofMinutes(1));
        assertThat(receiving.subjects()).hasSize(2).last().isEqualTo("offsite: db: still, for 60 min: ship failed");
        after(Duration.ofHours(23));
        assertThat(receiving.subjects()).hasSize(2);
        after(Duration.ofHours(1));
        assertThat(receiving.subjects()).hasSize(3);
        after(Duration.ofHours(24));
        assertThat(receiving.subjects()).hasSize(4);
        troubles = List.of();
        after(Duration.ofMinutes(1));
        after(Duration.ofDays(3));
        assertThat(receiving.subjects()).hasSize(5).last().isEqualTo("offsite: db: over after 2 d: ship failed");
    }

    @Test
    void aMessageSaysAllThatATiredPersonNeeds() {
        values.put("offsite.notify[ops].format", "text");
        troubles = List.of(failed("cannot reach nas\r\nBcc: evil@example.org"));
        clock.now = START.plus(Duration.ofHours(3));
        run();
        assertThat(receiving.bodies)
                .containsExactly(
                        """
                        offsite: db: ship failed

                        What:     ship: cannot reach nas\\r\\nBcc: evil@example.org
                        Since:    2026-03-01 10:00 Z, for 3 h
                        Machine:  box
                        Job:      db
                        Source:   /backups
                        Copies:   /srv/db on nas
                        Means:    backups of this job are on this machine only, until a ship succeeds
                        To do:    remove the cause; the next ship sends what is missing; this checks the server:
                        Command:  offsite doctor db
                        """);
        assertThat(receiving.headers.get(0)).containsOnlyKeys("CamelOffsiteEvent", "CamelOffsiteJob");
    }

    @Test
    void freshEndsStale() {
        values.put("offsite.notify[ops].on", "stale,fresh");
        troubles = List.of(stale(), failed("one"));
        run();
        troubles = List.of(failed("one"));
        after(Duration.ofDays(3));
        assertThat(receiving.subjects())
                .containsExactly(
                        "offsite: db: no new copy for too long",
                        "offsite: db: over after 3 d: no new copy for too long");
        assertThat(receiving.bodies.get(1)).contains("\"event\":\"fresh\"");
    }

    @Test
    void whoOnlyWantsTheEndHearsNothingBefore() {
        values.put("offsite.notify[ops].on", "fresh");
        troubles = List.of(stale());
        run();
        after(Duration.ofHours(2));
        assertThat(receiving.bodies).isEmpty();
        troubles = List.of();
        run();
        assertThat(receiving.bodies).hasSize(1);
    }

    @Test
    void otherJobsAreNotTold() {
        values.put("offsite.notify[ops].jobs", "web");
        troubles = List.of(stale());
        run();
        assertThat(receiving.bodies).isEmpty();
    }

    @Test
    void whatIsNotAcceptedWaitsAndItsReminderTakesItsPlace() {
        receiving.failure = "down";
        troubles = List.of(failed("one"));
        run();
        troubles = List.of(failed("two"));
        after(Duration.ofHours(2));
        List<Untold> untold = Untold.of(state.toString());
        assertThat(untold).hasSize(1);
        assertThat(untold.get(0).messages()).isEqualTo(1);
        assertThat(untold.get(0).since()).isEqualTo(clock.instant());
        assertThat(untold.get(0).reason()).isEqualTo("receiving:ops: down");
        troubles = List.of();
        after(Duration.ofMinutes(1));
        receiving.failure = "";
        after(Duration.ofMinutes(1));
        assertThat(receiving.subjects())
                .containsExactly(
                        "offsite: db: still, for 2 h: ship failed", "offsite: db: over after 2 h: ship failed");
        assertThat(Untold.of(state.toString())).isEmpty();
    }

    @Test
    void aServiceTriesAgainAtGrowingIntervalsAndGivesUpAfterAWeek() throws IOException {
        Outbox outbox = new Outbox(state.toString(), "ops");
        outbox.lock().close();
        outbox.add(new MessageWriter("box", ZoneOffset.UTC).of(reportOf(failed("one")), failed("one"), false));
        Instant now = START;
        List<Long> minutes = new java.util.ArrayList<>();
        for (int i = 0; i < 9; i++) {
            outbox.failed(outbox.waiting().get(0), "down", now);
            Instant next = outbox.waiting().get(0).next();
            minutes.add(Duration.between(now, next).toMinutes());
            now = next;
        }
        assertThat(minutes).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L);
        outbox.failed(outbox.waiting().get(0), "down", START.plus(Duration.ofDays(8)));
        assertThat(outbox.waiting()).isEmpty();
    }

    private JobReport reportOf(Trouble trouble) {
        return new JobReport(
                db, clock.instant(), JobMemory.since(START), List.of(), List.of(trouble), Optional.empty());
    }

    @Test
    void aServiceSendsByItself() {
        receiving.failure = "down";
        troubles = List.of(failed("one"));
        run();
        receiving.failure = "";
        clock.now = clock.now.plus(Duration.ofMinutes(2));
        Notifications service = notifications(thread);
        await().until(() -> receiving.bodies.size() == 1);
        service.close();
    }

    @Test
    void theOutboxIsBoundedAndPrivate() throws IOException {
        Outbox outbox = new Outbox(state.toString(), "ops");
        outbox.lock().close();
        MessageWriter writer = new MessageWriter("box", ZoneOffset.UTC);
        for (int i = 0; i < Outbox.MOST; i++) {
            Trouble one = new Trouble("job" + i, Trouble.Kind.STALE, "", START, "text", "");
            outbox.add(writer.of(reportOf(one), one, false));
        }
        Trouble again = new Trouble("db", Trouble.Kind.FAILED, "ship", START, "text", "");
        outbox.add(writer.of(reportOf(again), again, false));
        assertThat(outbox.waiting()).hasSize(Outbox.MOST);
        try (Stream<Path> files = Files.list(outbox.folder())) {
            assertThat(files)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(outbox.folder())))
                .isEqualTo("rwx------");
    }

    @Test
    void damagedFilesStopNothing() throws IOException {
        receiving.failure = "down";
        troubles = List.of(failed("one"));
        run();
        Path folder = new Outbox(state.toString(), "ops").folder();
        Files.writeString(folder.resolve("told"), "{\"told\":[{\"job\":\"db\"}]}");
        Files.writeString(folder.resolve("000000000000001.json"), "{\"mess");
        receiving.failure = "";
        run();
        assertThat(receiving.subjects()).hasSize(2);
        assertThat(folder.resolve("000000000000001.json")).doesNotExist();
    }

    @Test
    void eventsAreToldEachTimeIfAskedFor() {
        values.put("offsite.notify[ops].on", "shipped,refused");
        Notifications notifications = notifications(null);
        notifications.event(new JobEvent.Shipped("db", START, 2, 3, List.of("/srv/db/20260301"), "hash", false));
        notifications.event(new JobEvent.Pruned("db", START, List.of("20260101"), List.of()));
        notifications.event(new JobEvent.Failed("db", START, Map.of("a", "b"), null));
        notifications.event(new JobEvent.Refused("db", START, "too many"));
        notifications.event(new JobEvent.Refused("db", START.plusSeconds(60), "too many"));
        notifications.deliver(SOON);
        assertThat(receiving.subjects())
                .containsExactly("offsite: db: 2 files shipped and verified", "offsite: db: nothing was pruned");
        assertThat(receiving.bodies.get(0)).contains("\"event\":\"shipped\"", "\"bytes\":3", "\"source\":");
    }

    @Test
    void aReceiverThatIsGoneIsForgotten() {
        receiving.failure = "down";
        troubles = List.of(failed("one"));
        run();
        values = new TreeMap<>(Map.of("offsite.notify[other].to", "receiving:x"));
        receiving.failure = "";
        run();
        assertThat(receiving.bodies).hasSize(1);
        assertThat(Untold.of(state.toString())).isEmpty();
        assertThat(new Outbox(state.toString(), "ops").folder()).doesNotExist();
    }

    @Test
    void aReceiverThatHangsHoldsUpNoOther() {
        values.put("offsite.notify[a].to", "hanging:x");
        context.addComponent("hanging", new DefaultComponent() {
            @Override
            protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
                return new ProcessorEndpoint(uri, this, NotificationsTest::hang);
            }
        });
        troubles = List.of(failed("one"));
        Notifications notifications = notifications(null);
        notifications.check(reports());
        long begun = System.nanoTime();
        notifications.deliver(Duration.ofSeconds(1));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(3));
        await().until(() -> receiving.bodies.size() == 1);
    }

    private static void hang(Exchange exchange) throws InterruptedException {
        new java.util.concurrent.CountDownLatch(1).await(60, java.util.concurrent.TimeUnit.SECONDS);
    }

    @Test
    void twoProcessesTellOnce() {
        troubles = List.of(failed("one"));
        Notifications one = notifications(null);
        Notifications other = notifications(null);
        List<JobReport> reports = reports();
        IntStream.range(0, 8).parallel().forEach(i -> (i % 2 == 0 ? one : other).check(reports));
        one.deliver(SOON);
        other.deliver(SOON);
        assertThat(receiving.bodies).hasSize(1);
    }

    @Test
    void aClockThatGoesBackDelaysNoReminderForLong() {
        clock.now = START.plus(Duration.ofDays(300));
        troubles = List.of(failed("one"));
        run();
        clock.now = START;
        run();
        assertThat(receiving.bodies).hasSize(2);
    }
}
