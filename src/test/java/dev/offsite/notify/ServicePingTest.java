package dev.offsite.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.job.Job;
import dev.offsite.status.JobMemory;
import dev.offsite.status.JobReport;
import dev.offsite.status.Trouble;
import dev.offsite.support.Fixtures;
import dev.offsite.support.HttpReceiver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServicePingTest {

    private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");

    @TempDir
    Path state;

    private final Job db = Fixtures.job("db", "/srv/db");
    private HttpReceiver receiver;

    @BeforeEach
    void start() throws IOException {
        receiver = HttpReceiver.start();
    }

    @AfterEach
    void stop() {
        receiver.close();
    }

    /** What a service does that was started anew, so many minutes after the start. */
    private void check(int minutes, Trouble... troubles) {
        Instant now = START.plus(Duration.ofMinutes(minutes));
        ServicePing ping = new ServicePing(
                job -> Optional.of(PingUrl.parse(receiver.url("/uuid?x=1"))),
                state.toString(),
                Clock.fixed(now, ZoneOffset.UTC));
        ping.check(List.of(
                new JobReport(db, now, JobMemory.since(START), List.of(), List.of(troubles), Optional.empty())));
        await().until(() -> !ping.isUnderWay());
    }

    private static Trouble failed() {
        return new Trouble("db", Trouble.Kind.FAILED, "ship", START, "ship: no", "");
    }

    @Test
    void onceAnHourForTheSameAndAtOnceForAnother() {
        check(0);
        check(1);
        check(59);
        assertThat(receiver.paths()).containsExactly("/uuid?x=1");
        check(60);
        assertThat(receiver.paths()).hasSize(2);
        check(61, failed());
        check(62, failed());
        assertThat(receiver.paths()).hasSize(3).last().isEqualTo("/uuid/fail?x=1");
        assertThat(receiver.requests().get(2).body()).isEqualTo("db: ship: no\n");
        check(63);
        assertThat(receiver.paths()).hasSize(4).last().isEqualTo("/uuid?x=1");
    }

    @Test
    void oneThatFailedIsSentAgainAtTheNextCheckAndIsInTheStatus() throws IOException {
        receiver.answer(404);
        check(0);
        assertThat(Untold.of(state.toString())).singleElement().satisfies(untold -> {
            assertThat(untold.reason()).isEqualTo("the answer was HTTP status 404");
            assertThat(untold.since()).isEqualTo(START);
        });
        check(1);
        assertThat(Untold.of(state.toString()).get(0).since()).isEqualTo(START);
        receiver.answer(200);
        check(2);
        assertThat(receiver.paths()).hasSize(3);
        assertThat(Untold.of(state.toString())).isEmpty();
        try (Stream<Path> files = Files.list(state)) {
            for (Path file : files.toList()) {
                assertThat(file).content().doesNotContain("uuid");
            }
        }
    }

    @Test
    void aLongTextIsCut() {
        String end = "ü".repeat(10_000) + "the end";
        check(0, new Trouble("db", Trouble.Kind.FAILED, "ship", START, end, ""));
        String body = receiver.requests().get(0).body();
        assertThat(body).endsWith("üthe end\n").doesNotContain("\uFFFD");
        assertThat(body.getBytes(StandardCharsets.UTF_8).length).isBetween(9_990, 10_000);
    }
}
