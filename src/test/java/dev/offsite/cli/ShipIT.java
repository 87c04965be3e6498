package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The one job there is, on a real server. */
@RequiresSshd
@Timeout(300)
class ShipIT {
    private static final long MIB = 1L << 20;
    private static final int PARALLEL = 4;
    /** What is not an upload: sessions for folders, listings and renames, and hash commands. */
    private static final int HANDFUL = 10;

    @TempDir
    Path folder;

    private OpenSshServer server;
    private TestSite site;

    @BeforeEach
    void start() throws IOException {
        server = OpenSshServer.start(folder.resolve("server"));
        site = TestSite.of(folder, server);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void manyFilesShipInOneRunWithAHandfulOfLogins(TestReporter reporter) throws IOException {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            names.add("large" + i);
            site.optimizing().writeSparse("large" + i, 50 * MIB);
        }
        for (int i = 0; i < 300; i++) {
            names.add("small" + i);
            site.backup("small" + i, ("small " + i + "\n").repeat(800));
        }
        long started = System.nanoTime();

        Result ran = site.run("ship");

        reporter.publishEntry("seconds", String.valueOf((System.nanoTime() - started) / 1_000_000_000));
        reporter.publishEntry("logins", String.valueOf(server.logins()));
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("db: 320 files shipped and verified to " + site.dated());
        assertThat(ran.err().lines().filter(line -> line.endsWith(" hash)"))).hasSize(320);
        Shipped.exactly(site, site.dated(), names);
        assertThat(server.logins()).isLessThanOrEqualTo(PARALLEL + HANDFUL);

        int logins = server.logins();
        Result second = site.run("ship");
        assertThat(second.exit()).as(second.err()).isZero();
        assertThat(second.out()).isEqualTo("db: nothing new\n");
        assertThat(server.logins()).isEqualTo(logins);
        Shipped.listedAndVerifiable(site.dated(), names);
    }

    /** The command gives Java 256 MiB. */
    @Test
    void aFileOfTwoGibibytesShips() throws IOException {
        site.optimizing().writeSparse("huge", 2048 * MIB + 1);

        Result ran = site.run("ship");

        assertThat(ran.exit()).as(ran.err()).isZero();
        Shipped.exactly(site, site.dated(), List.of("huge"));
    }

    @Test
    void aTreeKeepsItsStructureAndEmptyAndHiddenFilesShip() throws IOException {
        List<String> names =
                List.of("top", "a/b/c/deep", "a/b/beside", "empty", "a/empty", ".hidden", ".hidden folder/x");
        for (String name : names) {
            site.backup(name, name.endsWith("empty") ? "" : name);
        }

        Result ran = site.run("ship");

        assertThat(ran.exit()).as(ran.err()).isZero();
        Shipped.exactly(site, site.dated(), names);
    }

    @Test
    void aSecondRunOfTheSameDayMergesWhatIsNewAndWhatHasChanged() throws IOException {
        List<String> names = List.of("same", "changed", "sub/changed", "sub/new");
        for (String name : names.subList(0, 3)) {
            site.backup(name, "first " + name);
        }
        assertThat(site.run("ship").exit()).isZero();
        var sameBefore = Files.getLastModifiedTime(site.dated().resolve("same"));

        site.backup("changed", "second, and longer");
        site.backup("sub/changed", "other sub/changed");
        site.backup("sub/new", "new");
        Result ran = site.run("ship");

        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("3 files shipped");
        Shipped.exactly(site, site.dated(), names);
        assertThat(Files.getLastModifiedTime(site.dated().resolve("same"))).isEqualTo(sameBefore);

        assertThat(site.run("ship").out()).isEqualTo("db: nothing new\n");
    }

    @Test
    void filesOfTheDayThatAreGoneHereStayThere() throws IOException {
        site.backup("one", "one");
        assertThat(site.run("ship").exit()).isZero();
        Files.delete(site.source().resolve("one"));
        site.backup("two", "two");

        assertThat(site.run("ship").exit()).isZero();

        Shipped.listedAndVerifiable(site.dated(), List.of("one", "two"));
        assertThat(site.dated().resolve("one")).hasContent("one");
    }

    @Test
    void withoutRecursionOnlyTheTopIsShipped() throws IOException {
        site.job("recursive", "false");
        site.backup("top", "top");
        site.backup("sub/below", "below");

        Result ran = site.run("ship");

        assertThat(ran.exit()).as(ran.err()).isZero();
        Shipped.exactly(site, site.dated(), List.of("top"));
    }
}
