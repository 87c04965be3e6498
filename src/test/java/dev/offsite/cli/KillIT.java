package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.manifest.Manifest;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.Proxy;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.sshd.sftp.server.FileHandle;
import org.apache.sshd.sftp.server.SftpFileSystemAccessor;
import org.apache.sshd.sftp.server.SftpSubsystemProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 at any instant, then a plain run. */
@RequiresSshd
@Timeout(300)
class KillIT {
    private static final int SMALL = 40;
    private static final int BIG = 3;
    private static final int BIG_BYTES = 3 << 20;
    /** Bytes towards the server in a whole run, about. */
    private static final int ALL_BYTES = BIG * BIG_BYTES + SMALL * 8000;

    /** Short beside any of the moments; without it, the looking takes the processor from what is looked at. */
    private static final int LOOK_AGAIN_NANOS = 1_000_000;

    @TempDir
    Path folder;

    private final Random random = new Random(seed());
    private OpenSshServer server;
    private Proxy proxy;
    private TestSite offsite;
    private EmbeddedServer embedded;

    private static long seed() {
        long seed = Long.getLong("offsite.test.seed", System.nanoTime());
        System.out.println("KillIT: -Doffsite.test.seed=" + seed);
        return seed;
    }

    @BeforeEach
    void install() throws IOException {
        server = OpenSshServer.start(folder.resolve("sshd"));
        proxy = new Proxy(server);
        offsite = TestSite.of(folder, server).through(proxy);
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.close();
        if (embedded != null) {
            embedded.close();
        }
    }

    /** Each round has new files, is killed at another moment, and is made good by one plain run. */
    @Test
    void invariant3_afterAKillAtAnyInstantTheNextRunShipsWhatWasNotCommitted() throws Exception {
        int round = 0;
        for (Moment moment : moments()) {
            List<Path> files = backups("round " + ++round);
            try (var running = offsite.start("ship")) {
                BooleanSupplier now = moment.of(files);
                while (running.process().isAlive() && !now.getAsBoolean()) {
                    LockSupport.parkNanos(LOOK_AGAIN_NANOS);
                }
                Result killed = running.kill();
                System.out.printf("KillIT: round %d, %s: exit %d%n", round, moment.name(), killed.exit());
            }
            makeGood();
        }
        long bytes = proxy.bytes();
        assertThat(offsite.run("ship").out()).contains("nothing new");
        assertThat(proxy.bytes()).as("bytes sent with nothing new").isEqualTo(bytes);
    }

    @Test
    void aKillAtARandomTimeIsMadeGoodToo() throws Exception {
        for (int round = 1; round <= 3; round++) {
            backups("time " + round);
            try (var running = offsite.start("ship")) {
                long before = proxy.bytes();
                await().atMost(Duration.ofSeconds(30)).until(() -> proxy.bytes() > before);
                long millis = random.nextInt(1500);
                boolean ended = running.process().waitFor(millis, TimeUnit.MILLISECONDS);
                System.out.printf("KillIT: killed %d ms after the start of round %d, ended %b%n", millis, round, ended);
                running.kill();
            }
            makeGood();
        }
    }

    @Test
    void copiesThatWerePublishedButNotListedAreListedTheNextDayWhereTheyAre() throws Exception {
        embed();
        // One file: of several, those that were not published yet are rightly in the next day's folder.
        offsite.backup("in a folder/dump.sql", "a dump");
        Path day = publishedButNotListed();
        Map<String, Object> inodes = inodes(day);

        int exit;
        try (CamelApplication routes = CamelApplication.start(Configuration.load(offsite.configuration()), false)) {
            routes.context()
                    .getRegistry()
                    .bind("clock", Clock.offset(Clock.system(ZoneId.systemDefault()), Duration.ofDays(1)));
            exit = new ShipOnce(routes).ship("db").exitCode();
        }

        assertThat(exit).isZero();
        assertThat(offsite.folders()).containsExactly(day);
        assertThat(inodes(day)).containsAllEntriesOf(inodes);
        offsite.assertAllOffsite();
    }

    @Test
    void aRunThatOnlyMadeGoodDoesNotStandInTheWayOfPruning() throws Exception {
        embed();
        offsite.backup("dump.sql", "a dump");
        publishedButNotListed();

        assertThat(offsite.run("ship").exit()).isZero();

        Result prune = offsite.run("prune");
        assertThat(prune.exit()).as("%s", prune).isZero();
        offsite.assertAllOffsite();
    }

    @Test
    void theServiceMakesGoodAsWell() throws Exception {
        embed();
        offsite.backup("dump.sql", "a dump");
        Path day = publishedButNotListed();
        Files.createFile(day.resolve(partOf("a file that is no more")));
        Map<String, Object> inodes = inodes(day);

        try (var serving = offsite.job("poll", "200ms").start("serve")) {
            await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(day.resolve(Manifest.NAME)));
            await().untilAsserted(offsite::assertAllOffsite);
            assertThat(inodes(day)).containsAllEntriesOf(inodes);
            serving.process().destroy();
            assertThat(serving.end().exit()).isZero();
        }
    }

    /** Killed with the copies under their final names and SHA256SUMS not written: the server opens no file after a rename. */
    private Path publishedButNotListed() throws Exception {
        NothingAfterARename files = new NothingAfterARename();
        embedded.accessFiles(files);
        try (var running = offsite.start("ship")) {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> published(1) || !running.process().isAlive());
            assertThat(running.kill().exit()).isEqualTo(137);
        } finally {
            files.goOn.countDown();
        }
        embedded.accessFiles(SftpFileSystemAccessor.DEFAULT);
        assertThat(offsite.folders()).hasSize(1);
        assertThat(offsite.folders().get(0).resolve(Manifest.NAME)).doesNotExist();
        return offsite.folders().get(0);
    }

    private static final class NothingAfterARename implements SftpFileSystemAccessor {
        private final CountDownLatch goOn = new CountDownLatch(1);
        private volatile boolean renamed;

        @Override
        public void renameFile(SftpSubsystemProxy subsystem, Path from, Path to, Collection<CopyOption> options)
                throws IOException {
            SftpFileSystemAccessor.super.renameFile(subsystem, from, to, options);
            renamed = true;
        }

        @Override
        public SeekableByteChannel openFile(
                SftpSubsystemProxy subsystem,
                FileHandle handle,
                Path file,
                String id,
                Set<? extends OpenOption> options,
                FileAttribute<?>... attributes)
                throws IOException {
            if (renamed && options.contains(StandardOpenOption.WRITE)) {
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                throw new IOException("the client is gone");
            }
            return SftpFileSystemAccessor.super.openFile(subsystem, handle, file, id, options, attributes);
        }
    }

    private void embed() throws IOException {
        embedded = EmbeddedServer.start(folder.resolve("embedded"));
        offsite = TestSite.of(Files.createDirectory(folder.resolve("site")), embedded);
    }

    private static String partOf(String name) throws Exception {
        byte[] hash =
                MessageDigest.getInstance("SHA-256").digest(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return ".offsite-" + HexFormat.of().formatHex(hash, 0, 16) + ".part";
    }

    /** What was published when the process died is not sent again; all is there, once. */
    private void makeGood() throws IOException {
        Map<Path, Map<String, Object>> before = new TreeMap<>();
        if (Files.isDirectory(offsite.root())) {
            for (Path day : offsite.folders()) {
                before.put(day, inodesAtRest(day));
            }
        }

        Result next = offsite.run("ship");

        assertThat(next.exit()).as("%s", next).isZero();
        assertThat(next.complaints()).as("%s", next).isEmpty();
        for (Map.Entry<Path, Map<String, Object>> day : before.entrySet()) {
            assertThat(inodes(day.getKey())).containsAllEntriesOf(day.getValue());
        }
        offsite.assertAllOffsite();
    }

    /** The same once the server has done what it was told before the kill. */
    private static Map<String, Object> inodesAtRest(Path day) {
        AtomicReference<Map<String, Object>> last = new AtomicReference<>();
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> inodes(day)
                .equals(last.getAndSet(inodes(day))));
        return last.get();
    }

    /** Each published copy with what changes when it is written or renamed again. */
    private static Map<String, Object> inodes(Path day) throws IOException {
        Map<String, Object> inodes = new TreeMap<>();
        for (Map.Entry<String, String> entry : TestSite.tree(day).entrySet()) {
            String name = entry.getKey();
            if (entry.getValue().startsWith("file") && !name.endsWith(".part") && !name.equals(Manifest.NAME)) {
                inodes.put(
                        name,
                        Files.getAttribute(day.resolve(name), "unix:ino") + " "
                                + Files.getAttribute(day.resolve(name), "unix:ctime"));
            }
        }
        return inodes;
    }

    private List<Path> backups(String prefix) throws IOException {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < SMALL; i++) {
            files.add(offsite.backup(prefix + "/small " + i, bytes(1 + random.nextInt(8000))));
        }
        for (int i = 0; i < BIG; i++) {
            files.add(offsite.backup(prefix + " big " + i, bytes(BIG_BYTES)));
        }
        return files;
    }

    private byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    /** When to kill, for a round with these files. */
    private record Moment(String name, java.util.function.Function<List<Path>, BooleanSupplier> of) {
        BooleanSupplier of(List<Path> files) {
            return of.apply(files);
        }
    }

    private List<Moment> moments() {
        List<Moment> moments = new ArrayList<>();
        for (int tenth = 1; tenth < 10; tenth += 2) {
            long bytes = (long) ALL_BYTES * tenth / 10 + random.nextInt(ALL_BYTES / 10);
            moments.add(new Moment(bytes + " bytes sent", files -> {
                long until = proxy.bytes() + bytes;
                return () -> proxy.bytes() >= until;
            }));
        }
        for (int count : new int[] {1, SMALL / 2, SMALL + BIG}) {
            moments.add(new Moment(count + " published", files -> () -> countPublished(files) >= count));
        }
        for (int count : new int[] {1, SMALL + BIG}) {
            moments.add(new Moment(count + " listed", files -> {
                int before = countListed();
                return () -> countListed() >= before + count;
            }));
        }
        moments.add(new Moment(
                "the first part file is there", files -> () -> !partsNow().isEmpty()));
        return moments;
    }

    private boolean published(int atLeast) {
        return countPublished() >= atLeast;
    }

    /** How many of these have their final name on the server. Looks at nothing else, for it is called a thousand times a second. */
    private int countPublished(List<Path> files) {
        Path day = offsite.today();
        return (int) files.stream()
                .filter(file -> Files.exists(day.resolve(offsite.source().relativize(file))))
                .count();
    }

    private int countPublished() {
        return (int) names().stream()
                .filter(name ->
                        !name.endsWith(".part") && !name.endsWith(Manifest.NAME) && !name.endsWith(".offsite-owner"))
                .count();
    }

    private List<String> partsNow() {
        return names().stream().filter(name -> name.endsWith(".part")).toList();
    }

    /** Regular files below the root, while they come and go. */
    private List<String> names() {
        List<String> names = new ArrayList<>();
        collect(offsite.root().toFile(), names);
        return names;
    }

    private static void collect(java.io.File top, List<String> names) {
        java.io.File[] entries = top.listFiles();
        for (java.io.File entry : entries == null ? new java.io.File[0] : entries) {
            if (entry.isDirectory()) {
                collect(entry, names);
            } else if (entry.isFile()) {
                names.add(entry.getPath());
            }
        }
    }

    private int countListed() {
        try {
            return Manifest.parse(Files.readString(offsite.today().resolve(Manifest.NAME)))
                    .size();
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
