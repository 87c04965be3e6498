package dev.offsite.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.offsite.component.OffsiteComponent;
import dev.offsite.demo.EmbeddedServer;
import dev.offsite.demo.EmbeddedServer.Exec.Result;
import dev.offsite.demo.Exec;
import dev.offsite.job.Jobs;
import dev.offsite.support.Routes;
import dev.offsite.support.TestSite;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CancellationException;
import org.apache.camel.CamelContext;
import org.apache.camel.main.Main;
import org.apache.sshd.sftp.server.SftpFileSystemAccessor;
import org.apache.sshd.sftp.server.SftpSubsystemProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a server in this JVM, for what no sshd does. */
@Timeout(60)
class DoctorRunIT {
    @TempDir
    Path folder;

    private final Main main = new Main();
    private final Properties more = new Properties();
    private EmbeddedServer server;
    private Clock clock = Clock.systemUTC();
    private SftpFileSystemAccessor files = SftpFileSystemAccessor.DEFAULT;

    @AfterEach
    void stop() throws IOException {
        // The routes were never started, and complain when they are stopped.
        server.close();
    }

    private Report examine(EmbeddedServer.Exec exec) throws IOException {
        server = EmbeddedServer.start(folder.resolve("server"), exec);
        server.accessFiles(files);
        Files.createDirectories(server.files().resolve("srv"));
        Files.writeString(server.files().resolve("srv/precious"), "somebody's");
        Map<String, String> before = TestSite.tree(server.files());
        try (Doctor doctor = doctor(new Cancellation())) {
            return doctor.examine(jobs().get("db"), Map.of());
        } finally {
            assertThat(TestSite.tree(server.files())).isEqualTo(before);
        }
    }

    private Doctor doctor(Cancellation stop) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("offsite.host", server.host());
        properties.setProperty("offsite.port", String.valueOf(server.port()));
        properties.setProperty("offsite.user", server.user());
        properties.setProperty("offsite.key", server.key().toString());
        properties.setProperty("offsite.known-hosts", server.knownHosts().toString());
        properties.setProperty("offsite.state", folder.resolve("state").toString());
        properties.setProperty("offsite.serve", "false");
        properties.setProperty("camel.routeTemplate[db].templateId", "ship");
        properties.setProperty(
                "camel.routeTemplate[db].source",
                Files.createDirectories(folder.resolve("source")).toString());
        properties.setProperty("camel.routeTemplate[db].root", "/srv/offsite/db");
        properties.putAll(more);
        Routes.configure(main, properties);
        main.init();
        context().init();
        var services =
                context().getRegistry().findSingleByType(OffsiteComponent.class).services();
        return new Doctor(services.connections(), services.owners(), clock, stop);
    }

    private CamelContext context() {
        return main.getCamelContext();
    }

    private Jobs jobs() {
        return context()
                .getRegistry()
                .findSingleByType(OffsiteComponent.class)
                .services()
                .jobs();
    }

    private static Finding finding(Report report, Check check) {
        return report.findings().stream()
                .filter(finding -> finding.check() == check)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aServerThatDoesNotTellItsFreeSpaceIsNoFailure() throws IOException {
        Report report = examine(Exec.sha256sumAfter((command, files) -> {}));

        assertThat(finding(report, Check.FREE_SPACE).result()).isEqualTo(dev.offsite.doctor.Result.NONE);
        assertThat(report.result()).isNotEqualTo(dev.offsite.doctor.Result.FAIL);
        assertThat(finding(report, Check.SYNC).detail()).contains("fsync@openssh.com");
        assertThat(report.verification()).isEqualTo("hash");
        assertThat(report.suggestions()).isEmpty();
    }

    @Test
    void aServerThatCannotBeToldToWriteToItsDiskIsNamed() throws IOException {
        EmbeddedServer.Exec none = (command, files) -> new EmbeddedServer.Exec.Result(127, "", "sh: not found");
        server = EmbeddedServer.start(folder.resolve("server"), none);
        Files.createDirectories(server.files().resolve("srv"));
        server.refuseSync();
        try (Doctor doctor = doctor(new Cancellation())) {
            assertThat(finding(doctor.examine(jobs().get("db"), Map.of()), Check.SYNC)
                            .result())
                    .isEqualTo(dev.offsite.doctor.Result.WARN);
        }
    }

    /** As asyncssh to clients that it does not know for OpenSSH's. */
    @Test
    void aServerThatTakesTheNamesOfALinkTheOtherWayRoundMakesLinks() throws IOException {
        links((link, existing) -> Files.createSymbolicLink(existing, link));

        Finding link = finding(examine(Exec.sha256sumAfter((command, files) -> {})), Check.SYMLINK);

        assertThat(link.result()).as("%s", link).isEqualTo(dev.offsite.doctor.Result.OK);
    }

    @Test
    void aServerThatMakesNoLinksIsNoFailure() throws IOException {
        links((link, existing) -> {
            throw new AccessDeniedException(link.toString());
        });

        Finding link = finding(examine(Exec.sha256sumAfter((command, files) -> {})), Check.SYMLINK);

        assertThat(link.result()).as("%s", link).isEqualTo(dev.offsite.doctor.Result.NONE);
        assertThat(link.detail()).contains("cannot be made over SFTP");
    }

    private interface Links {
        void make(Path link, Path existing) throws IOException;
    }

    private void links(Links links) {
        files = new SftpFileSystemAccessor() {
            @Override
            public void createLink(SftpSubsystemProxy subsystem, Path link, Path existing, boolean symbolic)
                    throws IOException {
                links.make(link, existing);
            }
        };
    }

    @Test
    void aServerWhoseCommandsLieIsNotBelieved() throws IOException {
        String ofNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        Report report = examine((command, files) -> {
            String path = command.substring(command.lastIndexOf('\'', command.length() - 2) + 1, command.length() - 1);
            return new Result(0, "%s  %s%n".formatted(ofNothing, path).repeat(2), "");
        });

        Finding first = finding(report, Check.HASH_COMMAND);
        assertThat(first.result()).isEqualTo(dev.offsite.doctor.Result.WARN);
        assertThat(first.detail()).contains("WRONG ANSWER");
        assertThat(report.verification()).isEqualTo("readback");
    }

    @Test
    void whereOnlyAHashByTheServerCountsAndThereIsNoneThatIsAFailureWithAWayOut() throws IOException {
        more.setProperty("offsite.verify", "hash");
        Report report = examine((command, files) -> new Result(127, "", "sh: not found\n"));

        assertThat(finding(report, Check.VERIFICATION).result()).isEqualTo(dev.offsite.doctor.Result.FAIL);
        assertThat(finding(report, Check.HASH_COMMAND).detail()).isEqualTo("not there");
        assertThat(report.suggestions()).singleElement().satisfies(suggestion -> {
            assertThat(suggestion.value()).isEqualTo("readback");
            assertThat(suggestion.reason()).contains("downloaded again");
        });
    }

    /** OpenSSL's answer where it is asked for, and GNU's else. */
    private static Result both(String command, Path files) {
        Result gnu = Exec.sha256sumAfter((c, f) -> {})
                .run(command.replace("openssl dgst -sha256 -r ", "sha256sum -- "), files);
        return command.startsWith("openssl") ? new Result(0, gnu.stdout().replace("  /", " */"), "") : gnu;
    }

    @Test
    void theCommandThatShippingWillUseIsSaidAndWhatTakesItsPlace() throws IOException {
        Report report = examine(DoctorRunIT::both);

        assertThat(finding(report, Check.VERIFICATION).detail()).contains("(openssl dgst -sha256 -r;", "sha256sum --)");
    }

    @Test
    void onlyTheCommandThatIsConfiguredIsTried() throws IOException {
        more.setProperty("offsite.verify.command", "openssl");
        Report report = examine(Exec.sha256sumAfter((command, files) -> {}));

        assertThat(finding(report, Check.HASH_COMMAND).subject()).startsWith("openssl");
        assertThat(report.verification()).isEqualTo("readback");
        assertThat(finding(report, Check.VERIFICATION).detail())
                .contains("only openssl was tried, for verify.command=openssl");
    }

    @Test
    void theClocksAreCompared() throws IOException {
        clock = Clock.offset(Clock.systemUTC(), Duration.ofHours(-3));

        Report report = examine(Exec.sha256sumAfter((command, files) -> {}));

        Finding skew = finding(report, Check.CLOCK);
        assertThat(skew.result()).isEqualTo(dev.offsite.doctor.Result.WARN);
        assertThat(skew.detail()).containsPattern("(3|2) hours ahead of ours|180 minutes ahead");
    }

    @Test
    void whoIsStoppedInTheMiddleCleansUp() throws IOException {
        Cancellation stop = new Cancellation();
        server = EmbeddedServer.start(folder.resolve("server"), (command, files) -> {
            // As the shutdown hook does, on a thread of its own.
            new Thread(stop::stop).start();
            return new Result(1, "", "");
        });
        Files.createDirectories(server.files().resolve("srv"));
        try (Doctor doctor = doctor(stop)) {
            assertThatExceptionOfType(CancellationException.class)
                    .isThrownBy(() -> doctor.examine(jobs().get("db"), Map.of()));
        } finally {
            stop.ended();
        }

        assertThat(TestSite.tree(server.files())).containsOnlyKeys("srv");
    }

    @Test
    void whatAKilledDoctorLeftIsRemovedByTheNext() throws IOException {
        server = EmbeddedServer.start(folder.resolve("server"), Exec.sha256sumAfter((command, files) -> {}));
        Path root = Files.createDirectories(server.files().resolve("srv/offsite/db"));
        String name = ".offsite-0123456789abcdef0123456789abcdef.part";
        Path left = Files.createDirectory(root.resolve(name));
        Files.writeString(left.resolve(name), "a probe");
        Files.setLastModifiedTime(left, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
        Path fresh = Files.createDirectory(root.resolve(".offsite-f123456789abcdef0123456789abcdef.part"));
        Path other = Files.createDirectory(root.resolve("20260101"));

        try (Doctor doctor = doctor(new Cancellation())) {
            doctor.examine(jobs().get("db"), Map.of());
        }

        assertThat(left).doesNotExist();
        assertThat(fresh).exists();
        assertThat(other).exists();
    }
}
