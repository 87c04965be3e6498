package dev.offsite.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.job.JobEvent;
import dev.offsite.manifest.Manifest;
import dev.offsite.ship.ShipResult;
import dev.offsite.support.Bench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Endpoint;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.file.FileEndpoint;
import org.apache.camel.processor.ThreadsProcessor;
import org.apache.camel.support.LifecycleStrategySupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More files than a poll may hold. */
class ManyFilesIT {

    private static final int A_POLL = 5;

    @TempDir
    private Path folder;

    private static Bench limited(Bench bench) {
        return bench.bind("limit", new LifecycleStrategySupport() {
            @Override
            public void onEndpointAdd(Endpoint endpoint) {
                if (endpoint instanceof FileEndpoint source) {
                    source.setMaxMessagesPerPoll(A_POLL);
                }
            }
        });
    }

    private static void backups(Bench bench, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            bench.backup("folder " + i % 3 + "/" + i % 2 + "/file " + i, new byte[i]);
        }
    }

    private static Manifest manifest(Bench bench) throws IOException {
        return Manifest.parse(Files.readString(bench.root().resolve("20260131").resolve(Manifest.NAME)));
    }

    @Test
    void theRouteHasALimitForAPoll() throws Exception {
        try (Bench bench = new Bench(folder).start()) {
            FileEndpoint source = (FileEndpoint) bench.context().getRoute("db").getEndpoint();

            assertThat(source.getMaxMessagesPerPoll()).isBetween(100, 5000);
            assertThat(source.isEagerMaxMessagesPerPoll()).isTrue();
            // Where it has no room, the poll does the upload.
            assertThat(bench.context().getRoute("db").filter("*"))
                    .filteredOn(ThreadsProcessor.class::isInstance)
                    .singleElement()
                    .satisfies(threads -> assertThat(
                                    ((ThreadPoolExecutor) ((ThreadsProcessor) threads).getExecutorService())
                                            .getQueue()
                                            .remainingCapacity())
                            .isGreaterThan(2 * source.getMaxMessagesPerPoll()));
        }
    }

    @Test
    void noMoreAreHeldThanAPollMayTakeAndAllAreOneRun() throws Exception {
        CountDownLatch verification = new CountDownLatch(1);
        try (Bench bench = limited(new Bench(folder, (command, root) -> hold(verification)))
                .start()) {
            backups(bench, 23);

            CompletableFuture<ShipResult> run = bench.poll();
            bench.pollAgain();

            assertThat(bench.context().getInflightRepository().size("db")).isEqualTo(A_POLL);
            verification.countDown();
            ShipResult result = run.get(1, TimeUnit.MINUTES);
            assertThat(result.succeeded()).isTrue();
            assertThat(result.shipped()).isEqualTo(23);
            assertThat(result.folders()).hasSize(1);
            assertThat(manifest(bench).size()).isEqualTo(23);
            assertThat(bench.run().empty()).isTrue();
        }
    }

    private static void hold(CountDownLatch latch) {
        try {
            latch.await(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A poll that finds as many as it may and no other after it. */
    @Test
    void exactlyAsManyAsAPollMayTakeAreOneRunToo() throws Exception {
        try (Bench bench = limited(new Bench(folder)).start()) {
            backups(bench, 2 * A_POLL);

            assertThat(bench.run().shipped()).isEqualTo(2 * A_POLL);
        }
    }

    @Test
    void aFileThatFailsIsTriedOnceInAShip() throws Exception {
        try (Bench bench =
                limited(new Bench(folder)).set("offsite.retries", "0").start()) {
            backups(bench, 9);
            for (int i = 0; i < A_POLL + 1; i++) {
                bench.backup("damaged " + i, new byte[3]);
                bench.backup(
                        "damaged " + i + ".sha256",
                        "0".repeat(64).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            }

            ShipResult result = bench.run();

            assertThat(result.failed())
                    .containsExactlyInAnyOrder(
                            "damaged 0", "damaged 1", "damaged 2", "damaged 3", "damaged 4", "damaged 5");
            assertThat(result.shipped()).isEqualTo(9 + A_POLL + 1);
        }
    }

    /** The first of its files says it for all; so no other is even polled. */
    @Test
    void whereTheTargetCannotBeUsedNoOtherPollFollows() throws Exception {
        try (Bench bench = limited(new Bench(folder))
                .set("offsite.port", "1")
                .set("offsite.retries", "0")
                .start()) {
            backups(bench, 23);

            ShipResult result = bench.run();

            assertThat(result.targetFailure()).contains("cannot be reached");
            assertThat(result.failed()).hasSize(A_POLL);
        }
    }

    @Test
    void theServiceTellsOfAllOnceWithoutWaitingForItsNextPoll() throws Exception {
        Queue<Integer> told = new ConcurrentLinkedQueue<>();
        try (Bench bench = limited(new Bench(folder))
                .set("offsite.serve", "true")
                .set("camel.routeTemplate[db].poll", "1h")
                .routes(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("offsite:events?types=shipped")
                                .process(e -> told.add(e.getMessage()
                                        .getBody(JobEvent.Shipped.class)
                                        .files()));
                    }
                })) {
            backups(bench, 23);
            bench.start();

            await().atMost(30, TimeUnit.SECONDS).until(() -> !told.isEmpty());

            assertThat(told).containsExactly(23);
            assertThat(manifest(bench).size()).isEqualTo(23);
        }
    }
}
