package dev.offsite.encryption;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.support.Age;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** What the machine that ships knows, and what it leaves behind. */
@RequiresSshd
@EnabledIf("dev.offsite.support.Age#isThere")
class NoIdentityIT {

    private static final String MARK = "a plain line that nobody may see, 4f1c";

    @TempDir
    private Path folder;

    @Test
    void noKeyIsInMemoryAndNoContentOnTheServerInTheStateOrInTheLog() throws Exception {
        try (OpenSshServer server = OpenSshServer.start(folder.resolve("sshd"))) {
            Age age = Age.keygen(folder);
            TestSite offsite = TestSite.of(folder, server)
                    .asProcess()
                    .target("encrypt-to", age.recipient())
                    .set("offsite.limit", "1MiB/s");
            offsite.backup("small", MARK.repeat(10));
            offsite.backup("large", MARK.repeat(400_000));
            Path dump = folder.resolve("heap.hprof");
            try (TestSite.Running running = offsite.start("ship", "--verbose")) {
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> !offsite.parts().isEmpty());
                Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
                assertThat(TestSite.tool(
                                        folder,
                                        jcmd.toString(),
                                        String.valueOf(running.process().pid()),
                                        "GC.heap_dump",
                                        "-all",
                                        dump.toString())
                                .exit())
                        .isZero();
                assertThat(running.end().exit()).isZero();
            }
            String secret = Files.readAllLines(age.identity()).stream()
                    .filter(line -> line.startsWith("AGE-SECRET-KEY-"))
                    .findFirst()
                    .orElseThrow();
            // The dump is one: it has the public key, as characters of one byte each.
            String heap = Files.readString(dump, ISO_8859_1);
            assertThat(heap.contains(age.recipient())).isTrue();
            assertThat(heap.contains(secret)).isFalse();
            for (Path top : new Path[] {offsite.root(), offsite.state(), folder.resolve("home")}) {
                assertNothingPlain(top);
            }
            try (Stream<Path> logs = Files.list(folder)) {
                for (Path log : logs.filter(file -> file.toString().matches(".*\\.(out|err)"))
                        .toList()) {
                    assertThat(Files.readString(log, ISO_8859_1)).doesNotContain(MARK);
                }
            }
        }
    }

    @Test
    void aProcessThatKnowsTheKeyLeavesNoCore() throws Exception {
        try (OpenSshServer server = OpenSshServer.start(folder.resolve("sshd"))) {
            Age age = Age.keygen(folder);
            TestSite offsite = TestSite.of(folder, server).asProcess().target("encrypt-to", age.recipient());
            offsite.backup("small", MARK);
            assertThat(offsite.run("ship").exit()).isZero();
            TestSite.Result restored = offsite.run(
                    "restore",
                    "db",
                    "--to",
                    folder.resolve("to").toString(),
                    "--identity-command",
                    "grep 'core file' /proc/$PPID/limits >&2; cat '" + age.identity() + "'");
            assertThat(restored.exit()).as("%s", restored).isZero();
            assertThat(restored.err()).containsPattern("Max core file size +0 +0 ");
            assertThat(folder.resolve("to/small")).hasContent(MARK);
        }
    }

    private static void assertNothingPlain(Path top) throws IOException {
        if (!Files.exists(top)) {
            return;
        }
        try (Stream<Path> all = Files.walk(top)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file, ISO_8859_1).contains(MARK))
                        .as(file.toString())
                        .isFalse();
            }
        }
    }
}
