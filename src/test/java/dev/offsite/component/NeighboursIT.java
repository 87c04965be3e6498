package dev.offsite.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.offsite.ledger.Ledger;
import dev.offsite.manifest.Manifest;
import dev.offsite.ship.ShipCompletion;
import dev.offsite.ship.ShipResult;
import dev.offsite.source.SourceScan;
import dev.offsite.support.Bench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.errorhandler.DeadLetterChannelDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The routes in an application that has other things in it. */
@Timeout(120)
class NeighboursIT {

    @TempDir
    private Path folder;

    private Bench bench(String name) throws IOException {
        return new Bench(Files.createDirectory(folder.resolve(name)));
    }

    private static boolean shipped(Bench bench, String name) throws IOException {
        Path manifest = bench.root().resolve("20260131").resolve(Manifest.NAME);
        return Files.exists(manifest)
                && Manifest.parse(Files.readString(manifest)).names().contains(name);
    }

    /** A dead letter channel takes a failed file for done: into the ledger, and never shipped. */
    @Test
    void theApplicationsDeadLetterChannelDoesNotTakeFailedFilesForShipped() throws Exception {
        RouteBuilder global = new RouteBuilder() {
            @Override
            public void configure() {
                getContext()
                        .getCamelContextExtension()
                        .setErrorHandlerFactory(new DeadLetterChannelDefinition("log:dead"));
            }
        };
        try (Bench bench = bench("one")
                .set("offsite.port", "1")
                .set("offsite.retries", "0")
                .routes(global)
                .start()) {
            bench.backup("app.dump", new byte[10]);

            assertThat(bench.run().succeeded()).isFalse();

            assertThat(SourceScan.in(bench.source(), true).files())
                    .singleElement()
                    .satisfies(file -> assertThat(bench.bean(Ledger.class).contains(bench.job(), file))
                            .isFalse());
        }
    }

    @Test
    void twoContextsRunInOneJvm() throws Exception {
        try (Bench one = bench("one").start();
                Bench other = bench("other").start()) {
            one.backup("of one", new byte[10]);
            other.backup("of other", new byte[10]);

            assertThat(one.run().shipped()).isEqualTo(1);
            assertThat(other.run().shipped()).isEqualTo(1);

            assertThat(shipped(one, "of one")).isTrue();
            assertThat(shipped(one, "of other")).isFalse();
            assertThat(shipped(other, "of other")).isTrue();
        }
    }

    @Test
    void aStateFolderThatIsInUseIsNotCalledDamaged() throws Exception {
        String state = folder.resolve("state").toString();
        try (Bench one = bench("one").set("offsite.state", state).start();
                Bench other = bench("other").set("offsite.state", state)) {
            assertThat(one.context().isStarted()).isTrue();
            assertThatThrownBy(other::start)
                    .rootCause()
                    .hasMessageContaining(state)
                    .hasMessageContaining("in use");
        }
    }

    /** The end of a run and the stop of the context must not wait for each other. */
    @Test
    void aStopRightAfterARunIsNotHeldUp() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        RouteBuilder listens = new RouteBuilder() {
            @Override
            public void configure() {
                from("offsite:events").process(exchange -> told.countDown());
            }
        };
        try (Bench bench = bench("one")
                .set("offsite.serve", "true")
                .set("camel.routeTemplate[db].poll", "50ms")
                .routes(listens)) {
            bench.backup("app.dump", new byte[10]);
            bench.start();
            assertThat(told.await(1, TimeUnit.MINUTES)).isTrue();

            // Camel waits ten seconds for a pool of threads before it forces it.
            assertTimeout(Duration.ofSeconds(9), () -> bench.context().stop());
        }
    }

    @Test
    void aListenerThatFailsOrHangsFailsNothingAndHoldsNothingUp() throws Exception {
        CountDownLatch pruned = new CountDownLatch(1);
        RouteBuilder listens = new RouteBuilder() {
            @Override
            public void configure() {
                from("offsite:events?types=shipped").process(exchange -> {
                    throw new StackOverflowError();
                });
                from("offsite:events?types=shipped,failed").routeId("hangs").delay(3_600_000);
                from("offsite:events").process(exchange -> {
                    pruned.countDown();
                    throw new StackOverflowError();
                });
            }
        };
        try (Bench bench = bench("one").routes(listens)) {
            bench.backup("app.dump", new byte[10]);
            bench.start();

            ShipResult result = bench.run();

            assertThat(result.succeeded()).isTrue();
            assertThat(bench.bean(ShipCompletion.class).end(result)).isEmpty();
            assertThat(pruned.await(1, TimeUnit.MINUTES)).isTrue();
            ((OffsiteEventsConsumer) bench.context().getRoute("hangs").getConsumer()).waitAtMost(Duration.ofMillis(10));
            assertTimeout(Duration.ofSeconds(30), () -> bench.context().stop());
        }
    }

    @Test
    void whenTheContextStopsTheLedgerIsFreeAndNoThreadStays() throws Exception {
        String state = folder.resolve("state").toString();
        try (Bench one = bench("one").set("offsite.state", state)) {
            one.start().backup("app.dump", new byte[10]);
            one.run();
            CamelContext context = one.context();

            context.stop();

            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.contains("offsite-") && name.contains(context.getName()));
        }
        try (Bench next = bench("next").set("offsite.state", state).start()) {
            assertThat(next.context().isStarted()).isTrue();
        }
    }
}
