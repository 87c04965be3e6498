package dev.offsite.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.KeyPair;
import dev.offsite.age.AgeIdentities;
import dev.offsite.age.AgeKeyPair;
import dev.offsite.cluster.ClusterSettings;
import dev.offsite.demo.EmbeddedServer;
import dev.offsite.drill.DrillResult;
import dev.offsite.io.ByteProgress;
import dev.offsite.job.Job;
import dev.offsite.job.Setting;
import dev.offsite.manifest.Manifest;
import dev.offsite.owner.RootMark;
import dev.offsite.ship.ShipResult;
import dev.offsite.support.FreePort;
import dev.offsite.support.HttpReceiver;
import dev.offsite.support.KnownHash;
import dev.offsite.support.PostgresServer;
import dev.offsite.support.Sha256sumExec;
import dev.offsite.support.TestSite;
import dev.offsite.transfer.FileOutcome;
import dev.offsite.transfer.TransferPlanner;
import dev.offsite.transfer.TreeTransfer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.support.EventNotifierSupport;
import org.apache.camel.support.ScheduledPollConsumer;
import org.assertj.core.api.AbstractDoubleAssert;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each key of the configuration does, from the file to the server. */
@Timeout(60)
class SettingEffectsIT {

    /** Half past eleven at night in London, the last day of January; in Berlin it is February. */
    private static final Instant LATE = Instant.parse("2026-01-31T23:30:00Z");

    @TempDir
    private Path folder;

    private final Exec exec = new Exec();
    private EmbeddedServer server;
    private TestSite site;

    @BeforeEach
    void start() throws IOException {
        server = EmbeddedServer.start(folder.resolve("server"), exec);
        site = TestSite.of(folder, server).target("retries", "0").job("zone", "UTC");
        KnownHash.remember(folder.resolve("state"), server);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    /** Answers sha256sum; lies as often as it is told to. */
    private static final class Exec extends Sha256sumExec {
        private final AtomicInteger lies = new AtomicInteger();
        private final AtomicInteger commands = new AtomicInteger();
        /** Whether there is no command at all. */
        private volatile boolean deaf;
        /** What commands have before the paths that SFTP shows. */
        private volatile String below = "";

        private volatile String last = "";
        /** Whether there is a faster command, too. */
        private volatile boolean openssl;

        @Override
        public Result run(String command, Path root) {
            if (command.startsWith("openssl dgst -sha256 -r ") && openssl) {
                last = command;
                String same = command.replace("openssl dgst -sha256 -r", "sha256sum");
                return new Result(0, super.run(same, root).stdout().replace("  /", " */"), "");
            }
            if (!command.startsWith("sha256sum")) {
                return new Result(127, "", "sh: not found");
            }
            commands.incrementAndGet();
            last = command;
            if (deaf) {
                return new Result(127, "", "sh: not found");
            }
            Result seen = super.run(command.replace("'" + below + "/", "'/"), root);
            Result truth = new Result(seen.status(), seen.stdout().replace("  /", "  " + below + "/"), seen.stderr());
            return lies.getAndDecrement() > 0
                    ? new Result(0, truth.stdout().replaceAll("[0-9a-f]{64}", "0".repeat(64)), "")
                    : truth;
        }
    }

    private CamelApplication routes(boolean service) throws IOException {
        CamelApplication routes = CamelApplication.start(Configuration.load(site.configuration()), service);
        // The service waits for moments to come.
        Clock ticking = Clock.offset(Clock.systemUTC(), Duration.between(Instant.now(), LATE));
        bind(routes, service ? ticking : Clock.fixed(LATE, ZoneOffset.UTC));
        return routes;
    }

    private static void bind(CamelApplication routes, Clock clock) {
        routes.context().getRegistry().bind("clock", Clock.class, clock);
    }

    private ShipOnce.Outcome outcome() throws Exception {
        try (CamelApplication routes = routes(false)) {
            return new ShipOnce(routes).ship("db");
        }
    }

    private ShipResult ship() throws Exception {
        return outcome().result();
    }

    /** A backup last written to an hour before {@link #LATE}. */
    private Path backup(String name) throws IOException {
        return backup(name, name);
    }

    private Path backup(String name, String content) throws IOException {
        return dated(site.writeNow(name, content), LATE.minus(Duration.ofHours(1)));
    }

    private static Path dated(Path file, Instant modified) throws IOException {
        return Files.setLastModifiedTime(file, FileTime.from(modified));
    }

    private static Set<String> copies(Path root) throws IOException {
        if (!Files.exists(root)) {
            return Set.of();
        }
        return TestSite.filesIn(root).stream()
                .filter(name -> !name.endsWith(Manifest.NAME) && !name.equals(RootMark.NAME))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The copies in the only dated folder. */
    private Set<String> copies() throws IOException {
        return copies(site.root()).stream()
                .map(name -> name.replaceFirst("^20260131/", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(20)).ignoreExceptions();
    }

    @Test
    void everySettingHasATestOfItsEffect() {
        Set<Setting> shown = Arrays.stream(getClass().getDeclaredMethods())
                .map(method -> method.getAnnotation(EffectOf.class))
                .filter(Objects::nonNull)
                .map(EffectOf::value)
                .collect(Collectors.toSet());

        assertThat(shown).containsExactlyInAnyOrder(Setting.values());
    }

    @Test
    void theTestsAreCalledAsTheirSettings() {
        for (Method method : getClass().getDeclaredMethods()) {
            EffectOf effect = method.getAnnotation(EffectOf.class);
            if (effect != null) {
                String key = effect.value().key().replaceAll("[-.]", "");
                assertThat(method.getName().toLowerCase(java.util.Locale.ROOT)).startsWith(key);
            }
        }
    }

    // ---- A job

    @Test
    @EffectOf(Setting.SOURCE)
    void source() throws Exception {
        backup("not this");
        Path other = Files.createDirectories(folder.resolve("other backups"));
        dated(Files.writeString(other.resolve("this"), "x"), LATE.minusSeconds(20));
        site.job("source", "other backups");

        assertThat(ship().shipped()).isEqualTo(1);
        assertThat(copies()).containsExactly("this");
    }

    @Test
    @EffectOf(Setting.ROOT)
    void root() throws Exception {
        backup("dump");
        site.job("root", "/another/place");

        assertThat(ship().folders()).containsExactly("/another/place/20260131");
        assertThat(copies(server.files().resolve("another/place"))).containsExactly("20260131/dump");
    }

    /** It is part of what the ledger remembers. */
    @Test
    @EffectOf(Setting.ROOT)
    void rootMayHaveAnyName() throws Exception {
        backup("dump");
        site.job("root", "/a+b & c%41=#1?(x)/of f");

        ShipOnce.Outcome outcome = outcome();

        assertThat(outcome.exitCode()).isZero();
        assertThat(copies(server.files().resolve("a+b & c%41=#1?(x)/of f"))).containsExactly("20260131/dump");
        assertThat(ship().empty()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*.sql | a.sql",
                "**/*.sql , *.gz | a.sql, b.gz, sub/c.sql",
                "x? y.? ?1?41 | x& y.+ #1%41",
                "A.SQL | "
            })
    @EffectOf(Setting.INCLUDE)
    void include(String patterns, String shipped) throws Exception {
        for (String name : List.of("a.sql", "b.gz", "sub/c.sql", "sub/d?e.sql.1", "x& y.+ #1%41")) {
            backup(name);
        }
        site.job("include", patterns);

        ShipOnce.Outcome outcome = outcome();

        assertThat(outcome.exitCode()).isEqualTo(shipped == null ? ExitCode.FAILED : ExitCode.OK);
        assertThat(copies()).isEqualTo(shipped == null ? Set.of() : new TreeSet<>(List.of(shipped.split(", "))));
    }

    @Test
    @EffectOf(Setting.EXCLUDE)
    void exclude() throws Exception {
        for (String name : List.of("a.sql", "a.tmp", "sub/b.sql", "sub/b.tmp", "cache/x")) {
            backup(name);
        }
        site.job("exclude", "**/*.tmp, cache/**");
        assertThat(outcome().exitCode()).isZero();
        assertThat(copies()).containsExactly("a.sql", "sub/b.sql");

        site.job("include", "**/*.tmp");
        assertThat(ship().shipped()).as("exclude wins").isZero();
    }

    @Test
    @EffectOf(Setting.RECURSIVE)
    void recursive() throws Exception {
        backup("a");
        backup("sub/b");
        site.job("recursive", "false");
        assertThat(outcome().exitCode()).isZero();
        assertThat(copies()).containsExactly("a");

        site.job("recursive", "true");
        ship();
        assertThat(copies()).containsExactly("a", "sub/b");
    }

    @ParameterizedTest
    @CsvSource({"1h30m, 89, 91", "2d, 2870, 2890"})
    @EffectOf(Setting.READY)
    void ready(String ready, int youngerMinutes, int olderMinutes) throws Exception {
        Path younger = dated(site.writeNow("younger", "x"), Instant.now().minus(Duration.ofMinutes(youngerMinutes)));
        dated(site.writeNow("older", "x"), Instant.now().minus(Duration.ofMinutes(olderMinutes)));
        site.job("ready", ready).job("poll", "100ms");

        try (CamelApplication routes = routes(true)) {
            soon().untilAsserted(() -> assertThat(copies()).containsExactly("older"));
            assertThat(routes.context().isStarted()).isTrue();
            dated(younger, Instant.now().minus(Duration.ofDays(3)));
            soon().untilAsserted(() -> assertThat(copies()).containsExactly("older", "younger"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "${file:name}.done, a.sql.done, .hidden.done",
        "${file:name.noext}.ok, a.ok, .hidden.ok",
        "done-${file:name}, done-a.sql, done-.hidden"
    })
    @EffectOf(Setting.DONE_FILE)
    void doneFile(String pattern, String first, String second) throws Exception {
        site.job("done-file", pattern);
        backup("a.sql");
        backup("sub/.hidden");
        assertThat(outcome().exitCode()).as("no marker ever came").isEqualTo(ExitCode.FAILED);
        assertThat(copies()).isEmpty();

        backup(first);
        assertThat(outcome().exitCode()).as("not finished is no failure").isZero();
        assertThat(copies()).containsExactly("a.sql");

        backup("sub/" + second);
        ship();
        assertThat(copies()).containsExactly("a.sql", "sub/.hidden");
        assertThat(site.source().resolve(first))
                .as("what is kept stays finished")
                .exists();
    }

    @Test
    @EffectOf(Setting.DONE_FILE)
    void doneFileOfAFolder() throws Exception {
        site.job("done-file", "READY").job("after", "delete");
        backup("a");
        backup("sub/b");
        backup("READY");

        assertThat(outcome().exitCode()).isZero();

        assertThat(copies()).containsExactly("a");
        assertThat(TestSite.filesIn(site.source())).containsExactly("READY", "sub/b");
    }

    @Test
    @EffectOf(Setting.DONE_FILE)
    void doneFileGoesWithItsFile() throws Exception {
        site.job("done-file", "${file:name}.done").job("after", "delete");
        backup("a");
        backup("a.done");
        backup("b");

        ship();

        assertThat(TestSite.filesIn(site.source())).containsExactly("b");
    }

    @Test
    @EffectOf(Setting.AFTER)
    void afterKeep() throws Exception {
        backup("a");
        site.job("after", "keep");
        ship();
        assertThat(TestSite.filesIn(site.source())).containsExactly("a");
    }

    @Test
    @EffectOf(Setting.AFTER)
    void afterDelete() throws Exception {
        backup("a");
        backup("sub/b");
        site.job("after", "delete");

        assertThat(outcome().exitCode()).isZero();

        assertThat(copies()).containsExactly("a", "sub/b");
        assertThat(TestSite.filesIn(site.source())).isEmpty();
        assertThat(ship().empty()).isTrue();
    }

    /** Invariant 4. */
    @Test
    @EffectOf(Setting.AFTER)
    void afterDeleteLeavesWhatIsNotCommitted() throws Exception {
        backup("a");
        site.job("after", "delete");
        exec.lies.set(1);

        assertThat(outcome().exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(TestSite.filesIn(site.source())).containsExactly("a");

        assertThat(outcome().exitCode()).isZero();
        assertThat(TestSite.filesIn(site.source())).isEmpty();
    }

    /** Invariant 4. */
    @ParameterizedTest
    @ValueSource(strings = {"delete", "move"})
    @EffectOf(Setting.AFTER)
    void afterLeavesAFileThatChangedAfterItsCommit(String after) throws Exception {
        Path file = backup("a", "old");
        site.job("after", after);
        if (after.equals("move")) {
            site.job("move-to", "moved");
        }
        try (CamelApplication routes = routes(false)) {
            // Between the commit and the consumer's completion: the ledger is asked to add the key.
            routes.context().getManagementStrategy().addEventNotifier(new EventNotifierSupport() {
                @Override
                public void notify(CamelEvent event) throws IOException {
                    if (event instanceof CamelEvent.ExchangeSentEvent sent
                            && sent.getEndpoint().getEndpointUri().startsWith("direct://offsite-copy")) {
                        backup("a", "new and longer");
                    }
                }
            });
            assertThat(new ShipOnce(routes).ship("db").result().shipped()).isEqualTo(1);
        }
        assertThat(file).hasContent("new and longer");
        assertThat(site.root().resolve("20260131/a")).hasContent("old");

        assertThat(ship().shipped()).isEqualTo(1);
        assertThat(file).doesNotExist();
        assertThat(site.root().resolve("20260131/a")).hasContent("new and longer");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @EffectOf(Setting.AFTER)
    void afterACrashBetweenCommitAndMoveIsMadeGood(boolean service) throws Exception {
        backup("a");
        backup("sub/b");
        // As a run leaves it that is cut there: committed, and nothing moved.
        Path blocked = Files.writeString(folder.resolve("moved"), "a file where the folder should be made");
        site.job("after", "move").job("move-to", "moved").job("poll", "100ms");
        assertThat(outcome().exitCode()).as("all is off-site").isZero();
        assertThat(TestSite.filesIn(site.source())).containsExactly("a", "sub/b");
        Files.delete(blocked);
        int logins = server.logins();

        if (service) {
            try (CamelApplication routes = routes(true)) {
                soon().until(() -> TestSite.filesIn(site.source()).isEmpty());
                assertThat(routes.context().isStarted()).isTrue();
            }
        } else {
            assertThat(ship().empty()).isTrue();
        }
        assertThat(TestSite.filesIn(folder.resolve("moved"))).containsExactly("a", "sub/b");
        assertThat(server.logins()).isEqualTo(logins);
    }

    /** What was kept may be the last copy: its dated folder may be pruned by now. */
    @Test
    @EffectOf(Setting.AFTER)
    void afterDeleteTakesNothingThatWasCommittedBefore() throws Exception {
        backup("a");
        ship();
        site.job("after", "delete");
        backup("b");

        assertThat(ship().shipped()).isEqualTo(1);

        assertThat(TestSite.filesIn(site.source())).containsExactly("a");
    }

    /** Published, but neither in the manifest nor in the ledger: adopted, and then deleted. */
    @Test
    @EffectOf(Setting.AFTER)
    void afterDeleteFollowsRecovery() throws Exception {
        Path a = backup("a");
        backup("b");
        site.job("after", "delete");
        exec.lies.set(10);
        assertThat(outcome().exitCode()).isEqualTo(ExitCode.FAILED);
        exec.lies.set(0);
        Path dated = site.root().resolve("20260131");
        Files.copy(a, dated.resolve("a"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Files.deleteIfExists(dated.resolve(Manifest.NAME));

        assertThat(outcome().exitCode()).isZero();

        assertThat(copies()).containsExactly("a", "b");
        assertThat(Manifest.parse(Files.readString(dated.resolve(Manifest.NAME)))
                        .names())
                .containsExactlyInAnyOrder("a", "b");
        assertThat(TestSite.filesIn(site.source())).isEmpty();
    }

    @Test
    @EffectOf(Setting.MOVE_TO)
    void moveTo() throws Exception {
        backup("a");
        backup("sub/b");
        Files.createDirectory(folder.resolve("moved"));
        Files.writeString(folder.resolve("moved/a"), "another");
        site.job("after", "move").job("move-to", "moved");

        assertThat(outcome().exitCode()).isZero();

        assertThat(folder.resolve("moved/a")).as("nothing is replaced").hasContent("another");
        assertThat(folder.resolve("moved/sub/b")).hasContent("sub/b");
        assertThat(TestSite.filesIn(site.source())).containsExactly("a");
    }

    @Test
    @EffectOf(Setting.DATED_BY)
    void datedBy() throws Exception {
        dated(site.writeNow("old", "x"), Instant.parse("2025-02-28T12:00:00Z"));
        dated(site.writeNow("older", "x"), Instant.parse("2024-02-29T12:00:00Z"));
        site.job("dated-by", "file");
        assertThat(ship().folders()).hasSize(2);
        assertThat(copies(site.root())).containsExactly("20240229/older", "20250228/old");

        site.job("dated-by", "run").job("root", "/by-run");
        ship();
        assertThat(copies(server.files().resolve("by-run"))).containsExactly("20260131/old", "20260131/older");
    }

    @ParameterizedTest
    @CsvSource({"yyyy-MM-dd, 2026-01-31, 2026-01-29", "'yyyyMMdd''-db''', 20260131-db, 20260129-db"})
    @EffectOf(Setting.FOLDER_FORMAT)
    void folderFormat(String format, String today, String old) throws Exception {
        backup("a");
        for (String name : List.of(old, "20200101", "2020_01_01")) {
            Path dated = Files.createDirectories(site.root().resolve(name));
            Files.createFile(dated.resolve(Manifest.NAME));
        }
        site.job("folder-format", format).job("keep", "1").job("trash", "0");

        assertThat(outcome().exitCode()).isZero();

        assertThat(copies(site.root())).containsExactly(today + "/a");
        assertThat(site.root().toFile().list())
                .as("pruned by the same names, and no others")
                .containsExactlyInAnyOrder(today, "20200101", "2020_01_01", ".trash", ".offsite-owner");
    }

    @ParameterizedTest
    @CsvSource({"UTC, 20260131", "Europe/Berlin, 20260201", "+00:31, 20260201"})
    @EffectOf(Setting.ZONE)
    void zone(String zone, String day) throws Exception {
        dated(site.writeNow("a", "x"), LATE.minusSeconds(20));
        site.job("zone", zone);
        ship();
        assertThat(copies(site.root())).containsExactly(day + "/a");

        site.job("dated-by", "file").job("root", "/by-file");
        ship();
        assertThat(copies(server.files().resolve("by-file"))).containsExactly(day + "/a");
    }

    @ParameterizedTest
    @CsvSource({"1, 20260131", "2, '20260131, 20260130'", "all, '20260131, 20260130, 20260129'"})
    @EffectOf(Setting.KEEP)
    void keep(String keep, String kept) throws Exception {
        backup("a");
        for (String name : List.of("20260129", "20260130")) {
            Files.createFile(Files.createDirectories(site.root().resolve(name)).resolve(Manifest.NAME));
        }
        site.job("keep", keep);

        ship();

        assertThat(Stream.of(site.root().toFile().list()).filter(name -> !name.startsWith(".")))
                .containsExactlyInAnyOrder(kept.split(", "));
    }

    /** Which of eight folders and that of today stay. */
    private Set<String> kept(String key, String value) throws Exception {
        backup("a");
        for (String name : List.of(
                "20230630", "20240101", "20251230", "20251231", "20260118", "20260124", "20260125", "20260130")) {
            Files.createFile(Files.createDirectories(site.root().resolve(name)).resolve(Manifest.NAME));
        }
        site.job(key, value);

        assertThat(outcome().exitCode()).isZero();

        return Stream.of(site.root().toFile().list())
                .filter(name -> !name.startsWith("."))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    @EffectOf(Setting.KEEP_DAILY)
    void keepDaily() throws Exception {
        assertThat(kept("keep-daily", "3")).containsExactly("20260125", "20260130", "20260131");
    }

    @Test
    @EffectOf(Setting.KEEP_WEEKLY)
    void keepWeekly() throws Exception {
        assertThat(kept("keep-weekly", "3")).containsExactly("20260118", "20260125", "20260131");
    }

    @Test
    @EffectOf(Setting.KEEP_MONTHLY)
    void keepMonthly() throws Exception {
        assertThat(kept("keep-monthly", "2")).containsExactly("20251231", "20260131");
    }

    @Test
    @EffectOf(Setting.KEEP_YEARLY)
    void keepYearly() throws Exception {
        assertThat(kept("keep-yearly", "all")).containsExactly("20230630", "20240101", "20251231", "20260131");
    }

    @Test
    @EffectOf(Setting.KEEP_WITHIN)
    void keepWithin() throws Exception {
        assertThat(kept("keep-within", "1w")).containsExactly("20260125", "20260130", "20260131");
    }

    @Test
    @EffectOf(Setting.PRUNE)
    void pruneNever() throws Exception {
        site.job("keep", "1");
        assertThat(kept("prune", "never")).hasSize(9);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1h, 2"})
    @EffectOf(Setting.TRASH)
    void trash(String trash, int left) throws Exception {
        site.job("keep", "8");
        assertThat(kept("trash", trash)).hasSize(8).doesNotContain("20230630");
        assertThat(site.root().resolve(".trash").toFile().list()).hasSize(left);
    }

    @ParameterizedTest
    @CsvSource({"25%, 249, 1", "25%, 250, 0", "0, 0, 0", "90%, 899, 1"})
    @EffectOf(Setting.PLAUSIBLE)
    void plausible(String share, int size, int exit) throws Exception {
        for (String name : List.of("20260128", "20260129", "20260130")) {
            Path dated = Files.createDirectories(site.root().resolve(name));
            Files.createFile(dated.resolve(Manifest.NAME));
            Files.writeString(dated.resolve("app-" + name + ".gz"), "x".repeat(1000));
        }
        backup("app-20260131.gz", "x".repeat(size));
        site.job("plausible", share).job("keep", "1");

        ShipOnce.Outcome outcome = outcome();

        assertThat(outcome.exitCode()).isEqualTo(exit);
        assertThat(outcome.result().shipped()).isEqualTo(1);
        assertThat(Files.exists(site.root().resolve("20260128"))).isEqualTo(exit != 0);
    }

    @ParameterizedTest
    @CsvSource({"7, 9", "8, 1"})
    @EffectOf(Setting.PRUNE_MAX)
    void pruneMax(String max, int left) throws Exception {
        backup("a");
        for (int day = 10; day < 18; day++) {
            Files.createFile(
                    Files.createDirectories(site.root().resolve("202601" + day)).resolve(Manifest.NAME));
        }
        site.target("prune.max", max).job("keep", "1");

        assertThat(outcome().exitCode()).isEqualTo(left == 1 ? ExitCode.OK : ExitCode.FAILED);

        assertThat(Stream.of(site.root().toFile().list()).filter(name -> !name.startsWith(".")))
                .hasSize(left);
    }

    @ParameterizedTest
    @CsvSource({"true, 0", "false, 1"})
    @EffectOf(Setting.SHARED)
    void shared(String shared, int exit) throws Exception {
        Files.writeString(
                Files.createDirectories(site.root()).resolve(".offsite-owner"),
                "offsite-owner 1\nid 0123456789abcdef0123456789abcdef\nhost web\njob db\nstate /s\nshared true\n");
        backup("a");
        site.job("shared", shared);

        assertThat(outcome().exitCode()).isEqualTo(exit);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    @EffectOf(Setting.PARALLEL)
    void parallel(int parallel) throws Exception {
        for (int i = 0; i < 6; i++) {
            backup("file " + i, "x".repeat(100_000));
        }
        site.job("parallel", String.valueOf(parallel));
        Together together = new Together(parallel);
        try (CamelApplication routes = routes(false)) {
            routes.context().getManagementStrategy().addEventNotifier(together);
            assertThat(new ShipOnce(routes).ship("db").result().shipped()).isEqualTo(6);
        }
        assertThat(together.most.get()).isEqualTo(parallel);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @EffectOf(Setting.MAX_CONNECTIONS)
    void maxConnections(int most) throws Exception {
        for (int i = 0; i < 12; i++) {
            backup("file " + i, "x".repeat(100_000));
        }
        site.job("parallel", "8").target("max-connections", String.valueOf(most));
        assertThat(ship().shipped()).isEqualTo(12);

        assertThat(server.mostLogins()).isEqualTo(most);
    }

    /** Lets uploads go on only when that many have begun; counts how many go on at a time. */
    private static final class Together extends EventNotifierSupport {
        private final CyclicBarrier barrier;
        private final AtomicInteger now = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();

        Together(int parties) {
            barrier = new CyclicBarrier(parties);
        }

        @Override
        public void notify(CamelEvent event) throws Exception {
            if (event instanceof CamelEvent.ExchangeSendingEvent sending
                    && sending.getEndpoint().getEndpointUri().startsWith("sftp:")) {
                most.accumulateAndGet(now.incrementAndGet(), Math::max);
                barrier.await(20, TimeUnit.SECONDS);
            } else if (event instanceof CamelEvent.ExchangeSentEvent sent
                    && sent.getEndpoint().getEndpointUri().startsWith("sftp:")) {
                now.decrementAndGet();
            }
        }
    }

    @Test
    @EffectOf(Setting.POLL)
    void poll() throws Exception {
        backup("a");
        site.job("poll", "50ms");
        try (CamelApplication routes = routes(true)) {
            soon().untilAsserted(() -> assertThat(copies()).containsExactly("a"));
            backup("b");
            // The default is a minute.
            soon().untilAsserted(() -> assertThat(copies()).containsExactly("a", "b"));
            assertThat(routes.context().isStarted()).isTrue();
        }
    }

    private static HttpResponse<String> get(int port, String login) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/observe/metrics".formatted(port)));
        if (!login.isEmpty()) {
            request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(login.getBytes(UTF_8)));
        }
        return HttpClient.newHttpClient()
                .send(request.timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString());
    }

    private int freePort() {
        int port = FreePort.find();
        site.target("http.port", String.valueOf(port));
        return port;
    }

    @Test
    @EffectOf(Setting.HTTP_PORT)
    void httpPortAnswersWithMetrics() throws Exception {
        int port = freePort();
        try (CamelApplication routes = routes(true)) {
            assertThat(get(port, "").body()).contains("offsite_stale{job=\"db\"} 0.0");
        }
    }

    @Test
    @EffectOf(Setting.HTTP_HOST)
    void httpHostIsTheOnlyAddressThatAnswers() throws Exception {
        int port = freePort();
        site.target("http.host", "127.0.0.2");
        try (CamelApplication routes = routes(true)) {
            assertThatThrownBy(() -> get(port, "")).isInstanceOf(ConnectException.class);
        }
    }

    @Test
    @EffectOf(Setting.HTTP_PASSWORD_FILE)
    void httpPasswordFileIsAskedFor() throws Exception {
        int port = freePort();
        Path file = Files.writeString(folder.resolve("http-password"), "me:secret\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        site.target("http.password-file", file.toString());
        try (CamelApplication routes = routes(true)) {
            assertThat(get(port, "").statusCode()).isEqualTo(401);
            assertThat(get(port, "me:secret").statusCode()).isEqualTo(200);
        }
    }

    @Test
    @EffectOf(Setting.METRICS_FILE)
    void metricsFileHasTheMetrics() throws Exception {
        Path file = folder.resolve("offsite.prom");
        site.target("metrics-file", file.toString());
        try (CamelApplication routes = routes(false)) {
            routes.services().monitor().check();
        }
        assertThat(file).content().contains("offsite_stale{job=\"db\"} 0\n");
    }

    @Test
    @EffectOf(Setting.CLUSTER)
    void clusterNodesShareTheLedger() throws Exception {
        try (PostgresServer database = PostgresServer.start()) {
            cluster(database.database());
            backup("dump");
            assertThat(ship().shipped()).isEqualTo(1);

            site.set("offsite.state", "state of another node");
            assertThat(ship().empty()).isTrue();
            assertThat(folder.resolve("state of another node/ledger.mv")).doesNotExist();
        }
    }

    private void cluster(ClusterSettings settings) {
        site.target("cluster", settings.url().orElseThrow());
        site.target("cluster.user", settings.user().orElseThrow());
        site.target(
                "cluster.password-file", settings.passwordFile().orElseThrow().toString());
    }

    @Test
    @EffectOf(Setting.CLUSTER_USER)
    void clusterUserLogsIn() throws Exception {
        try (PostgresServer database = PostgresServer.start()) {
            cluster(database.database());
            site.target("cluster.user", "nobody");
            assertThatThrownBy(() -> ship())
                    .hasStackTraceContaining("refuses: password authentication failed for user \"nobody\"");
        }
    }

    @Test
    @EffectOf(Setting.CLUSTER_PASSWORD_FILE)
    void clusterPasswordFileIsUsed() throws Exception {
        try (PostgresServer database = PostgresServer.start()) {
            ClusterSettings right = database.database();
            String url = right.url().orElseThrow();
            cluster(database.settings(url.substring(url.lastIndexOf('/') + 1), "wrong"));
            assertThatThrownBy(() -> ship())
                    .hasStackTraceContaining("see offsite.cluster.user and offsite.cluster.password-file");
            cluster(right);
            assertThat(ship().empty()).isTrue();
        }
    }

    @Test
    @EffectOf(Setting.SCHEDULE)
    void schedule() throws Exception {
        backup("a");
        site.job("schedule", "0/1 * * ? * MON-SUN").job("poll", "1h");
        try (CamelApplication routes = routes(true)) {
            soon().untilAsserted(() -> assertThat(copies()).containsExactly("a"));
            backup("b");
            soon().untilAsserted(() -> assertThat(copies()).containsExactly("a", "b"));
            assertThat(routes.context().isStarted()).isTrue();
        }
    }

    @Test
    @EffectOf(Setting.SCHEDULE)
    void scheduleIsInTheZoneOfTheJobAndInsteadOfPoll() throws Exception {
        backup("a");
        // The first Sunday of February, which has begun in Tokyo.
        site.job("schedule", "30 30 8 ? * 1#1").job("zone", "Asia/Tokyo").job("poll", "50ms");
        try (CamelApplication routes = routes(true)) {
            bind(routes, Clock.fixed(LATE, ZoneOffset.UTC));
            Path log = folder.resolve("state/db.schedule");
            soon().untilAsserted(() -> assertThat(log).content().startsWith(LATE.toString()));
            assertThat(copies()).isEmpty();

            bind(routes, Clock.fixed(LATE.plusSeconds(30), ZoneOffset.UTC));
            soon().untilAsserted(() -> assertThat(copies()).containsExactly("20260201/a"));
            soon().untilAsserted(() -> assertThat(log).content().contains("2026-01-31T23:30:30Z"));
        }
    }

    @Test
    @EffectOf(Setting.MAX_AGE)
    void maxAgeCountsFromTheLastVerifiedCopy() throws Exception {
        backup("a");
        site.job("max-age", "1h");
        assertThat(outcome().exitCode()).isEqualTo(ExitCode.OK);
        try (CamelApplication routes = routes(false)) {
            bind(routes, Clock.fixed(LATE.plusSeconds(3600), ZoneOffset.UTC));
            assertThat(new ShipOnce(routes).ship("db").exitCode()).isEqualTo(ExitCode.OK);
            bind(routes, Clock.fixed(LATE.plusSeconds(3601), ZoneOffset.UTC));
            ShipOnce.Outcome stale = new ShipOnce(routes).ship("db");
            assertThat(stale.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(stale.trouble()).singleElement().asString().contains("max-age is 60 min");
        }
    }

    @Test
    @EffectOf(Setting.SCHEDULE)
    void scheduleIsNoMatterToTheCommand() throws Exception {
        backup("a");
        site.job("schedule", "* * * * * ?");
        try (CamelApplication routes = routes(false)) {
            assertThat(new ShipOnce(routes).ship("db").result().shipped()).isEqualTo(1);
            assertThat(folder.resolve("state/db.schedule"))
                    .as("what the service knows of it")
                    .content()
                    .startsWith(LATE.toString());
        }
    }

    // ---- The target: for all jobs, or for one

    @Test
    @EffectOf(Setting.HOST)
    void host() throws Exception {
        backup("a");
        // Nothing listens there.
        site.target("host", "127.0.0.9");
        assertThat(outcome().exitCode()).isEqualTo(ExitCode.TARGET);

        site.job("host", server.host());
        assertThat(outcome().exitCode()).isZero();
    }

    @Test
    @EffectOf(Setting.PORT)
    void port() throws Exception {
        backup("a");
        try (EmbeddedServer other = EmbeddedServer.start(folder.resolve("other server"), exec)) {
            site.target("port", String.valueOf(other.port()));
            assertThat(outcome().exitCode()).isEqualTo(ExitCode.TARGET);
            assertThat(other.connections()).isEqualTo(1);

            site.job("port", String.valueOf(server.port()));
            assertThat(outcome().exitCode()).isZero();
            assertThat(other.connections()).isEqualTo(1);
        }
    }

    @Test
    @EffectOf(Setting.USER)
    void user() throws Exception {
        backup("a");
        site.target("user", "nobody");
        assertThat(outcome().result().targetFailure()).contains("nobody@", "refuses the login");

        site.job("user", server.user());
        assertThat(outcome().exitCode()).isZero();
    }

    @Test
    @EffectOf(Setting.SSH_CONFIG)
    void sshConfig() throws Exception {
        backup("a");
        Path config = Files.writeString(
                folder.resolve("my ssh"),
                "Host nas\n  HostName %s\n  Port %d\n  User nobody\n".formatted(server.host(), server.port()));
        site.target("host", "nas").target("port", "").target("user", "").target("ssh-config", config.toString());
        assertThat(outcome().result().targetFailure())
                .contains("nobody@%s:%d refuses the login".formatted(server.host(), server.port()));

        site.job("user", server.user());
        assertThat(outcome().exitCode()).as("what is set wins").isZero();
    }

    @Test
    @EffectOf(Setting.JUMP)
    void jump() throws Exception {
        backup("a");
        site.target("jump", "nobody@%s:%d".formatted(server.host(), server.port()));
        assertThat(outcome().result().targetFailure())
                .contains("jump host on the way to", "nobody@", "refuses the login");

        site.job("jump", "none");
        assertThat(outcome().exitCode()).isZero();
    }

    @Test
    @EffectOf(Setting.AGENT)
    void agent() throws Exception {
        backup("a");
        site.target("agent", "no such socket");
        assertThat(outcome().result().targetFailure())
                .contains("no ssh-agent answers at " + folder.toRealPath().resolve("no such socket"));

        site.job("agent", "false");
        assertThat(outcome().exitCode()).isZero();
    }

    @Test
    @EffectOf(Setting.ALGORITHMS)
    void algorithms() throws Exception {
        backup("a");
        site.target("algorithms", "-ssh-ed25519,-ecdsa-sha2-nistp256");
        assertThat(outcome().result().targetFailure()).contains("no host key type in common", "offsite.algorithms=");

        site.job("algorithms", "-ssh-rsa");
        assertThat(outcome().exitCode()).isZero();
    }

    @Test
    @EffectOf(Setting.KEY)
    void key() throws Exception {
        backup("a");
        site.target("key", encrypted(null).toString());
        assertThat(outcome().result().targetFailure()).contains("refuses the login", "the key ");

        site.job("key", server.key().toString());
        assertThat(outcome().exitCode()).isZero();
    }

    /** The server's key, encrypted; or another key where there is no passphrase. */
    private Path encrypted(String passphrase) throws Exception {
        return encrypted(server, passphrase);
    }

    private Path encrypted(EmbeddedServer of, String passphrase) throws Exception {
        Path file = secretFile("my key", "");
        KeyPair pair = passphrase == null
                ? KeyPair.genKeyPair(new JSch(), KeyPair.ECDSA, 256)
                : KeyPair.load(new JSch(), of.key().toString());
        try (OutputStream out = Files.newOutputStream(file)) {
            pair.writeOpenSSHv1PrivateKey(out, passphrase == null ? null : passphrase.getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }

    private Path secretFile(String name, String content) throws IOException {
        Path file = Files.createFile(
                folder.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, content);
    }

    @Test
    @EffectOf(Setting.PASSPHRASE)
    void passphrase() throws Exception {
        backup("a");
        site.target("key", encrypted(System.getenv("PATH")).toString());
        assertThat(outcome().result().targetFailure()).contains("has a passphrase and none is configured");

        site.target("passphrase", "{{env:PATH}}");
        assertThat(outcome().exitCode()).isZero();

        // What the job says wins.
        backup("b");
        site.job("passphrase", "{{env:LC_ALL}}");
        assertThat(outcome().result().targetFailure()).contains("passphrase");
    }

    @Test
    @EffectOf(Setting.PASSPHRASE_FILE)
    void passphraseFile() throws Exception {
        backup("a");
        site.target("key", encrypted("open, please").toString());
        site.target("passphrase", "{{env:PATH}}");
        assertThat(outcome().exitCode()).isEqualTo(ExitCode.TARGET);

        site.job("passphrase-file", secretFile("passphrase", "open, please\n").toString());
        assertThat(outcome().exitCode()).isZero();
    }

    @Test
    @EffectOf(Setting.PASSWORD)
    void password() throws Exception {
        backup("a");
        server.password(System.getenv("PATH"));
        site.target("key", "").target("password", "{{env:LC_ALL}}");
        assertThat(outcome().result().targetFailure()).contains("refuses the login", "the password");

        site.job("password", "{{env:PATH}}");
        assertThat(outcome().exitCode()).isZero();
    }

    @Test
    @EffectOf(Setting.PASSWORD_FILE)
    void passwordFile() throws Exception {
        backup("a");
        server.password("hunter2");
        site.target("key", "").target("password", "{{env:PATH}}");
        assertThat(outcome().exitCode()).isEqualTo(ExitCode.TARGET);

        site.job("password-file", secretFile("password", "hunter2\n").toString());
        assertThat(outcome().exitCode()).isZero();
        assertThat(copies()).containsExactly("a");
    }

    @Test
    @EffectOf(Setting.PING)
    void ping() throws Exception {
        try (HttpReceiver receiver = HttpReceiver.start()) {
            site.target("ping", receiver.url("/all"));
            check();
            soon().until(() -> receiver.paths().equals(List.of("/all")));
            site.job("ping", receiver.url("/db"));
            check();
            soon().until(() -> receiver.paths().equals(List.of("/all", "/db")));
        }
    }

    @Test
    @EffectOf(Setting.PING_FILE)
    void pingFile() throws Exception {
        try (HttpReceiver receiver = HttpReceiver.start()) {
            site.target(
                    "ping-file", secretFile("url", receiver.url("/file") + "\n").toString());
            check();
            soon().until(() -> receiver.paths().equals(List.of("/file")));
        }
    }

    /** As a service does each minute. */
    private void check() throws IOException {
        try (CamelApplication routes = routes(true)) {
            var unused = routes.services().monitor().check();
            soon().until(() -> Files.exists(site.state().resolve("pings")));
        }
    }

    @Test
    @EffectOf(Setting.KNOWN_HOSTS)
    void knownHosts() throws Exception {
        backup("a");
        site.target("known-hosts", Files.createFile(folder.resolve("nobody")).toString());
        assertThat(outcome().result().targetFailure())
                .contains("is unknown", folder.resolve("nobody") + " has no line");

        site.job("known-hosts", server.knownHosts().toString());
        assertThat(outcome().exitCode()).isZero();
    }

    // ---- Offsite itself

    @Test
    @EffectOf(Setting.STATE)
    void state() throws Exception {
        backup("a");
        site.target("state", "remembered/here");
        assertThat(ship().shipped()).isEqualTo(1);
        assertThat(folder.resolve("remembered/here/ledger.mv")).exists();
        assertThat(ship().empty()).isTrue();

        Files.move(folder.resolve("remembered"), folder.resolve("lost"));
        site.target("state", folder.resolve("elsewhere").toString());
        backup("b");
        assertThat(ship().shipped()).as("what is there already is found out").isEqualTo(1);
        assertThat(folder.resolve("elsewhere/ledger.mv")).exists();
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 1", "1, 1, 0"})
    @EffectOf(Setting.RETRIES)
    void retries(int retries, int lies, int failed) throws Exception {
        backup("a");
        site.target("retries", String.valueOf(retries));
        exec.lies.set(lies);

        assertThat(ship().failed()).hasSize(failed);
        assertThat(exec.commands).hasValue(1 + retries);
    }

    @Test
    @EffectOf(Setting.SCRUB_BUDGET)
    void scrubBudget() throws Exception {
        backup("a", "x".repeat(600));
        backup("b", "x".repeat(600));
        ship();
        for (String name : List.of("a", "b")) {
            Files.delete(site.source().resolve(name));
            Files.writeString(site.root().resolve("20260131").resolve(name), "spoiled");
        }
        site.target("scrub.budget", "50%");
        try (CamelApplication routes = routes(false)) {
            assertThat(routes.services().scrubber().run("db", false).checked()).isEqualTo(1);
        }

        site.target("scrub.budget", "1K");
        try (CamelApplication routes = routes(false)) {
            assertThat(routes.services().scrubber().run("db", false).checked()).isEqualTo(2);
        }
    }

    @Test
    @EffectOf(Setting.SCRUB_SCHEDULE)
    void scrubSchedule() throws Exception {
        backup("a");
        ship();
        Path copy = site.root().resolve("20260131/a");
        Files.writeString(copy, "b");
        site.job("poll", "1d").target("scrub.schedule", "* * * ? * *");
        try (CamelApplication routes = routes(true)) {
            soon().untilAsserted(() -> assertThat(copy).as("shipped again").hasContent("a"));
            assertThat(routes.context().isStarted()).isTrue();
        }
    }

    @Test
    @EffectOf(Setting.PRUNE_SCHEDULE)
    void pruneSchedule() throws Exception {
        for (String name : List.of("20260129", "20260130")) {
            Files.createFile(Files.createDirectories(site.root().resolve(name)).resolve(Manifest.NAME));
        }
        site.job("keep", "1").job("poll", "1d").target("prune.schedule", "* * * ? * *");
        AtomicBoolean gone = new AtomicBoolean();
        try (CamelApplication routes = routes(true)) {
            soon().until(() -> Files.notExists(site.root().resolve("20260129")));
            gone.set(routes.context().isStarted());
        }
        assertThat(gone).isTrue();
        assertThat(site.root().resolve("20260130")).exists();
    }

    private DrillResult drill() throws Exception {
        try (CamelApplication routes = routes(false)) {
            return routes.services().drills().run("db", 9, ByteProgress.none()).result();
        }
    }

    @Test
    @EffectOf(Setting.DRILL_COMMAND)
    void drillCommand() throws Exception {
        backup("x", "the dump");
        ship();
        site.job("drill-command", "grep -q 'the dump' \"$@\"");
        assertThat(drill().problem()).isEmpty();

        site.job("drill-command", "grep 'another dump' \"$@\"");
        assertThat(drill().problem()).isEqualTo("the command exited with 1");
    }

    @Test
    @EffectOf(Setting.BEFORE_COMMAND)
    void beforeCommand() throws Exception {
        site.target("before-command", "echo dump > app.dump");
        assertThat(ship().shipped()).isEqualTo(1);

        site.job("before-command", "exit 3");
        assertThat(ship().failures()).containsValue("before-command exited with 3");
    }

    @Test
    @EffectOf(Setting.AFTER_COMMAND)
    void afterCommand() throws Exception {
        backup("x");
        site.job("after-command", "echo $OFFSITE_FILES > '" + folder + "/after'")
                .job("failure-command", "touch /no/file");
        assertThat(outcome().trouble()).isEmpty();
        assertThat(folder.resolve("after")).hasContent("1");
    }

    @Test
    @EffectOf(Setting.FAILURE_COMMAND)
    void failureCommand() throws Exception {
        site.job("before-command", "exit 3").job("after-command", "touch /no/file");
        site.target("failure-command", "echo $OFFSITE_REASON > '" + folder + "/failure'");
        assertThat(outcome().trouble()).isEmpty();
        assertThat(folder.resolve("failure")).hasContent("before-command exited with 3");
    }

    @Test
    @EffectOf(Setting.COMMAND_TIMEOUT)
    void commandTimeout() throws Exception {
        site.job("before-command", "sleep 30").target("command-timeout", "300ms");
        assertThat(ship().failures()).containsValue("before-command did not end within 0 s, and was ended");
    }

    @Test
    @EffectOf(Setting.DRILL_BUDGET)
    void drillBudget() throws Exception {
        backup("x", "four");
        backup("y", "four");
        ship();
        assertThat(drill().files()).isEqualTo(2);

        site.target("drill.budget", "7B");
        assertThat(drill().files()).isEqualTo(1);
    }

    @Test
    @EffectOf(Setting.DRILL_SCHEDULE)
    void drillSchedule() throws Exception {
        backup("x");
        ship();
        site.job("poll", "1d").target("drill.schedule", "* * * ? * *");
        try (CamelApplication routes = routes(true)) {
            soon().until(() ->
                    routes.services().drillLog().last("db").orElseThrow().succeeded());
        }
    }

    @ParameterizedTest
    @CsvSource({"readback, 0, readback", "size, 0, size", "hash, 1, hash"})
    @EffectOf(Setting.VERIFY)
    void verify(String verification, int failed, String recorded) throws Exception {
        backup("a");
        site.target("verify", verification);
        exec.deaf = true;

        assertThat(ship().failed()).hasSize(failed);
        assertThat(copies()).hasSize(1 - failed);

        exec.deaf = false;
        Files.delete(folder.resolve("state/hash-commands.properties"));
        ship();
        assertThat(verifications()).as("of the first that was accepted").contains(" " + recorded + " ");
    }

    @Test
    @EffectOf(Setting.VERIFY_COMMAND)
    void verifyCommand() throws Exception {
        KnownHash.forget(folder.resolve("state"));
        exec.openssl = true;
        shipsBy("openssl");

        site.target("verify.command", "sha256sum");
        shipsBy("sha256sum");

        site.job("verify.command", "openssl");
        shipsBy("openssl");
        assertThat(verifications()).doesNotContain(" readback ", " openssl ");

        // No other is used in its stead.
        site.job("verify.command", "shasum");
        backup("by shasum");
        assertThat(ship().failed()).isEmpty();
        assertThat(verifications()).contains(" readback ");

        site.target("verify", "hash");
        backup("not verified");
        assertThat(outcome().result().targetFailure()).contains("by shasum", "verify.command=shasum");
        assertThat(copies()).doesNotContain("not verified");
    }

    private void shipsBy(String program) throws Exception {
        backup("by " + program + exec.commands.incrementAndGet());
        assertThat(ship().failed()).isEmpty();
        assertThat(exec.last).startsWith(program + " ").contains("/20260131/");
    }

    private String verifications() throws IOException {
        StringBuilder text = new StringBuilder();
        for (String file : TestSite.filesIn(folder.resolve("state/verifications"))) {
            text.append(Files.readString(folder.resolve("state/verifications").resolve(file)));
        }
        return text.toString();
    }

    /** One second at 256 KiB/s. */
    private void quarterOfAMebibyte(String name) throws IOException {
        backup(name, "0123456789abcdef".repeat(16 * 1024));
    }

    /** In seconds; never less than the limit allows, but for the tenth of a second after a pause. */
    private static AbstractDoubleAssert<?> assertTime(Callable<?> work) throws Exception {
        long before = System.nanoTime();
        work.call();
        return assertThat((System.nanoTime() - before) / 1e9);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "256KiB/s | UTC | true",
                "23:00-24:00 256KiB/s, 1GiB/s | UTC | true",
                "23:00-24:00 1KiB/s, 00:00-06:00 256KiB/s | Europe/Berlin | true",
                "00:00-23:30 1KiB/s | UTC | false"
            })
    @EffectOf(Setting.LIMIT)
    void limit(String limit, String zone, boolean slow) throws Exception {
        quarterOfAMebibyte("a");
        quarterOfAMebibyte("b");
        site.job("limit", limit).job("zone", zone);

        // Were it held to the other rate, this would be far longer than a test may last.
        assertTime(() -> assertThat(ship().shipped()).isEqualTo(2)).isGreaterThan(slow ? 2 / 1.05 : 0);
    }

    @Test
    @EffectOf(Setting.LIMIT)
    void limitHoldsForWhatComesBack() throws Exception {
        quarterOfAMebibyte("a");
        site.job("limit", "256KiB/s");
        exec.deaf = true;

        assertTime(() -> assertThat(ship().shipped()).isOne())
                .as("there, and back to be hashed")
                .isGreaterThan(1.9);
        assertTime(() -> assertThat(drill().files()).isOne())
                .as("a restore, which is what a drill does")
                .isGreaterThan(1 / 1.05);
    }

    @ParameterizedTest
    @ValueSource(strings = {"256KiB/s", "12:00-24:00 256KiB/s, 00:00-12:00 256KiB/s, 1GiB/s"})
    @EffectOf(Setting.LIMIT_OF_ALL)
    void limitOfAllIsSharedByJobs(String limit) throws Exception {
        quarterOfAMebibyte("a");
        Path more = Files.createDirectories(folder.resolve("more"));
        dated(Files.copy(site.source().resolve("a"), more.resolve("b")), LATE.minusSeconds(3600));
        site.set("camel.routeTemplate[more].templateId", "ship")
                .set("camel.routeTemplate[more].source", more.toString())
                .set("camel.routeTemplate[more].root", "/srv/more")
                .set("camel.routeTemplate[more].limit", "1GiB/s")
                .target("limit", limit);

        try (CamelApplication routes = routes(false)) {
            // Both at the same time: by the scheduler's own way, not one after the other.
            assertTime(() -> {
                        CompletableFuture<ShipResult> one = poll(routes, "db");
                        CompletableFuture<ShipResult> two = poll(routes, "more");
                        return assertThat(one.get().shipped() + two.get().shipped())
                                .isEqualTo(2);
                    })
                    .isGreaterThan(2 / 1.05);
        }
    }

    private static CompletableFuture<ShipResult> poll(CamelApplication routes, String job) {
        CompletableFuture<ShipResult> ended = routes.services().runs().next(job);
        ((ScheduledPollConsumer) routes.context().getRoute(job).getConsumer()).run();
        return ended;
    }

    @Test
    @EffectOf(Setting.LIMIT_OF_ALL)
    void limitOfAllHoldsForGetAndPut() throws Exception {
        quarterOfAMebibyte("a");
        site.target("limit", "256KiB/s").job("limit", "1KiB/s");
        TreeTransfer.Options options = new TreeTransfer.Options(false, 1, 0);
        Path back = folder.resolve("back");
        try (CamelApplication routes = routes(false)) {
            Job job = routes.services().jobs().get("db");
            TransferPlanner trees = new TransferPlanner(
                    routes.services().connections(),
                    routes.services().verifier(),
                    routes.services().partNames(),
                    routes.services().resumableUploads(),
                    routes.services().threads(),
                    job);
            assertTime(() -> assertThat(trees.put(
                                            site.source().resolve("a"),
                                            PathArguments.remote("/x").path(),
                                            List.of(job),
                                            Optional.empty(),
                                            options)
                                    .run(bytes -> {})
                                    .count(FileOutcome.State.TRANSFERRED))
                            .isOne())
                    .isGreaterThan(1 / 1.05);
            exec.deaf = true;
            assertTime(() -> trees.get(
                                    PathArguments.remote("/x").path(),
                                    new TransferPlanner.Local(back, false, true),
                                    Optional.empty(),
                                    options)
                            .run(bytes -> {}))
                    .as("it comes, and comes again to verify what came")
                    .isGreaterThan(1.8);
        }
        assertThat(back).hasSameBinaryContentAs(site.source().resolve("a"));
    }

    @Test
    @EffectOf(Setting.MODES)
    void modes() throws Exception {
        Set<PosixFilePermission> closed = PosixFilePermissions.fromString("rw-------");
        Files.setPosixFilePermissions(backup("a"), closed);
        ship();
        site.target("modes", "server");
        Files.setPosixFilePermissions(backup("b"), closed);
        ship();

        Path dated = site.root().resolve("20260131");
        assertThat(Files.getPosixFilePermissions(dated.resolve("a"))).isEqualTo(closed);
        assertThat(Files.getPosixFilePermissions(dated.resolve("b"))).isNotEqualTo(closed);
    }

    @Test
    @EffectOf(Setting.ENCRYPT_TO)
    void encryptTo() throws Exception {
        AgeKeyPair pair = AgeKeyPair.make();
        backup("a");
        site.target("encrypt-to", pair.recipient());
        ship();

        Path copy = site.root().resolve("20260131/a.age");
        try (InputStream content = AgeIdentities.parse(pair.identity()).open(Files.newInputStream(copy))) {
            assertThat(content.readAllBytes())
                    .isEqualTo(Files.readAllBytes(site.source().resolve("a")));
        }
    }

    @Test
    @EffectOf(Setting.ENCRYPT_NAMES)
    void encryptNames() throws Exception {
        backup("a");
        site.target("encrypt-to", AgeKeyPair.make().recipient()).target("encrypt-names", "true");

        assertThat(ship().shipped()).isEqualTo(1);
        assertThat(copies()).isNotEmpty().noneMatch(name -> name.matches("a(\\.age)?"));
    }

    @Test
    @EffectOf(Setting.SSH_PATH)
    void sshPath() throws Exception {
        backup("a");
        site.target("verify", "hash").target("ssh-path", "/:/volume1");
        exec.below = "/volume1";

        assertThat(ship().failed()).isEmpty();
        assertThat(exec.last).contains("'/volume1/srv/");
    }

    // ---- A login that only verifies

    /** The only one that hashes; it sees the files of the other, which runs no commands. */
    private EmbeddedServer verifying() throws IOException {
        backup("a");
        server.refuseCommands();
        EmbeddedServer verifying =
                EmbeddedServer.start(folder.resolve("verifying"), (command, root) -> exec.run(command, server.files()));
        Path both = Files.writeString(
                folder.resolve("both"),
                Files.readString(server.knownHosts()) + Files.readString(verifying.knownHosts()));
        site.target("verify", "hash")
                .target("known-hosts", both.toString())
                .target("verify.user", verifying.user())
                .target("verify.port", String.valueOf(verifying.port()))
                .target("verify.key", verifying.key().toString());
        return verifying;
    }

    @Test
    @EffectOf(Setting.VERIFY_USER)
    void verifyUser() throws Exception {
        try (EmbeddedServer verifying = verifying()) {
            site.target("verify.user", "nobody");
            assertThat(outcome().result().targetFailure())
                    .contains("the login that verifies copies: nobody@", "refuses the login");
            assertThat(copies()).isEmpty();

            site.job("verify.user", verifying.user());
            assertThat(outcome().exitCode()).isZero();
            assertThat(verifications()).contains(" hash ");
        }
    }

    @Test
    @EffectOf(Setting.VERIFY_PORT)
    void verifyPort() throws Exception {
        try (EmbeddedServer verifying = verifying()) {
            site.target("verify.port", String.valueOf(server.port()));
            assertThat(outcome().result().targetFailure())
                    .contains("the login that verifies copies", "refuses the login");

            site.job("verify.port", String.valueOf(verifying.port()));
            assertThat(outcome().exitCode()).isZero();
        }
    }

    @Test
    @EffectOf(Setting.VERIFY_KEY)
    void verifyKey() throws Exception {
        try (EmbeddedServer verifying = verifying()) {
            site.target("verify.key", encrypted(null).toString());
            assertThat(outcome().result().targetFailure()).contains("refuses the login", "the key ");

            site.job("verify.key", verifying.key().toString());
            assertThat(outcome().exitCode()).isZero();
        }
    }

    @Test
    @EffectOf(Setting.VERIFY_PASSPHRASE)
    void verifyPassphrase() throws Exception {
        try (EmbeddedServer verifying = verifying()) {
            site.target(
                    "verify.key", encrypted(verifying, System.getenv("PATH")).toString());
            assertThat(outcome().result().targetFailure()).contains("the login that verifies copies", "passphrase");

            site.target("verify.passphrase", "{{env:PATH}}");
            assertThat(outcome().exitCode()).isZero();
        }
    }

    @Test
    @EffectOf(Setting.VERIFY_PASSPHRASE_FILE)
    void verifyPassphraseFile() throws Exception {
        try (EmbeddedServer verifying = verifying()) {
            site.target("verify.key", encrypted(verifying, "open, please").toString());
            site.target("verify.passphrase", "{{env:PATH}}");
            assertThat(outcome().exitCode()).isEqualTo(ExitCode.TARGET);

            site.job(
                    "verify.passphrase-file",
                    secretFile("passphrase", "open, please\n").toString());
            assertThat(outcome().exitCode()).isZero();
        }
    }

    @Test
    @EffectOf(Setting.VERIFY_SSH_PATH)
    void verifySshPath() throws Exception {
        try (EmbeddedServer verifying = verifying()) {
            assertThat(verifying.port()).isNotEqualTo(server.port());
            site.target("verify.ssh-path", "/:/volume1");
            exec.below = "/volume1";

            assertThat(ship().failed()).isEmpty();
            assertThat(exec.last).contains("'/volume1/srv/");
        }
    }
}
