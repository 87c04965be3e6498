package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a server sends does not end the process: it is named, and the other jobs go on. With the heap of bin/offsite. */
@RequiresSshd
@Timeout(240)
class LargeServerIT {

    private static final int LINES = 1_300_000;

    @TempDir
    private Path folder;

    private OpenSshServer server;
    private TestSite site;

    @BeforeEach
    void start() throws IOException {
        server = OpenSshServer.start(folder.resolve("sshd"));
        site = TestSite.of(folder, server).asProcess();
        Files.createDirectories(folder.resolve("other"));
        site.set("camel.routeTemplate[zz].templateId", "ship");
        site.set("camel.routeTemplate[zz].source", folder.resolve("other").toString());
        site.set("camel.routeTemplate[zz].root", folder.resolve("sshd/zz").toString());
        site.backup("app.dump", "new");
        TestSite.aged(Files.writeString(folder.resolve("other/other.dump"), "other"), java.time.Duration.ofHours(1));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aManifestOfAHundredMegabytes() throws IOException {
        Path day = Files.createDirectories(site.today());
        try (Writer sums = Files.newBufferedWriter(day.resolve("SHA256SUMS"))) {
            String hash = "0123456789abcdef".repeat(4) + "  ";
            for (int i = 0; i < LINES; i++) {
                sums.write(hash + "copy " + i + "\n");
            }
        }
        assertThat(Files.size(day.resolve("SHA256SUMS"))).isGreaterThan(90 << 20);

        Result shipped = site.run("ship");
        assertThat(shipped.exit()).as("%s", shipped).isPositive();
        assertThat(shipped.err()).contains(day + "/SHA256SUMS").contains("SHA256SUMS is too large: from line ");
        assertThat(shipped.out()).contains("zz: 1 file shipped and verified");

        for (String verb : new String[] {"scrub", "prune", "restore", "list"}) {
            Result result = verb.equals("restore") ? site.run(verb, "db", "--to", "back") : site.run(verb, "db");
            assertThat(result.err()).as("%s %s", verb, result).doesNotContain("out of memory");
        }
    }

    @Test
    void outOfMemoryIsOneLine() {
        site.env("OFFSITE_JAVA_OPTS", "-Xmx9m");

        Result result = site.run("ship");

        assertThat(result.exit()).as("%s", result).isPositive();
        assertThat(result.complaints())
                .singleElement()
                .asString()
                .startsWith("offsite: out of memory, the run was cut: ");
    }
}
