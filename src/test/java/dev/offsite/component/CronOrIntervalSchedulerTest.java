package dev.offsite.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.ScheduledPollConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** EmbeddingIT has the same with the real Camel 4.22. */
@Timeout(60)
class CronOrIntervalSchedulerTest {

    private static final String EVERY_SECOND = "0/1 * * * * ?";

    private final Set<String> polled = new ConcurrentSkipListSet<>();
    private final AtomicInteger ticks = new AtomicInteger();
    private volatile Instant now;
    private DefaultCamelContext camel = new DefaultCamelContext();

    @TempDir
    Path folder;

    @TempDir
    Path state;

    @AfterEach
    void stop() {
        camel.stop();
    }

    @Test
    void pollsByItsScheduleAlsoAfterARestart() throws Exception {
        start(EVERY_SECOND, true);
        awaitPolled("first");
        assertThat(consumer().isSchedulerStarted()).isTrue();

        camel.getRouteController().stopRoute("job");
        camel.getRouteController().startRoute("job");
        awaitPolled("second");
    }

    @Test
    void waitsUntilItIsStarted() throws Exception {
        start(EVERY_SECOND, false);
        assertThat(consumer().isSchedulerStarted()).isFalse();

        consumer().startScheduler();
        awaitPolled("first");
    }

    @Test
    void pollsAgainAndAgainWithoutASchedule() throws Exception {
        start(null, true);
        awaitPolled("first");
        awaitPolled("second");
        assertThat(consumer().isSchedulerStarted()).isTrue();
        assertThat(state).isEmptyDirectory();
    }

    @Test
    void makesUpForWhatWasMissedWhileItDidNotRun() throws Exception {
        now = Instant.parse("2026-03-20T12:00:00Z");
        start("0 30 2 * * ?", true);
        Files.writeString(folder.resolve("dump"), "a dump");
        awaitTicks();
        assertThat(polled).isEmpty();
        camel.stop();

        now = Instant.parse("2026-03-21T08:00:00Z");
        camel = new DefaultCamelContext();
        start("0 30 2 * * ?", true);
        awaitPolled("dump");
    }

    @Test
    void aClockThatIsSetBackStopsNothing() throws Exception {
        now = Instant.parse("2027-01-01T12:00:00Z");
        start("0 30 2 * * ?", true);
        awaitTicks();
        Files.writeString(folder.resolve("dump"), "a dump");
        now = Instant.parse("2026-03-20T12:00:00Z");
        awaitTicks();
        assertThat(polled).isEmpty();

        now = Instant.parse("2026-03-21T02:30:00Z");
        awaitPolled("dump");
    }

    private void start(String cron, boolean startScheduler) throws Exception {
        InstantSource clock = () -> {
            ticks.incrementAndGet();
            return now == null ? Instant.now() : now;
        };
        camel.getRegistry().bind("clock", Clock.class, clock.withZone(ZoneOffset.UTC));
        camel.getComponent("offsite", OffsiteComponent.class).setState(state.toString());
        camel.getRegistry().bind("poller", new CronOrIntervalScheduler());
        String schedule = cron == null ? "" : "&scheduler.timeZone=UTC&scheduler.cron=RAW(" + cron + ")";
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("file:" + folder + "?noop=true&initialDelay=10&delay=10&scheduler=#poller&startScheduler="
                                + startScheduler + schedule)
                        .routeId("job")
                        .process(
                                exchange -> polled.add(exchange.getMessage().getHeader("CamelFileName", String.class)));
            }
        });
        camel.start();
    }

    private void awaitTicks() {
        int before = ticks.get();
        await().atMost(Duration.ofSeconds(30)).until(() -> ticks.get() > before + 1);
    }

    private void awaitPolled(String name) throws IOException {
        Files.writeString(folder.resolve(name), name);
        await().atMost(Duration.ofSeconds(30)).until(() -> polled.contains(name));
    }

    private ScheduledPollConsumer consumer() {
        return (ScheduledPollConsumer) camel.getRoute("job").getConsumer();
    }
}
