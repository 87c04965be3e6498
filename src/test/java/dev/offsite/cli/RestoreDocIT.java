package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands of docs/restore.md as they stand there, against a real server. */
@RequiresSshd
@Timeout(120)
class RestoreDocIT {

    private static final Pattern BLOCK = Pattern.compile("(?s)```sh (\\w+)\n(.*?)```");

    @TempDir
    static Path folder;

    private static OpenSshServer server;
    private static TestSite offsite;
    private static String today;

    @BeforeAll
    static void ship() throws IOException {
        server = OpenSshServer.start(folder.resolve("sshd"));
        offsite = TestSite.of(folder, server);
        offsite.backup("app.dump", "the dump");
        offsite.backup("logs/a/b.log", "the log");
        assertThat(offsite.run("ship").exit()).isZero();
        today = offsite.folders().get(0).getFileName().toString();
        wrapper("ssh", trusting("ssh"));
        wrapper("scp", trusting("scp"));
        wrapper("sftp", trusting("sftp"));
        wrapper(
                "offsite",
                "'%s' -c '%s'"
                        .formatted(Path.of("target/offsite/bin/offsite").toAbsolutePath(), offsite.configuration()));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** The user's own known_hosts is not this test's to write. */
    private static String trusting(String tool) {
        return "/usr/bin/%s -o UserKnownHostsFile='%s' -o GlobalKnownHostsFile=/dev/null -o BatchMode=yes"
                .formatted(tool, server.knownHosts());
    }

    private static void wrapper(String name, String command) throws IOException {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Path file = Files.writeString(bin.resolve(name), "#!/bin/sh\nexec " + command + " \"$@\"\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** All blocks of that kind, as one script, with the page's examples replaced by what is here. */
    private static Result run(String kind) throws IOException {
        Matcher blocks = BLOCK.matcher(Files.readString(Path.of("docs/restore.md")));
        String commands = blocks.results()
                .filter(block -> block.group(1).equals(kind))
                .map(block -> block.group(2))
                .collect(Collectors.joining());
        assertThat(commands).isNotEmpty();
        String script = "PATH='%s':$PATH\nserver='%s@%s'\nport=%d\nkey='%s'\nroot='%s'\nset -e\n%s"
                .formatted(
                        folder.resolve("bin"),
                        server.user(),
                        server.host(),
                        server.port(),
                        server.key(),
                        offsite.root(),
                        commands.replace("20260131", today).replace("2026-01-31", iso()));
        return TestSite.tool(Files.createDirectories(folder.resolve("by " + kind)), "sh", "-c", script);
    }

    private static String iso() {
        return "%s-%s-%s".formatted(today.substring(0, 4), today.substring(4, 6), today.substring(6));
    }

    private static void assertRestored(Path restored) {
        assertThat(restored.resolve("app.dump")).hasContent("the dump");
        assertThat(restored.resolve("logs/a/b.log")).hasContent("the log");
    }

    @Test
    void withSshAlone() throws IOException {
        Result ran = run("ssh");

        assertThat(ran.exit()).as("%s", ran).isZero();
        assertThat(ran.out()).contains(today, "app.dump: OK", "logs/a/b.log: OK");
        assertRestored(folder.resolve("by ssh/restored"));
    }

    @Test
    void withSftpAlone() throws IOException {
        server.reconfigure("ForceCommand internal-sftp");
        Result ran;
        try {
            ran = run("sftp");
        } finally {
            server.reconfigure();
        }

        assertThat(ran.exit()).as("%s", ran).isZero();
        assertThat(ran.out()).contains(today, "app.dump: OK", "logs/a/b.log: OK");
        assertRestored(folder.resolve("by sftp/restored"));
    }

    @Test
    void withOffsite() throws IOException {
        Result ran = run("offsite");

        assertThat(ran.exit()).as("%s", ran).isZero();
        assertThat(ran.out()).contains("db: 2 files restored and verified", "2 already there");
        assertRestored(folder.resolve("by offsite/restored"));
    }
}
