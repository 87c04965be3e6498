package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.owner.RootMark;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a small file costs, counted in the log of OpenSSH's own SFTP server: on a long link each request that is waited for is dear. */
@RequiresSshd
@Timeout(120)
class RoundTripsIT {
    private static final int FILES = 60;
    private static final int FOLDERS = 3;
    private static final Pattern REQUEST = Pattern.compile("request \\d+: (?!sent )([a-z-]+)");

    @TempDir
    Path folder;

    @Test
    void aSmallFileIsOpenedWrittenClosedAndRenamed() throws IOException {
        Path log = folder.resolve("requests.log");
        Path logging = Files.writeString(
                folder.resolve("sftp-server"),
                "#!/bin/sh\nexec %s -e -l DEBUG3 2>>'%s'\n".formatted(sftpServer(), log));
        Files.setPosixFilePermissions(logging, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (OpenSshServer server = OpenSshServer.start(folder.resolve("server"), "Subsystem sftp " + logging)) {
            TestSite site = TestSite.of(folder, server);
            site.backup("first", "makes the dated folder, and learns how the server hashes");
            assertThat(site.run("ship").exit()).isZero();
            // The root's mark is read again until it is older than a moment.
            Files.setLastModifiedTime(
                    site.root().resolve(RootMark.NAME),
                    FileTime.from(Instant.now().minus(Duration.ofHours(1))));
            site.backup("second", "has the mark remembered");
            assertThat(site.run("ship").exit()).isZero();
            Files.delete(log);
            for (int i = 0; i < FILES; i++) {
                site.backup("folder " + i % FOLDERS + "/file " + i, "content of " + i);
            }

            Result ran = site.run("ship");

            assertThat(ran.exit()).as(ran.err()).isZero();
            Map<String, Long> requests = requests(log);
            // Besides: the manifest is read once, and written at each commit.
            long commits = requests.get("posix-rename") - FILES;
            assertThat(commits).as("commits of %s", requests).isBetween(1L, FILES / 4L);
            assertThat(requests.get("open")).as("of %s", requests).isEqualTo(FILES + commits + 1);
            assertThat(requests.get("write")).as("of %s", requests).isEqualTo(FILES + commits);
            assertThat(requests.get("close"))
                    .as("of %s", requests)
                    .isEqualTo(requests.get("open") + requests.getOrDefault("opendir", 0L));
            // Nobody waits for those of the files: they go out together, for all files of a commit. The mark of the
            // root,
            // and SHA256SUMS at each commit, are looked at, too.
            assertThat(requests.getOrDefault("lstat", 0L)).as("of %s", requests).isBetween((long) FILES, FILES + 20L);
            // A folder is opened when a copy that is more open comes into it.
            assertThat(requests.getOrDefault("setstat", 0L))
                    .as("of %s", requests)
                    .isBetween((long) FILES, (long) FILES + FOLDERS);
            long others = requests.values().stream().mapToLong(Long::longValue).sum()
                    - Stream.of("posix-rename", "open", "write", "close", "lstat", "setstat")
                            .mapToLong(requests::get)
                            .sum();
            assertThat(others)
                    .as("what does not grow with the files, of %s", requests)
                    .isLessThan(5L * FOLDERS + 30);
        }
    }

    private static Map<String, Long> requests(Path log) throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.map(REQUEST::matcher)
                    .filter(java.util.regex.Matcher::find)
                    .collect(Collectors.groupingBy(found -> found.group(1), Collectors.counting()));
        }
    }

    private static Path sftpServer() {
        return Stream.of("/usr/lib/openssh", "/usr/libexec/openssh", "/usr/libexec", "/usr/lib/ssh")
                .map(place -> Path.of(place, "sftp-server"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("where is OpenSSH's sftp-server?"));
    }
}
