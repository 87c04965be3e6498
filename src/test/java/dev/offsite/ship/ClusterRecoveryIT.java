package dev.offsite.ship;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.offsite.cluster.Cluster;
import dev.offsite.cluster.ClusterSettings;
import dev.offsite.cluster.Clusters;
import dev.offsite.io.HashingInputStream;
import dev.offsite.ledger.Ledger;
import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.PartNames;
import dev.offsite.owner.RootException;
import dev.offsite.resume.UploadRecord;
import dev.offsite.resume.UploadRecords;
import dev.offsite.source.FileClaims;
import dev.offsite.source.FileState;
import dev.offsite.source.SourceScan.SourceFile;
import dev.offsite.support.Bench;
import dev.offsite.support.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of what a node of a cluster leaves on the server, with a real database and the embedded server. */
@Timeout(240)
class ClusterRecoveryIT {

    private static final String DATED = Bench.ROOT + "/20260131";
    private static final String UNKNOWN = ".offsite-00112233445566778899aabbccddeeff.part";
    private static final int LARGE = 5 << 20;
    private static final int CONFIRMED = 1 << 20;

    private static PostgresServer database;

    @TempDir
    Path folder;

    private final AtomicReference<Runnable> beforeHash = new AtomicReference<>(() -> {});
    private ClusterSettings settings;
    private Bench bench;

    @BeforeAll
    static void startDatabase() throws IOException {
        database = PostgresServer.start();
    }

    @AfterAll
    static void stopDatabase() {
        if (database != null) {
            database.close();
        }
    }

    @BeforeEach
    void startNode() throws Exception {
        settings = database.database();
        bench = new Bench(folder, (command, root) -> beforeHash.get().run())
                .set("offsite.cluster", settings.url().orElseThrow())
                .set("offsite.cluster.user", settings.user().orElseThrow())
                .set(
                        "offsite.cluster.password-file",
                        settings.passwordFile().orElseThrow().toString())
                .start();
        // So that this node knows the server, its hash command and what is there.
        bench.backup("first.dump", bytes(1, 10));
        assertThat(bench.run().shipped()).isEqualTo(1);
        // As if an earlier run of any node had found nothing else.
        bench.services().ledger().searched(bench.job());
        assertThat(folder.resolve("state/ledger.mv")).doesNotExist();
    }

    @AfterEach
    void stopNode() throws IOException {
        if (bench != null) {
            bench.close();
        }
    }

    /** Another node, in this process, which has begun to write into today's folder. */
    private final class Other implements AutoCloseable {
        private final Cluster cluster =
                Clusters.open(settings, "1", getClass().getClassLoader()).orElseThrow();
        private final Ledger ledger = new Ledger(folder.resolve("none").toString());

        Other() {
            cluster.join();
            ledger.setCluster(() -> cluster);
            ledger.start();
            ledger.openFolder(bench.job(), DATED);
        }

        String partName(String name, Path source) throws IOException {
            FileState state = FileState.of(source);
            return new PartNames(cluster.state(), cluster::node).of(DATED, name, state.size(), state.modified());
        }

        void die() {
            String node = cluster.node();
            ledger.stop();
            cluster.close();
            await().until(() -> bench.services().cluster().dead().contains(node));
        }

        @Override
        public void close() {
            ledger.stop();
            cluster.close();
        }
    }

    private static byte[] bytes(int seed, int size) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private Path there(String name) {
        return bench.root().resolve("20260131").resolve(name);
    }

    private Manifest listed() throws IOException {
        return Manifest.parse(Files.readString(there(Manifest.NAME)));
    }

    private CrashRecovery recovery() {
        return bench.bean(CrashRecovery.class);
    }

    private boolean isShipped(Path file) {
        return bench.services().ledger().contains(bench.job(), SourceFile.of(file.toFile()));
    }

    private List<Path> copies(int count) throws IOException {
        Path[] files = new Path[count];
        for (int i = 0; i < count; i++) {
            files[i] = bench.backup("dump-" + i, bytes(i, 1000 + i));
            Files.copy(files[i], there("dump-" + i));
        }
        return List.of(files);
    }

    @Test
    void whatADeadNodeHasPublishedIsListedAndWhatItHasBegunIsRemoved() throws Exception {
        Other other = new Other();
        List<Path> files = copies(3);
        Path cut = bench.backup("cut.dump", bytes(9, 100));
        Path part = Files.write(there(other.partName("cut.dump", cut)), bytes(9, 50));
        Path unknown = Files.write(there(UNKNOWN), bytes(8, 50));
        assertThat(recovery().needed("db")).as("while it is alive").isFalse();
        other.die();
        assertThat(recovery().needed("db")).isTrue();

        recovery().run("db");

        assertThat(part).doesNotExist();
        assertThat(unknown).exists();
        for (Path file : files) {
            assertThat(listed().hash(file.getFileName().toString())).contains(HashingInputStream.sha256(file, n -> {}));
            assertThat(isShipped(file)).isTrue();
        }
        assertThat(recovery().needed("db")).isFalse();
        assertThat(bench.run().shipped()).as("only what was cut").isEqualTo(1);
        assertThat(there("cut.dump")).hasSameBinaryContentAs(cut);
        assertThat(bench.services().cluster().claims().ofOthers("")).isEmpty();
        assertThat(database.sql("test%d".formatted(number()), "select count(*) from offsite_claim"))
                .isEqualTo("0");
    }

    private int number() {
        String url = settings.url().orElseThrow();
        return Integer.parseInt(url.substring(url.lastIndexOf("test") + "test".length()));
    }

    @Test
    void whatALivingNodeIsAboutToListIsLeftToIt() throws Exception {
        Path published = bench.backup("published.dump", bytes(2, 100));
        Path sending = bench.backup("sending.dump", bytes(3, 100));
        Path late = bench.backup("late.dump", bytes(4, 100));
        try (Other alive = new Other()) {
            FileClaims claims = new FileClaims(bench.job(), alive.cluster);
            claims.take(published.toFile());
            claims.take(sending.toFile());
            Path part = Files.write(there(alive.partName("sending.dump", sending)), bytes(3, 50));
            Files.copy(published, there("published.dump"));
            // That one is claimed, listed and released while the recovery has a list of files that is older.
            Files.copy(late, there("late.dump"));
            List<SourceFile> waiting = List.of(SourceFile.of(late.toFile()), SourceFile.of(published.toFile()));
            alive.ledger.add(bench.job(), SourceFile.of(late.toFile()), "the other's");
            new Other().die();
            assertThat(recovery().needed("db")).isTrue();

            recovery().run("db", waiting);

            assertThat(part).exists();
            assertThat(there("published.dump")).exists();
            assertThat(listed().names()).containsExactly("first.dump");
            assertThat(isShipped(published)).isFalse();
            assertThat(bench.services().ledger().value(bench.job(), SourceFile.of(late.toFile())))
                    .contains("the other's");
            assertThat(recovery().needed("db")).isFalse();
            assertThat(alive.ledger.unfinished(bench.job())).hasSize(1);
            assertThat(claims.lost(List.of(published.toFile(), sending.toFile())))
                    .isEmpty();
        }
    }

    @Test
    void twoThatRecoverAtOnceTakeTurns() throws Exception {
        List<Path> files = copies(20);
        try (Bench second = bench.beside(folder.resolve("second")).start()) {
            CrashRecovery other = second.bean(CrashRecovery.class);
            new Other().die();
            await().until(() -> other.needed("db"));
            AtomicInteger hashed = new AtomicInteger();
            AtomicBoolean needed = new AtomicBoolean();
            AtomicReference<CompletableFuture<Void>> meanwhile = new AtomicReference<>();
            beforeHash.set(() -> {
                if (hashed.getAndIncrement() == 0) {
                    // In the midst of the first one.
                    meanwhile.set(CompletableFuture.runAsync(() -> run(other)));
                    meanwhile.get().join();
                    needed.set(other.needed("db"));
                }
            });

            recovery().run("db");

            meanwhile.get().get(1, TimeUnit.MINUTES);
            assertThat(needed).as("needed until the first has ended").isTrue();
            assertThat(hashed).as("commands that hash").hasValue(1);
            assertThat(listed().names()).hasSize(1 + files.size());
            assertThat(files).allMatch(this::isShipped);
            assertThat(other.needed("db")).isFalse();
            assertThat(second.run().shipped()).isZero();
        }
    }

    private static void run(CrashRecovery recovery) {
        try {
            recovery.run("db");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Leaves a part file with its record, as an upload does that is cut. */
    private Path cut(Other node, Path source) throws IOException {
        String name = node.partName("large.dump", source);
        Path part = Files.write(there(name), Arrays.copyOf(Files.readAllBytes(source), CONFIRMED));
        String target = bench.job().target().toString();
        UploadRecord record = new UploadRecord(
                "db",
                target,
                DATED + "/" + name,
                source,
                FileState.of(source),
                Optional.empty(),
                CONFIRMED,
                Instant.EPOCH);
        new UploadRecords(node.cluster, Clock.fixed(Bench.NOW, ZoneOffset.UTC))
                .put(UploadRecords.key("db", target, "large.dump", source), record, record.part(), CONFIRMED);
        return part;
    }

    @Test
    void theUploadOfADeadNodeGoesOn() throws Exception {
        Path source = bench.backup("large.dump", bytes(5, LARGE));
        Other other = new Other();
        Path part = cut(other, source);
        Object inode = Files.getAttribute(part, "unix:ino");
        other.die();

        recovery().run("db");
        assertThat(part).as("kept by the recovery").exists();
        assertThat(bench.run().shipped()).isEqualTo(1);

        assertThat(there("large.dump")).hasSameBinaryContentAs(source);
        assertThat(Files.getAttribute(there("large.dump"), "unix:ino")).isEqualTo(inode);
        assertThat(part).doesNotExist();
        assertThat(bench.services().cluster().state().names("uploads")).isEmpty();
    }

    @Test
    void theUploadOfALivingNodeIsNotTouched() throws Exception {
        Path source = bench.backup("large.dump", bytes(5, LARGE));
        try (Other other = new Other()) {
            Path part = cut(other, source);
            byte[] before = Files.readAllBytes(part);
            new Other().die();

            recovery().run("db");
            assertThat(bench.run().shipped()).isEqualTo(1);

            assertThat(there("large.dump")).hasSameBinaryContentAs(source);
            assertThat(part).hasBinaryContent(before);
        }
    }

    /** A new database, in place of one that was lost: shipping meanwhile would send all again. */
    @Test
    void nobodyShipsWhileAnotherNodeSearchesForWhatWasShipped() throws Exception {
        Map<String, String> fresh = Map.of(
                "offsite.cluster", database.database().url().orElseThrow(), "offsite.state", folder + "/state 2");
        Bench again = bench.beside(folder.resolve("again"));
        fresh.forEach(again::set);
        try (again) {
            again.start();
            CrashRecovery recovery = again.bean(CrashRecovery.class);
            again.services()
                    .owners()
                    .adopt(
                            again.job(),
                            again.services().connections().to(again.job()).sessions());
            Cluster cluster = again.services().cluster();
            try (Cluster.Lock lock = cluster.lock("recovery " + again.job().destination(), Duration.ZERO)
                    .orElseThrow()) {
                assertThatThrownBy(() -> recovery.run("db"))
                        .isInstanceOf(RootException.class)
                        .hasMessageContaining("the next run tries again");
            }
            recovery.run("db");
            assertThat(again.run().shipped()).isZero();
        }
    }
}
