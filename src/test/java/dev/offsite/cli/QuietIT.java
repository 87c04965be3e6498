package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How much is printed: {@code -q}, {@code -v}, and no colours where nobody sees them. */
@Timeout(120)
class QuietIT {

    private EmbeddedServer server;

    @TempDir
    private Path folder;

    private TestSite offsite;

    @BeforeEach
    void install() throws IOException {
        server = EmbeddedServer.start(folder.resolve("server"));
        offsite = TestSite.of(folder, server).job("ready", "1s");
        offsite.backup("app.dump", "dump");
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private void saysNothing(String... arguments) {
        Result result = offsite.run(arguments);
        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(result.out() + result.err()).as(String.join(" ", arguments)).isEmpty();
    }

    /** So cron sends no mail. */
    @Test
    void whatGoesWellIsSilent() {
        saysNothing("ship", "-q");
        saysNothing("-q", "ship");
        saysNothing("prune", "--quiet");
        saysNothing("scrub", "-q");
        saysNothing("verify", "db", "-q");
        saysNothing("drill", "-q");
        saysNothing("restore", "db", "--to", folder.resolve("restored").toString(), "-q");
        saysNothing("put", folder.resolve("restored").toString(), "sftp:/srv/tree", "-q");
        saysNothing("get", "sftp:/srv/tree", folder.resolve("got").toString(), "-q");
        saysNothing("adopt", "db", "-q");
    }

    @Test
    void whatWasAskedForIsPrinted() {
        assertThat(offsite.run("ship", "--dry-run", "-q").out()).contains("app.dump", "1 file would be shipped");
        assertThat(offsite.run("ship", "--json", "-q").out()).contains("\"shipped\":1");
        assertThat(offsite.run("list", "db", "latest", "-q").out()).contains("app.dump");
        assertThat(offsite.run("status", "-q").out()).contains("JOB");
    }

    @Test
    void problemsAreOnStandardError() throws Exception {
        offsite.backup("app.dump.sha256", "0".repeat(64) + "  app.dump\n");
        Result ship = offsite.run("ship", "-q");
        assertThat(ship.exit()).isEqualTo(1);
        assertThat(ship.out()).isEmpty();
        assertThat(ship.err())
                .contains("app.dump not shipped", "1 file NOT shipped")
                .doesNotContain(" INFO ");

        Files.writeString(offsite.folders().get(0).resolve("app.dump.sha256"), "x");
        Result verify = offsite.run("verify", "db", "-q");
        assertThat(verify.exit()).isEqualTo(1);
        assertThat(verify.out()).isEmpty();
        assertThat(verify.err()).contains("1 changed of 1 copy");
    }

    @Test
    void moreIsOffsitesOwn() {
        Result usual = offsite.run("ship", "--dry-run");
        assertThat(usual.err()).isEmpty();
        Result more = offsite.run("ship", "-v");
        assertThat(more.exit()).isZero();
        assertThat(more.err()).contains(" DEBUG ").doesNotContain("org.apache", "\tat ");

        Result both = offsite.run("ship", "-q", "-v");
        assertThat(both.exit()).isEqualTo(2);
        assertThat(both.err()).isEqualTo("offsite: --quiet excludes --verbose and --debug (offsite --help)\n");
    }
}
