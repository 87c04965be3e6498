package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.drill.Drills;
import dev.offsite.io.ByteProgress;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A rehearsal finds out what a restore would; and leaves nothing behind. */
@RequiresSshd
@Timeout(120)
class DrillIT {

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private static OpenSshServer server;
    private TestSite offsite;

    @BeforeAll
    static void start() throws IOException {
        server = OpenSshServer.start(shared.resolve("sshd"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void ship() throws IOException {
        offsite = TestSite.of(folder, server);
        offsite.backup("a b", "one");
        offsite.backup("-rf", "two");
        offsite.backup("in/$(x)", "three");
        assertThat(offsite.run("ship").exit()).isZero();
    }

    private void assertNothingLeft() {
        assertThat(offsite.state().resolve("drill/db")).doesNotExist();
    }

    @Test
    void itPassesAndShowsWhatCameBackToTheCommand() throws IOException {
        Path seen = folder.resolve("seen");
        offsite.job("drill-command", "pwd && cat -- \"$@\" && printf '%s\\n' \"$#\" \"$OFFSITE_JOB\" > '" + seen + "'");

        Result result = offsite.run("drill");

        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(result.out()).startsWith("db: drill passed: 3 files of ").contains("restored and verified");
        assertThat(seen).hasContent("3\ndb");
        assertNothingLeft();
        assertThat(offsite.run("list").out()).contains("drill passed ");
        assertThat(offsite.run("drill", "--files", "1").out()).contains("drill passed: 1 file of ");
        offsite.target("drill.budget", "1B");
        assertThat(offsite.run("drill").out()).contains("drill passed: 1 file of ");
    }

    @Test
    void itSaysHowFarItIs() throws Exception {
        List<String> heard = Collections.synchronizedList(new ArrayList<>());
        ByteProgress progress = new ByteProgress() {
            @Override
            public void total(long bytes) {
                heard.add("of " + bytes);
            }

            @Override
            public void accept(long bytes) {
                heard.add(String.valueOf(bytes));
            }
        };

        try (CamelApplication routes = CamelApplication.look(Configuration.load(offsite.configuration()))) {
            routes.services().drills().run("db", Drills.MOST_FILES, progress);
        }

        assertThat(heard.get(0)).isEqualTo("of 11");
        assertThat(heard.stream().skip(1).mapToInt(Integer::parseInt).sum()).isEqualTo(11);
    }

    @Test
    void onATerminalALineShowsIt() {
        offsite.env("OFFSITE_JAVA_OPTS", "-Doffsite.terminal=true");
        String line = "\r\u001b[Kdb";

        Result result = offsite.run("drill");

        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(result.err()).contains(line);
        assertThat(result.out()).startsWith("db: drill passed: 3 files of ");
        assertThat(offsite.run("drill", "--no-progress").err()).doesNotContain(line);
    }

    @Test
    void aDamagedCopyFailsIt() throws IOException {
        Files.writeString(offsite.folders().get(0).resolve("a b"), "ONE");

        Result result = offsite.run("drill", "db");

        assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.FAILED);
        assertThat(result.out()).contains("db: drill FAILED on ", "a b: what arrived differs");
        assertThat(result.err()).contains("ERROR");
        assertNothingLeft();
        assertThat(offsite.run("list").out()).contains("drill FAILED ");
    }

    @Test
    void aCommandThatIsNotContentFailsIt() {
        offsite.job("drill-command", "echo it is no dump >&2; exit 3");

        Result result = offsite.run("drill");

        assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.FAILED);
        assertThat(result.out()).contains("db: drill FAILED on ", ": the command exited with 3: it is no dump");
        assertNothingLeft();
    }

    @Test
    void aJobWithNothingToRestoreFailsIt(@TempDir Path other) throws IOException {
        Result result = TestSite.of(other, server).run("drill");

        assertThat(result.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(result.out()).contains("db: drill FAILED: there is no verified dated folder in ");
    }

    @Test
    void aTargetThatCannotBeReachedIsExit3() {
        offsite.target("port", "1");

        assertThat(offsite.run("drill").exit()).isEqualTo(ExitCode.TARGET);
    }
}
