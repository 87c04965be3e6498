package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import dev.offsite.support.TestSite.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands around the runs of a job, with the distribution and a real server. */
@RequiresSshd
@Timeout(180)
class CommandsIT {

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private static OpenSshServer server;
    private TestSite site;
    /** What the commands note. */
    private Path notes;

    @BeforeAll
    static void start() throws IOException {
        server = OpenSshServer.start(shared.resolve("sshd"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void install() throws IOException {
        site = TestSite.of(folder, server).job("ready", "1h").asProcess();
        notes = folder.resolve("notes");
        site.job("after-command", note("after"));
        site.job("failure-command", note("failure"));
    }

    private String note(String what) {
        return "echo " + what + " $OFFSITE_EVENT $OFFSITE_FILES $OFFSITE_NOT_SHIPPED \"$OFFSITE_REASON\" >> '" + notes
                + "'";
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(60));
    }

    /** With {@code ready} of an hour, nothing else would be shipped. */
    @Test
    void whatTheCommandWroteIsFinishedWhenItEnded() throws IOException {
        site.writeNow("of something else", "still being written");
        site.job(
                "before-command",
                "echo \"$OFFSITE_JOB $OFFSITE_EVENT $OFFSITE_SOURCE $OFFSITE_ROOT\"; echo dump > app.dump");
        // The other file must not hold up the run.
        site.job("exclude", "of something else");

        Result result = site.run("ship");

        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(site.dated().resolve("app.dump")).hasContent("dump");
        assertThat(notes).hasContent("after shipped 1 0 ");
        assertThat(result.err())
                .contains("INFO  db: before-command: db before %s %s".formatted(site.source(), site.root()));
    }

    @Test
    void aFileThatSomethingElseWasWritingIsNotFinishedByIt() throws IOException {
        site.job("ready", "9s");
        site.job("before-command", "echo dump > app.dump; echo more >> growing; (sleep 1; echo most) >> growing");
        site.writeNow("growing", "first");

        Result result = site.run("ship");

        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(result.err()).contains("waiting until nothing was written for 9 s");
        assertThat(site.remote()).hasSize(4);
    }

    @Test
    void aCommandThatFailsFailsTheJobByNameAndNotTheOthers() throws IOException {
        site.backup("good", "good");
        site.job("before-command", "echo half > app.dump; echo no such database >&2; exit 3");
        Path web = Files.createDirectories(folder.resolve("web"));
        TestSite.aged(Files.writeString(web.resolve("page"), "page"), Duration.ofHours(2));
        site.set("camel.routeTemplate[web].templateId", "ship")
                .set("camel.routeTemplate[web].source", web.toString())
                .set(
                        "camel.routeTemplate[web].root",
                        site.root().resolveSibling("web").toString());

        Result result = site.run("ship");

        String reason = "before-command exited with 3: no such database";
        assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.FAILED);
        assertThat(result.out()).contains("db: nothing shipped: " + reason + "\n", "web: 1 file shipped and verified");
        assertThat(result.err()).contains("ERROR db: " + reason);
        assertThat(site.root()).doesNotExist();
        assertThat(notes).hasContent("failure failed 0 0 " + reason);
        assertThat(site.run("history").out()).contains(reason);
        assertThat(site.run("prune", "db").out() + site.run("prune", "db").err())
                .contains("the last ship did not end well");
    }

    @Test
    void whatAFailedCommandWroteIsNotShippedUntilItIsWrittenAgain() throws IOException {
        site.job("ready", "0s");
        site.job("before-command", "echo half > app.dump; echo half > old.dump; exit 1");
        assertThat(site.run("ship").exit()).isEqualTo(ExitCode.FAILED);
        site.job("before-command", "echo whole > app.dump");

        Result result = site.run("ship");

        assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.FAILED);
        assertThat(result.err()).contains("old.dump not shipped: it was written while before-command failed (");
        assertThat(site.dated().resolve("app.dump")).hasContent("whole");
        assertThat(site.dated().resolve("old.dump")).doesNotExist();

        // Somebody has looked at it.
        TestSite.aged(site.source().resolve("old.dump"), Duration.ZERO);
        result = site.run("ship");
        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(site.dated().resolve("old.dump")).exists();
    }

    @Test
    void theCommandAtTheEndThatFailsIsAFailure() throws IOException {
        site.backup("good", "good");
        site.job("ready", "1s").job("after-command", "echo no mail >&2; exit 2");

        Result result = site.run("ship");

        assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.FAILED);
        assertThat(result.out()).contains("1 file shipped and verified", "; after-command exited with 2: no mail");
        assertThat(site.run("history").out()).contains("after-command exited with 2: no mail");

        site.job("after-command", note("after"));
        assertThat(site.run("ship").exit()).isZero();
        assertThat(notes).hasContent("after nothing 0 0 ");
    }

    @Test
    void aTargetThatCannotBeReachedIsAFailureToo() throws IOException {
        site.job("before-command", "echo dump > app.dump").target("port", "1").target("retries", "0");

        assertThat(site.run("ship").exit()).isEqualTo(ExitCode.TARGET);

        assertThat(notes).content().startsWith("failure failed 0 1 ").contains("refused");
    }

    @Test
    void theDeadlineAndASignalEndItWithAllThatItStarted() throws Exception {
        Path pid = folder.resolve("pid");
        String line = "sleep 60 & echo $! > '%s.new'; mv '%s.new' '%s'; wait".formatted(pid, pid, pid);
        site.job("before-command", line).job("command-timeout", "2s");
        assertThat(site.run("ship").out()).contains("before-command did not end within 2 s, and was ended");
        assertEnded(pid);

        site.job("command-timeout", "1h");
        try (Running running = site.start("ship")) {
            soon().until(() -> Files.exists(pid));
            assertThat(site.run("ship").exit()).isEqualTo(ExitCode.BUSY);
            running.process().destroy();
            running.end();
        }
        assertEnded(pid);
        assertThat(notes).content().endsWith("failure failed 0 0 Offsite was stopped\n");
    }

    /** Its half-written file is not shipped, even though nobody was there to see it fail. */
    @Test
    void aKillEndsTheCommandTooAndCountsAsItsFailure() throws Exception {
        Path pid = folder.resolve("pid");
        site.job("ready", "0s");
        site.job(
                "before-command",
                "echo half > app.dump; echo $$ > '%s.new'; mv '%s.new' '%s'; sleep 60".formatted(pid, pid, pid));
        try (Running running = site.start("ship")) {
            soon().until(() -> Files.exists(pid));
            // The launcher becomes Java.
            running.kill();
        }
        site.job("before-command", "true");

        Result result = site.run("ship");

        assertEnded(pid);
        assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.FAILED);
        assertThat(result.err()).contains("app.dump not shipped: it was written while before-command failed");
        assertThat(site.run("ship").exit()).isEqualTo(ExitCode.FAILED);
    }

    private static void assertEnded(Path pid) throws IOException {
        String number = Files.readString(pid).strip();
        soon().until(() -> !TestSite.tool(Path.of("/"), "ps", "-o", "stat=", "-p", number)
                .out()
                .matches("(?s)[^Z]+"));
        Files.delete(pid);
    }

    @Test
    void theServiceRunsThemOncePerRunOfItsSchedule() throws IOException {
        site.job("schedule", "0/5 * * * * ?");
        site.job(
                "before-command",
                "echo $(date +%s%N) > app-$(date +%s%N).dump; test -e '" + folder + "/bad' && exit 4; true");
        try (Running running = site.start("serve")) {
            soon().until(() -> Files.exists(notes) && Files.readAllLines(notes).size() >= 2);
            assertThat(notes).content().startsWith("after shipped 1 0 \nafter shipped 1 0 \n");

            Files.createFile(folder.resolve("bad"));
            soon().until(() -> Files.readString(notes).contains("failure failed 0 0 before-command exited with 4"));

            Files.delete(folder.resolve("bad"));
            // What was half-written then holds the job's name up in each run.
            soon().until(() -> Files.readString(notes).contains("it was written while before-command failed"));
            running.process().destroy();
            Result result = running.end();
            assertThat(result.exit()).as("%s", result).isZero();
            assertThat(result.err()).contains("ERROR db: before-command exited with 4");
        }
    }

    /** What was cut by a stop is made up for at the next start. */
    @Test
    void aStopEndsTheCommandOfTheService() throws IOException {
        Path pid = folder.resolve("pid");
        site.job("schedule", "0/2 * * * * ?");
        site.job("before-command", "echo $$ > '%s.new'; mv '%s.new' '%s'; sleep 60".formatted(pid, pid, pid));
        try (Running running = site.start("serve")) {
            soon().until(() -> Files.exists(pid));
            running.process().destroy();
            Result result = running.end();
            assertThat(result.exit()).as("%s", result).isZero();
            assertThat(result.err()).contains("before-command was ended, since Offsite is being stopped");
        }
        assertEnded(pid);
        assertThat(Files.readAllLines(notes)).singleElement().asString().startsWith("failure failed 0 0 ");
    }

    @Test
    void aServiceThatPollsIsRefused() {
        site.target("before-command", "true");

        Result result = site.run("serve");

        assertThat(result.exit()).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(result.err())
                .contains("offsite.before-command: in the service, it runs once for each run of a schedule; set"
                        + " camel.routeTemplate[db].schedule, or run offsite ship from cron");
        assertThat(List.of(result.err().split("\n"))).hasSize(3);
    }
}
