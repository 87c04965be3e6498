package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.manifest.Manifest;
import dev.offsite.owner.RootMark;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several installations that ship to one root. */
@RequiresSshd
@Timeout(120)
class SharedRootIT {

    private static final int WRITERS = 4;
    private static final int ROUNDS = 3;
    private static final int FILES = 8;

    @TempDir
    static Path common;

    @TempDir
    Path folder;

    private static OpenSshServer server;
    private TestSite ours;
    private TestSite theirs;

    @BeforeAll
    static void start() throws IOException {
        server = OpenSshServer.start(common.resolve("sshd"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void install() throws IOException {
        theirs = site("theirs");
        ours = site("ours");
    }

    private TestSite site(String name) throws IOException {
        Path own = Files.createDirectories(folder.resolve(name));
        return TestSite.of(own, server, folder.toRealPath().resolve("server/offsite/db"));
    }

    private static Result succeeds(TestSite site, String... arguments) {
        Result result = site.run(arguments);
        assertThat(result.exit()).as("%s", result).isZero();
        return result;
    }

    /** It says in one line whose the root is and how to take it over. */
    private static void refused(TestSite site, String... arguments) {
        Result result = site.run(arguments);
        assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.FAILED);
        assertThat(result.err().lines().filter(line -> line.contains("offsite adopt db")))
                .as("%s", result)
                .singleElement()
                .asString()
                .contains("belongs to another installation (host ", ", job db, state ");
    }

    @Test
    void fourWritersLoseNoLine() throws Exception {
        Set<String> names = new TreeSet<>();
        List<TestSite> sites = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
            sites.add(site("writer " + writer).job("shared", "true").job("prune", "never"));
        }
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        try {
            for (int round = 0; round < ROUNDS; round++) {
                List<Future<Integer>> runs = new ArrayList<>();
                for (TestSite site : sites) {
                    for (int i = 0; i < FILES; i++) {
                        String name = "%s/round %d, file %d"
                                .formatted(site.state().getParent().getFileName(), round, i);
                        site.backup(name, name);
                        names.add(name);
                    }
                }
                for (TestSite site : sites) {
                    Path file = site.configuration();
                    runs.add(threads.submit(() -> ship(file)));
                }
                for (Future<Integer> run : runs) {
                    assertThat(run.get()).isZero();
                }
            }
        } finally {
            threads.shutdown();
        }

        Shipped.listedAndVerifiable(sites.get(0).dated(), names);
    }

    /** Not by the command: its output is that of the whole JVM. */
    private static int ship(Path configuration) throws Exception {
        try (CamelApplication routes = CamelApplication.startShip(Configuration.load(configuration))) {
            return new ShipOnce(routes).ship("db").exitCode();
        }
    }

    @Test
    void aForeignRootIsLeftAloneUntilItIsAdopted() throws IOException {
        theirs.backup("theirs", "their file");
        succeeds(theirs, "ship");
        var before = theirs.remote();
        ours.backup("ours", "our file");

        refused(ours, "prune");
        refused(ours, "prune", "--undo");
        refused(ours, "ship");
        refused(ours.job("shared", "true"), "ship");
        assertThat(ours.job("shared", "false").run("doctor").out()).contains("root", "FAIL", "offsite adopt db");
        assertThat(theirs.remote()).isEqualTo(before);

        Result adopted = succeeds(ours, "adopt", "db");
        assertThat(adopted.out()).startsWith("db: ").contains(" is yours now; before, it belonged to host ");
        succeeds(ours, "ship");
        Shipped.listedAndVerifiable(ours.dated(), Set.of("theirs", "ours"));
        assertThat(succeeds(ours, "doctor").out()).contains("marked as yours");
        // The former owner has nothing to ship, and then it has.
        succeeds(theirs, "ship");
        theirs.backup("more", "of theirs");
        refused(theirs, "ship");
    }

    @Test
    void aScrubRepairsNothingInAForeignRoot() throws IOException {
        Path file = theirs.backup("x", "their file");
        succeeds(theirs, "ship");
        succeeds(ours, "adopt", "db");
        Files.delete(theirs.dated().resolve("x"));

        refused(theirs, "scrub");

        assertThat(file).exists();
        assertThat(theirs.dated().resolve("x")).doesNotExist();
    }

    @Test
    void withoutItsStateAJobGoesOnInItsRoot() throws IOException {
        theirs.backup("a", "a");
        succeeds(theirs, "ship");
        Path old = Files.move(theirs.state(), folder.resolve("old state"));
        theirs.backup("b", "b");

        Result again = succeeds(theirs, "ship");

        assertThat(again.complaints()).singleElement().asString().contains("a state folder that is lost");
        Shipped.listedAndVerifiable(theirs.dated(), Set.of("a", "b"));
        // A state that remembers the root as its own was not lost: somebody else took the root.
        Files.move(theirs.state(), folder.resolve("new state"));
        Files.move(old, theirs.state());
        theirs.backup("c", "c");
        refused(theirs, "ship");
    }

    @Test
    void twoWritersOfOneNameDoNotReplaceEachOther() throws IOException {
        theirs.job("shared", "true").backup("dump", "theirs");
        ours.job("shared", "true").backup("dump", "ours");
        succeeds(theirs, "ship");

        Result second = ours.run("ship");

        assertThat(second.exit()).as("%s", second).isEqualTo(ExitCode.FAILED);
        assertThat(second.err()).containsOnlyOnce("another writer of the shared root has a copy of this name");
        assertThat(theirs.dated().resolve("dump")).hasContent("theirs");
        theirs.backup("dump", "theirs, and longer");
        succeeds(theirs, "ship");
        Shipped.listedAndVerifiable(theirs.dated(), Set.of("dump"));
        assertThat(theirs.dated().resolve("dump")).hasContent("theirs, and longer");
    }

    @Test
    void aLockThatAKilledWriterLeftIsTakenOver() throws IOException {
        ours.job("shared", "true").backup("first", "first");
        succeeds(ours, "ship");
        Path lock = ours.dated().resolve(".offsite-lock");
        Files.writeString(lock, "0123456789abcdef0123456789abcdef of host web, job db, process 1\n");
        TestSite.aged(lock, Duration.ofMinutes(6));
        ours.backup("second", "second");

        Result run = succeeds(ours, "ship");

        assertThat(run.complaints()).singleElement().asString().contains("was left locked by host web, job db");
        String id = Files.readString(ours.state().resolve("owner")).strip();
        String host = Files.readString(ours.root().resolve(RootMark.NAME))
                .lines()
                .toList()
                .get(2);
        Files.writeString(lock, "%s of %s, job db, process 2\n".formatted(id, host));
        ours.backup("third", "third");
        succeeds(ours, "ship");
        Shipped.listedAndVerifiable(ours.dated(), Set.of("first", "second", "third"));
    }

    @Test
    void aRootOfAnEarlierBuildIsAdopted() throws IOException {
        ours.backup("a", "a");
        succeeds(ours, "ship");
        Files.delete(ours.root().resolve(RootMark.NAME));
        ours.backup("b", "b");

        assertThat(succeeds(ours, "ship").complaints()).isEmpty();

        assertThat(ours.root().resolve(RootMark.NAME)).exists();
        assertThat(succeeds(ours, "prune", "--dry-run").out()).doesNotContain(RootMark.NAME);
        refused(theirs, "prune");
    }

    @Test
    void aMarkThatIsNoneIsNotWrittenThrough() throws IOException {
        Path precious = Files.writeString(folder.resolve("precious"), "precious");
        Files.createDirectories(ours.root());
        Files.createSymbolicLink(ours.root().resolve(RootMark.NAME), precious);
        ours.backup("a", "a");

        Result run = ours.run("ship");

        assertThat(run.exit()).as("%s", run).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).contains(".offsite-owner is no mark of a root; offsite adopt db replaces it");
        succeeds(ours, "adopt", "db");
        succeeds(ours, "ship");
        assertThat(precious).hasContent("precious");
        assertThat(Files.isSymbolicLink(ours.root().resolve(RootMark.NAME))).isFalse();
        assertThat(Manifest.parse(Files.readString(ours.dated().resolve(Manifest.NAME)))
                        .names())
                .containsExactly("a");
    }
}
