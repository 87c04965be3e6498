package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Invariant 12: an Error that nobody thought of, in whichever thread, ends the run, and the run is a failure. */
@RequiresSshd
@Timeout(180)
class BrokenThreadsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private static OpenSshServer server;

    @BeforeAll
    static void start() throws IOException {
        server = OpenSshServer.start(shared.resolve("sshd"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** Nearly every thread asks for the time. Fails once, at the given call. */
    private static final class BrokenClock extends Clock {
        private final AtomicInteger left;

        BrokenClock(int call) {
            left = new AtomicInteger(call);
        }

        boolean hasFailed() {
            return left.get() <= 0;
        }

        @Override
        public Instant instant() {
            if (left.decrementAndGet() == 0) {
                throw new StackOverflowError("injected");
            }
            return Instant.now();
        }

        @Override
        public long millis() {
            return instant().toEpochMilli();
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @Test
    void anErrorInAnyThreadEndsTheRun() throws Exception {
        TestSite offsite = TestSite.of(folder, server);
        int call = 0;
        BrokenClock clock;
        do {
            offsite.backup("small " + call, "small " + call);
            offsite.backup("larger " + call, new byte[100_000 + call]);
            clock = new BrokenClock(++call);

            int exit = within(ship(offsite, clock));

            assertThat(exit != 0).as("call %d", call).isEqualTo(clock.hasFailed());
        } while (clock.hasFailed() && call < 25);
        assertThat(call).as("calls that failed").isGreaterThan(5);
        assertThat(offsite.run("ship").exit()).isZero();
        offsite.assertAllOffsite();
    }

    private static CompletableFuture<Integer> ship(TestSite offsite, Clock clock) {
        Configuration configuration = Configuration.load(offsite.configuration());
        return CompletableFuture.supplyAsync(() -> {
            try (StateLock lock = StateLock.take(configuration.state(), "ship");
                    CamelApplication routes = CamelApplication.build(
                            configuration, configuration.routeFiles().toShip(), false)) {
                routes.context().getRegistry().bind("clock", clock);
                routes.start();
                return new ShipOnce(routes).ship("db").exitCode();
            }
        });
    }

    private static int within(CompletableFuture<Integer> ship) throws Exception {
        try {
            return ship.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            // The command says it in one line.
            return ExitCode.FAILED;
        }
    }
}
