package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.Site;
import dev.offsite.support.Site.Ran;
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
    private Site site;

    @BeforeEach
    void start() throws IOException {
        server = OpenSshServer.start(folder.resolve("server"));
        site = Site.of(folder, server);
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
            site.write("small" + i, ("small " + i + "\n").repeat(800));
        }
        long started = System.nanoTime();

        Ran ran = site.run("ship");

        reporter.publishEntry("seconds", String.valueOf((System.nanoTime() - started) / 1_000_000_000));
        reporter.publishEntry("logins", String.valueOf(server.logins()));
        assertThat(ran.exitCode()).as(ran.stderr()).isZero();
        assertThat(ran.stdout()).contains("db: 320 files shipped and verified to " + site.dated());
        assertThat(ran.stderr().lines().filter(line -> line.endsWith(" hash)"))).hasSize(320);
        Shipped.exactly(site, site.dated(), names);
        assertThat(server.logins()).isLessThanOrEqualTo(PARALLEL + HANDFUL);

        int logins = server.logins();
        Ran second = site.run("ship");
        assertThat(second.exitCode()).as(second.stderr()).isZero();
        assertThat(second.stdout()).isEqualTo("db: nothing new\n");
        assertThat(server.logins()).isEqualTo(logins);
        Shipped.listedAndVerifiable(site.dated(), names);
    }

    /** The command gives Java 256 MiB. */
    @Test
    void aFileOfTwoGibibytesShips() throws IOException {
        site.optimizing().writeSparse("huge", 2048 * MIB + 1);

        Ran ran = site.run("ship");

        assertThat(ran.exitCode()).as(ran.stderr()).isZero();
        Shipped.exactly(site, site.dated(), List.of("huge"));
    }

    @Test
    void aTreeKeepsItsStructureAndEmptyAndHiddenFilesShip() throws IOException {
        List<String> names =
                List.of("top", "a/b/c/deep", "a/b/beside", "empty", "a/empty", ".hidden", ".hidden folder/x");
        for (String name : names) {
            site.write(name, name.endsWith("empty") ? "" : name);
        }

        Ran ran = site.run("ship");

        assertThat(ran.exitCode()).as(ran.stderr()).isZero();
        Shipped.exactly(site, site.dated(), names);
    }

    @Test
    void aSecondRunOfTheSameDayMergesWhatIsNewAndWhatHasChanged() throws IOException {
        List<String> names = List.of("same", "changed", "sub/changed", "sub/new");
        for (String name : names.subList(0, 3)) {
            site.write(name, "first " + name);
        }
        assertThat(site.run("ship").exitCode()).isZero();
        var sameBefore = Files.getLastModifiedTime(site.dated().resolve("same"));

        site.write("changed", "second, and longer");
        site.write("sub/changed", "other sub/changed");
        site.write("sub/new", "new");
        Ran ran = site.run("ship");

        assertThat(ran.exitCode()).as(ran.stderr()).isZero();
        assertThat(ran.stdout()).contains("3 files shipped");
        Shipped.exactly(site, site.dated(), names);
        assertThat(Files.getLastModifiedTime(site.dated().resolve("same"))).isEqualTo(sameBefore);

        assertThat(site.run("ship").stdout()).isEqualTo("db: nothing new\n");
    }

    @Test
    void filesOfTheDayThatAreGoneHereStayThere() throws IOException {
        site.write("one", "one");
        assertThat(site.run("ship").exitCode()).isZero();
        Files.delete(site.source().resolve("one"));
        site.write("two", "two");

        assertThat(site.run("ship").exitCode()).isZero();

        Shipped.listedAndVerifiable(site.dated(), List.of("one", "two"));
        assertThat(site.dated().resolve("one")).hasContent("one");
    }

    @Test
    void withoutRecursionOnlyTheTopIsShipped() throws IOException {
        site.jobProperty("recursive", "false");
        site.write("top", "top");
        site.write("sub/below", "below");

        Ran ran = site.run("ship");

        assertThat(ran.exitCode()).as(ran.stderr()).isZero();
        Shipped.exactly(site, site.dated(), List.of("top"));
    }
}
