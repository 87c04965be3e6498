package dev.offsite.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.offsite.demo.EmbeddedServer.Exec.Result;
import dev.offsite.job.JobEvent;
import dev.offsite.manifest.Manifest;
import dev.offsite.support.Bench;
import dev.offsite.support.OpenedFiles;
import dev.offsite.support.Parts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Invariants 6 and 9, where only a server that does as it is told can show them. */
@Timeout(120)
class PrunerIT {

    @TempDir
    private Path folder;

    private static void dated(Bench bench, String name) throws IOException {
        Path dated = Files.createDirectories(bench.root().resolve(name));
        Files.createFile(dated.resolve(Manifest.NAME));
    }

    /** What a command saw, the listing must have. */
    @Test
    void aListingThatWasCutShortPrunesNothing() throws Exception {
        try (Bench bench = Bench.answering(
                        folder,
                        (command, root) -> command.startsWith("find ")
                                ? new Result(0, Bench.ROOT + "/20191231/" + Manifest.NAME + "\n", "")
                                : new Result(127, "", ""))
                .set("camel.routeTemplate[db].keep", "30")) {
            for (int day = 1; day <= 31; day++) {
                dated(bench, "202001%02d".formatted(day));
            }
            bench.start();

            assertThatThrownBy(() -> bench.bean(Pruner.class).prune("db", List.of()))
                    .isInstanceOf(PruneException.class)
                    .hasMessageContaining("was cut short: it lacks 20191231");
            assertThat(bench.root().toFile().list()).hasSize(31);
        }
    }

    /** On a schedule nobody else would be told. */
    @Test
    void listenersHearThatTheServerCannotBeReached() throws Exception {
        Queue<JobEvent> heard = new ConcurrentLinkedQueue<>();
        try (Bench bench = new Bench(folder).routes(new RouteBuilder() {
            @Override
            public void configure() {
                from("offsite:events")
                        .process(exchange -> heard.add(exchange.getMessage().getBody(JobEvent.class)));
            }
        })) {
            bench.start();
            bench.server().close();

            assertThatThrownBy(() -> bench.bean(Pruner.class).prune("db", List.of()))
                    .isInstanceOf(IOException.class);

            await().until(() -> !heard.isEmpty());
            assertThat(heard).singleElement().isInstanceOfSatisfying(JobEvent.Failed.class, event -> assertThat(
                            event.reason())
                    .startsWith("prune: ")
                    .contains("cannot be reached"));
        }
    }

    /** Between the new copy's name and its line nothing else shows that the folder is being written to. */
    @Test
    void aFolderThatCopiesAreGoingIntoIsLeftToTheNext() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (Bench bench = new Bench(folder)
                .set("camel.routeTemplate[db].dated-by", "file")
                .set("camel.routeTemplate[db].keep", "1")) {
            dated(bench, "20200101");
            dated(bench, "20200102");
            bench.server().accessFiles(new OpenedFiles(file -> {
                if (file.getParent().endsWith("20200101") && Parts.isOf(file, Manifest.NAME)) {
                    reached.countDown();
                    await().atMost(1, TimeUnit.MINUTES).until(() -> go.getCount() == 0);
                }
            }));
            Path old = Files.writeString(folder.resolve("old"), "old");
            Files.setLastModifiedTime(old, FileTime.from(Instant.parse("2020-01-01T12:00:00Z")));
            bench.start();
            try (ProducerTemplate producer = bench.context().createProducerTemplate()) {
                CompletableFuture<Object> put =
                        producer.asyncRequestBodyAndHeader("offsite:put", old, "CamelOffsiteJob", "db");
                assertThat(reached.await(1, TimeUnit.MINUTES)).isTrue();

                Pruner.Result pruned =
                        bench.bean(Pruner.class).run("db", new Pruner.Request(false, Optional.empty(), List.of()));

                assertThat(pruned.failed()).containsOnlyKeys("20200101");
                go.countDown();
                put.get(1, TimeUnit.MINUTES);
            }
            assertThat(Manifest.parse(Files.readString(bench.root().resolve("20200101/" + Manifest.NAME)))
                            .names())
                    .containsExactly("old");
        }
    }
}
