package dev.offsite.component;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.io.HashingInputStream;
import dev.offsite.job.DatedFolder;
import dev.offsite.job.JobEvent;
import dev.offsite.job.JobStatus;
import dev.offsite.job.Setting;
import dev.offsite.ledger.Ledger;
import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.TemporaryName;
import dev.offsite.ship.ActiveRuns;
import dev.offsite.ship.ShipCompletion;
import dev.offsite.ship.ShipResult;
import dev.offsite.source.SourceScan;
import dev.offsite.support.Bench;
import dev.offsite.support.OpenedFiles;
import dev.offsite.support.Parts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShipRouteIT {

    @TempDir
    private Path folder;

    private static List<Path> all(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> parts(Path root) {
        return all(root).stream()
                .filter(file -> TemporaryName.matches(file.getFileName().toString()))
                .toList();
    }

    private static Path dated(ShipResult result, Bench bench) {
        return bench.server().files().resolve(result.folders().get(0).substring(1));
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        IntStream.range(0, size).forEach(i -> bytes[i] = (byte) (i * 31 + i / 251));
        return bytes;
    }

    private static Manifest manifest(Path dated) throws IOException {
        return Manifest.parse(Files.readString(dated.resolve(Manifest.NAME)));
    }

    @Test
    void shipsIntoADatedFolderAndListsWhatIsVerified() throws Exception {
        try (Bench bench = new Bench(folder).start()) {
            bench.backup("app.dump", bytes(200_000));
            bench.backup("wiki/pages/one.tar", bytes(10));
            bench.backup(".hidden", bytes(3));
            bench.backup("empty", new byte[0]);

            ShipResult result = bench.run();

            assertThat(result.succeeded()).isTrue();
            assertThat(result.shipped()).isEqualTo(4);
            assertThat(result.bytes()).isEqualTo(200_013);
            assertThat(result.folders()).containsExactly(Bench.ROOT + "/20260131");
            Path dated = dated(result, bench);
            assertThat(dated.resolve("app.dump")).hasBinaryContent(bytes(200_000));
            assertThat(dated.resolve("wiki/pages/one.tar")).hasBinaryContent(bytes(10));
            assertThat(manifest(dated).names())
                    .containsExactlyInAnyOrder("app.dump", "wiki/pages/one.tar", ".hidden", "empty");
            assertThat(parts(bench.root())).isEmpty();
        }
    }

    @Test
    void aSecondPollShipsNothingAndOpensNoConnection() throws Exception {
        try (Bench bench = new Bench(folder).start()) {
            bench.backup("app.dump", bytes(10));
            bench.run();
            int logins = bench.server().logins();

            ShipResult second = bench.run();

            assertThat(second.empty()).isTrue();
            assertThat(bench.server().logins()).isEqualTo(logins);
        }
    }

    @Test
    void aFileThatChangedIsShippedAgainAndReplacesItsCopy() throws Exception {
        try (Bench bench = new Bench(folder).start()) {
            bench.backup("app.dump", bytes(10));
            bench.backup("other", bytes(5));
            bench.run();
            bench.backup("app.dump", bytes(20));

            ShipResult second = bench.run();

            assertThat(second.shipped()).isEqualTo(1);
            assertThat(dated(second, bench).resolve("app.dump")).hasBinaryContent(bytes(20));
            assertThat(manifest(dated(second, bench)).names()).containsExactlyInAnyOrder("app.dump", "other");
        }
    }

    @Test
    void aFileThatWasJustWrittenWaitsForTheNextPoll() throws Exception {
        try (Bench bench =
                new Bench(folder).set("camel.routeTemplate[db].ready", "1h").start()) {
            Files.write(bench.source().resolve("growing"), bytes(10));
            bench.backup("finished", bytes(10));
            Files.setLastModifiedTime(bench.source().resolve("finished"), FileTime.fromMillis(1_000_000_000));

            assertThat(bench.run().shipped()).isEqualTo(1);
            assertThat(bench.run().empty()).isTrue();
            assertThat(bench.root().resolve("20260131/growing")).doesNotExist();
        }
    }

    @Test
    void foldersAreLeftOutWhereTheJobIsNotRecursive() throws Exception {
        try (Bench bench = new Bench(folder)
                .set("camel.routeTemplate[db].recursive", "false")
                .start()) {
            bench.backup("here", bytes(10));
            bench.backup("below/there", bytes(10));

            ShipResult result = bench.run();

            assertThat(manifest(dated(result, bench)).names()).containsExactly("here");
        }
    }

    @Test
    void theLedgerHasTheKeyThatTheRouteBuilds() throws Exception {
        List<String> names = List.of("with space", "back\\slash", "${x}", "{{x}}", "#?%20*", "ünï", "a/b c/d", "'\"`");
        try (Bench bench = new Bench(folder).start()) {
            for (String name : names) {
                bench.backup(name, bytes(10));
            }

            assertThat(bench.run().shipped()).isEqualTo(names.size());

            Ledger ledger = bench.bean(Ledger.class);
            var files = SourceScan.in(bench.source(), true).files();
            assertThat(files).hasSize(names.size()).allSatisfy(file -> assertThat(ledger.contains(bench.job(), file))
                    .as(file.toString())
                    .isTrue());
        }
    }

    @Test
    void onePassOfTheServerVerifiesAllThatWait() throws Exception {
        int files = 40;
        AtomicInteger commands = new AtomicInteger();
        BiConsumer<String, Path> untilAllAreUploaded = (command, root) -> {
            if (commands.incrementAndGet() == 1) {
                await().until(() -> parts(root).size() == files);
            }
        };
        try (Bench bench = new Bench(folder, untilAllAreUploaded).start()) {
            for (int i = 0; i < files; i++) {
                bench.backup("file-" + i, bytes(i));
            }

            assertThat(bench.run().shipped()).isEqualTo(files);
            // The first, the many that waited, and at most one for each upload that was just ending.
            assertThat(commands).hasValueLessThanOrEqualTo(6);
        }
    }

    @Test
    void whatDiffersOnTheServerIsUploadedAgainAsAWhole() throws Exception {
        AtomicInteger commands = new AtomicInteger();
        AtomicLong read = new AtomicLong();
        BiConsumer<String, Path> cutTheFirst = (command, root) -> {
            if (commands.incrementAndGet() == 1) {
                parts(root).forEach(part -> write(part, bytes(1000)));
            }
        };
        try (Bench bench = new Bench(folder, cutTheFirst).start()) {
            bench.bean(ActiveRuns.class).onProgress(read::addAndGet);
            bench.backup("app.dump", bytes(100_000));

            ShipResult result = bench.run();

            assertThat(result.succeeded()).isTrue();
            assertThat(commands).hasValue(2);
            assertThat(read).hasValue(200_000);
            assertThat(dated(result, bench).resolve("app.dump")).hasBinaryContent(bytes(100_000));
        }
    }

    private static void write(Path file, byte[] bytes) {
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Invariant 1: what was not verified is not there under its name, and the good copy that was there before is. */
    @Test
    void aFailedVerificationIsTriedAgainThenFailsByNameAndHarmsNoGoodCopy() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        String bad = Parts.start("bad.dump");
        BiConsumer<String, Path> spoil = (command, root) -> {
            if (command.contains(bad)) {
                parts(root).stream()
                        .filter(part -> Parts.isOf(part, "bad.dump"))
                        .forEach(part -> {
                            if (part.toFile().length() == 200) {
                                tries.incrementAndGet();
                                write(part, new byte[200]);
                            }
                        });
            }
        };
        try (Bench bench = new Bench(folder, spoil).set("offsite.retries", "1").start()) {
            bench.backup("bad.dump", bytes(100));
            Path dated = dated(bench.run(), bench);
            bench.backup("bad.dump", bytes(200));
            bench.backup("good.dump", bytes(200));

            ShipResult result = bench.run();

            assertThat(tries).hasValue(2);
            assertThat(result.failed()).containsExactly("bad.dump");
            assertThat(result.shipped()).isEqualTo(1);
            assertThat(result.targetFailure()).isNull();
            assertThat(dated.resolve("bad.dump")).hasBinaryContent(bytes(100));
            assertThat(manifest(dated).names()).containsExactlyInAnyOrder("bad.dump", "good.dump");
            assertThat(parts(bench.root())).isEmpty();
            assertThat(bench.bean(Ledger.class)
                            .contains(
                                    bench.job(),
                                    SourceScan.in(bench.source(), true).files().stream()
                                            .filter(f -> f.file().getName().equals("bad.dump"))
                                            .findFirst()
                                            .orElseThrow()))
                    .isFalse();
        }
    }

    /** Invariant 1: what is verified is what was there all the time. */
    @Test
    void aFileThatIsWrittenToWhileItIsSentIsNotShipped() throws Exception {
        try (Bench bench = new Bench(folder).start()) {
            Path small = bench.backup("small", bytes(1000));
            Path large = bench.backup("large", bytes(200_000));
            bench.bean(ActiveRuns.class).onProgress(read -> {
                write(small, bytes(1000));
                write(large, bytes(200_000));
            });

            ShipResult result = bench.run();

            assertThat(result.failed()).containsExactlyInAnyOrder("small", "large");
            assertThat(all(bench.root())).containsExactly(bench.root().resolve(".offsite-owner"));
        }
    }

    /** Invariant 2. */
    @Test
    void aCopyThatCannotHaveItsNameIsNotListed() throws Exception {
        try (Bench bench = new Bench(folder).set("offsite.retries", "0").start()) {
            Files.createDirectories(bench.root().resolve("20260131/taken/by a folder"));
            bench.backup("taken", bytes(10));
            List<String> good =
                    IntStream.range(0, 30).mapToObj(i -> "good " + i).toList();
            for (String name : good) {
                bench.backup(name, bytes(10));
            }

            ShipResult result = bench.run();

            assertThat(result.failed()).containsExactly("taken");
            assertThat(result.shipped()).isEqualTo(good.size());
            assertThat(manifest(dated(result, bench)).names()).containsExactlyInAnyOrderElementsOf(good);
        }
    }

    /** Invariant 2: whoever checks the folder finds nothing wrong, also while copies are being replaced. */
    @Test
    void thereIsNoMomentAtWhichTheManifestIsWrong() throws Exception {
        Queue<String> wrong = new ConcurrentLinkedQueue<>();
        AtomicInteger looked = new AtomicInteger();
        try (Bench bench = new Bench(folder).start()) {
            bench.server().accessFiles(new OpenedFiles(file -> {
                if (Parts.isOf(file, Manifest.NAME)) {
                    looked.incrementAndGet();
                    wrong.addAll(wrong(file.getParent()));
                }
            }));
            for (int size : new int[] {10, 20}) {
                bench.backup("app.dump", bytes(size));
                assertThat(bench.run().shipped()).isEqualTo(1);
            }

            assertThat(wrong).isEmpty();
            assertThat(looked).hasValueGreaterThan(1);
            assertThat(wrong(bench.root().resolve("20260131"))).isEmpty();
        }
    }

    /** The names whose files are not as SHA256SUMS says. */
    private static List<String> wrong(Path dated) throws IOException {
        List<String> wrong = new ArrayList<>();
        if (Files.exists(dated.resolve(Manifest.NAME))) {
            for (Map.Entry<String, String> one : manifest(dated).entries()) {
                if (!HashingInputStream.sha256(dated.resolve(one.getKey()), read -> {})
                        .equals(one.getValue())) {
                    wrong.add(one.getKey());
                }
            }
        }
        return wrong;
    }

    /** Invariant 2: it may list what is nowhere else. */
    @Test
    void aManifestThatCannotBeReadIsNotWrittenOver() throws Exception {
        try (Bench bench = new Bench(folder).set("offsite.retries", "0").start()) {
            Path manifest =
                    Files.createDirectories(bench.root().resolve("20260131")).resolve(Manifest.NAME);
            Files.writeString(manifest, "no sums");
            bench.backup("app.dump", bytes(10));

            ShipResult result = bench.run();

            assertThat(result.failed()).containsExactly("app.dump");
            assertThat(result.failures().get("app.dump")).contains("SHA256SUMS is damaged");
            assertThat(result.targetFailure()).as("other folders can be used").isNull();
            assertThat(manifest).hasContent("no sums");
        }
    }

    /** Invariant 3: the ledger has a file after the manifest has it. */
    @Test
    void whatCannotBeListedIsNotCommitted() throws Exception {
        AtomicBoolean full = new AtomicBoolean(true);
        try (Bench bench = new Bench(folder).set("offsite.retries", "0").start()) {
            bench.server().accessFiles(new OpenedFiles(file -> {
                if (full.get() && Parts.isOf(file, Manifest.NAME)) {
                    throw new IOException("no space left");
                }
            }));
            bench.backup("app.dump", bytes(10));

            assertThat(bench.run().failed()).containsExactly("app.dump");

            full.set(false);
            ShipResult next = bench.run();
            assertThat(next.shipped()).isEqualTo(1);
            assertThat(manifest(dated(next, bench)).names()).containsExactly("app.dump");
        }
    }

    /** Invariant 12. */
    @Test
    void aPollThatFailsEndsItsRunAndNoOther() throws Exception {
        try (Bench bench = new Bench(folder).start()) {
            Files.delete(bench.source());
            assertThat(bench.run().shipped()).isZero();

            bench.backup("app.dump", bytes(10));
            assertThat(bench.run().shipped()).isEqualTo(1);
        }
    }

    /** Invariants 8 and 13: nothing was found there, but not because nothing is new. */
    @Test
    void aSourceThatIsGoneFailsTheRun() throws Exception {
        try (Bench bench = new Bench(folder).set("offsite.serve", "true").set("camel.routeTemplate[db].poll", "50ms")) {
            Files.delete(bench.source());
            bench.start();

            await().until(() -> bench.bean(JobStatus.class).last(bench.job()) == JobStatus.State.FAILED);
        }
    }

    /** Invariants 8 and 13: the consumer passes over it without a word. */
    @Test
    void whatTheServiceCannotShipFailsItsRun() throws Exception {
        try (Bench bench = new Bench(folder).set("offsite.serve", "true").set("camel.routeTemplate[db].poll", "50ms")) {
            bench.backup("app.dump", bytes(10));
            Files.createSymbolicLink(bench.source().resolve("to nothing"), Path.of("nowhere"));
            bench.start();

            await().until(() -> Files.exists(bench.root().resolve("20260131").resolve(Manifest.NAME)));
            await().untilAsserted(() ->
                    assertThat(bench.bean(JobStatus.class).last(bench.job())).isEqualTo(JobStatus.State.FAILED));
        }
    }

    /** Invariant 9, within the service. */
    @Test
    void aPollWhileTheFormerRunGoesOnIsSkipped() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        BiConsumer<String, Path> hold = (command, root) -> {
            reached.countDown();
            await().atMost(Duration.ofMinutes(1)).until(() -> go.getCount() == 0);
        };
        try (Bench bench = new Bench(folder, hold).start()) {
            bench.backup("first", bytes(10));
            CompletableFuture<ShipResult> first = bench.poll();
            assertThat(reached.await(1, TimeUnit.MINUTES)).isTrue();
            bench.backup("second", bytes(10));

            bench.pollAgain();
            assertThat(first).isNotDone();
            go.countDown();

            assertThat(first.get(1, TimeUnit.MINUTES).shipped()).isEqualTo(1);
            ShipResult next = bench.run();
            assertThat(next.shipped()).isEqualTo(1);
            assertThat(manifest(dated(next, bench)).names()).containsExactlyInAnyOrder("first", "second");
        }
    }

    /** A user's own route: keeps the events that it hears. */
    private static final class Notified extends RouteBuilder {
        private final Queue<JobEvent> events = new ConcurrentLinkedQueue<>();

        @Override
        public void configure() {
            from("offsite:events?types=shipped,failed")
                    .process(exchange -> events.add(exchange.getMessage().getBody(JobEvent.class)));
        }
    }

    @Test
    void theServiceTellsTheUsersRouteOnceAndPrunes() throws Exception {
        Notified notified = new Notified();
        try (Bench bench = new Bench(folder)
                .set("offsite.serve", "true")
                .set("camel.routeTemplate[db].poll", "50ms")
                .set("camel.routeTemplate[db].keep", "2")) {
            for (int days = 1; days <= 4; days++) {
                Path old = bench.root().resolve(DatedFolder.BASIC.name(Bench.TODAY.minusDays(days)));
                Files.createDirectories(old);
                Files.writeString(old.resolve(Manifest.NAME), "0".repeat(64) + "  x\n", UTF_8);
            }
            Files.createDirectory(bench.root().resolve("not-ours"));
            bench.backup("app.dump", bytes(10));
            bench.bind("notified", notified).start();

            await().untilAsserted(() -> assertThat(bench.root().toFile().list())
                    .hasSize(5)
                    .contains("not-ours", ".trash", ".offsite-owner")
                    .doesNotContain(DatedFolder.BASIC.name(Bench.TODAY.minusDays(3))));
            await().until(() -> !notified.events.isEmpty());
            assertThat(notified.events).singleElement().isInstanceOfSatisfying(JobEvent.Shipped.class, event -> {
                assertThat(event.job()).isEqualTo("db");
                assertThat(event.files()).isEqualTo(1);
            });
            assertThat(bench.bean(JobStatus.class).last(bench.job())).isEqualTo(JobStatus.State.OK);
        }
    }

    /** Invariant 6. */
    @Test
    void afterARunThatFailedNothingIsPruned() throws Exception {
        try (Bench bench = new Bench(folder, (command, root) -> parts(root).forEach(part -> write(part, new byte[1])))
                .set("offsite.retries", "0")
                .set("camel.routeTemplate[db].keep", "1")) {
            for (String date : List.of("20200101", "20200102")) {
                Files.createDirectories(bench.root().resolve(date));
                Files.writeString(bench.root().resolve(date).resolve(Manifest.NAME), "0".repeat(64) + "  x\n");
            }
            bench.backup("app.dump", bytes(10));
            bench.start();

            ShipResult result = bench.run();

            assertThat(result.succeeded()).isFalse();
            assertThat(bench.bean(ShipCompletion.class).end(result)).isEmpty();
            assertThat(bench.root().toFile().list()).contains("20200101", "20200102");
            assertThat(bench.bean(JobStatus.class).last(bench.job())).isEqualTo(JobStatus.State.FAILED);
        }
    }

    @Test
    void theTemplateHasNoParameterThatNobodyUses() throws IOException {
        String yaml = Files.readString(Path.of("routes/ship.camel.yaml"));
        String java = Files.readString(Path.of("src/main/java/dev/offsite/job/JobParser.java"))
                + Files.readString(Path.of("src/main/java/dev/offsite/job/TargetParser.java"))
                + Files.readString(Path.of("src/main/java/dev/offsite/component/CamelJobs.java"))
                + Files.readString(Path.of("src/main/java/dev/offsite/retention/Rule.java"));
        assertThat(Setting.ofJob()).allSatisfy(setting -> assertThat(yaml.contains("{{" + setting.key() + "}}")
                        || yaml.contains("{{?" + setting.key() + "}}")
                        || java.contains('"' + setting.key().replace("-file", "") + '"'))
                .as(setting.key())
                .isTrue());
    }
}
