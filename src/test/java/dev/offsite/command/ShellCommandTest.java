package dev.offsite.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.support.TestSite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ShellCommandTest {

    @TempDir
    private Path folder;

    private final ConcurrentLinkedQueue<String> said = new ConcurrentLinkedQueue<>();

    private ShellCommand command(String line, Duration deadline) {
        return new ShellCommand(line, List.of("name", "a b"), folder, Map.of("OFFSITE_JOB", "db"), deadline, said::add);
    }

    private Optional<String> run(String line) throws IOException {
        return command(line, Duration.ofSeconds(30)).run(process -> {});
    }

    @Test
    void itHasArgumentsAnEnvironmentAFolderAndNothingToRead() throws IOException {
        assertThat(run("pwd; echo \"$1 $# $OFFSITE_JOB\"; wc -c; echo to stderr >&2"))
                .isEmpty();

        assertThat(said).containsExactly(folder.toRealPath().toString(), "a b 1 db", "0", "to stderr");
    }

    @Test
    void itsExitCodeItsSignalAndItsLastLineAreTheReason() throws IOException {
        assertThat(run("echo first; printf 'no such\\tbase\\n\\n'; exit 3")).contains("exited with 3: no such\\tbase");
        assertThat(run("kill -9 $$")).contains("exited with 137 (SIGKILL)");
        assertThat(run("no-such-command"))
                .hasValueSatisfying(reason ->
                        assertThat(reason).startsWith("exited with 127: ").contains("no-such-command"));
    }

    /** Invariant 12. Nothing that it started outlives it, even if that ignores signals. */
    @Test
    void atItsDeadlineItEndsWithAllThatItStarted() throws IOException {
        String line = "(trap '' TERM; while :; do sleep 1; done) & echo $! > child; echo waiting; wait";

        assertThat(command(line, Duration.ofMillis(500)).run(process -> {}))
                .contains("did not end within 0 s, and was ended: waiting");

        assertThat(isAlive(pid("child"))).isFalse();
    }

    @Test
    void whatItLeavesBehindEndsWithIt() throws IOException {
        assertThat(run("sleep 50 & echo $! > child")).isEmpty();

        assertThat(isAlive(pid("child"))).isFalse();
    }

    @Test
    void itIsStoppedByAnotherThread() throws Exception {
        ShellCommand command = command("sleep 50 & echo $! > child; mv child pid; wait", Duration.ofSeconds(50));
        CompletableFuture<Optional<String>> result = CompletableFuture.supplyAsync(() -> {
            try {
                return command.run(process -> {});
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        await().until(() -> Files.exists(folder.resolve("pid")));

        command.stop();

        assertThat(result.get(20, TimeUnit.SECONDS)).contains("was ended, since Offsite is being stopped");
        assertThat(isAlive(pid("pid"))).isFalse();
        assertThat(command.run(process -> {})).contains("was not started, since Offsite is being stopped");
    }

    /** Neither our memory nor the command's speed suffers from what nobody reads. */
    @Test
    void gigabytesOfOutputAreReadAndDropped() throws IOException {
        assertThat(run("head -c 300000000 /dev/zero | tr '\\0' x; echo; yes | head -n 1000000; echo the end; exit 1"))
                .contains("exited with 1: the end");

        assertThat(said).hasSize(CommandOutput.MOST_LINES + 1);
        assertThat(said.peek()).hasSize(2000);
        assertThat(List.copyOf(said).get(CommandOutput.MOST_LINES))
                .matches("… and 9998\\d\\d more lines \\(1.9 MiB\\)");
    }

    private long pid(String name) throws IOException {
        return Long.parseLong(Files.readString(folder.resolve(name)).strip());
    }

    /** Not as Java has it: one that nobody has waited for counts as alive there. */
    private static boolean isAlive(long pid) {
        return TestSite.tool(Path.of("/"), "ps", "-o", "stat=", "-p", String.valueOf(pid))
                .out()
                .matches("(?s)[^Z]+");
    }
}
