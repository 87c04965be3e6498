package dev.offsite.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.quartz.QuartzComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.pollconsumer.quartz.QuartzScheduledPollConsumerScheduler;
import org.apache.camel.support.ScheduledPollConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.quartz.SchedulerException;
import org.quartz.TriggerKey;
import org.quartz.impl.matchers.GroupMatcher;

/** EmbeddingIT has the same with the real Camel 4.22. */
@Timeout(60)
class CronOrIntervalSchedulerTest {

    private static final String EVERY_SECOND = "0/1 * * * * ?";

    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final Set<String> polled = new ConcurrentSkipListSet<>();

    @TempDir
    Path folder;

    @AfterEach
    void stop() {
        camel.stop();
    }

    static Stream<QuartzScheduledPollConsumerScheduler> quartz() {
        return Stream.of(new QuartzScheduledPollConsumerScheduler(), new AsInCamel422());
    }

    @ParameterizedTest
    @MethodSource("quartz")
    void pollsByItsScheduleAlsoAfterARestart(QuartzScheduledPollConsumerScheduler quartz) throws Exception {
        start(quartz, EVERY_SECOND, true);
        awaitPolled("first");
        assertThat(triggers()).hasSize(1);
        assertThat(consumer().isSchedulerStarted()).isTrue();

        camel.getRouteController().stopRoute("job");
        assertThat(triggers()).isEmpty();

        camel.getRouteController().startRoute("job");
        awaitPolled("second");
        assertThat(triggers()).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("quartz")
    void waitsUntilItIsStarted(QuartzScheduledPollConsumerScheduler quartz) throws Exception {
        start(quartz, EVERY_SECOND, false);
        assertThat(triggers()).isEmpty();
        assertThat(consumer().isSchedulerStarted()).isFalse();

        consumer().startScheduler();
        awaitPolled("first");
    }

    @Test
    void pollsAgainAndAgainWithoutASchedule() throws Exception {
        start(new QuartzScheduledPollConsumerScheduler(), null, true);
        awaitPolled("first");
        awaitPolled("second");
        assertThat(triggers()).isEmpty();
        assertThat(consumer().isSchedulerStarted()).isTrue();
    }

    private void start(QuartzScheduledPollConsumerScheduler quartz, String cron, boolean startScheduler)
            throws Exception {
        camel.getRegistry().bind("poller", new CronOrIntervalScheduler(quartz));
        String schedule = cron == null ? "" : "&scheduler.cron=RAW(" + cron + ")";
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

    private void awaitPolled(String name) throws IOException {
        Files.writeString(folder.resolve(name), name);
        await().atMost(Duration.ofSeconds(30)).until(() -> polled.contains(name));
    }

    private ScheduledPollConsumer consumer() {
        return (ScheduledPollConsumer) camel.getRoute("job").getConsumer();
    }

    private Set<TriggerKey> triggers() throws SchedulerException {
        return camel.getComponent("quartz", QuartzComponent.class)
                .getScheduler()
                .getTriggerKeys(GroupMatcher.anyGroup());
    }

    /** Schedules where the class of Camel 4.22 does: in startScheduler(). The one of Camel 4.17 does so at its start. */
    private static final class AsInCamel422 extends QuartzScheduledPollConsumerScheduler {

        private boolean scheduled;

        @Override
        protected void doStart() {}

        @Override
        public void startScheduler() {
            if (scheduled) {
                return;
            }
            try {
                super.doStart();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            scheduled = true;
        }

        @Override
        public boolean isSchedulerStarted() {
            return scheduled;
        }

        @Override
        protected void doStop() throws Exception {
            super.doStop();
            scheduled = false;
        }
    }
}
