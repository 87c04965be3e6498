package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.support.FreePort;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How far one comes with a target that is not as it should be. */
@Timeout(60)
class DoctorCommandIT {
    @TempDir
    Path folder;

    private EmbeddedServer server;
    private TestSite site;

    @BeforeEach
    void start() throws IOException {
        server = EmbeddedServer.start(folder.resolve("server"));
        Files.createDirectories(server.files().resolve("srv"));
        site = TestSite.of(folder, server);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private Result doctor(String... more) throws IOException {
        String[] args = new String[3 + more.length];
        args[0] = "-c";
        args[1] = site.configuration().toString();
        args[2] = "doctor";
        System.arraycopy(more, 0, args, 3, more.length);
        return InJvm.run(args);
    }

    private static String row(Result said, String check) {
        return said.out()
                .lines()
                .filter(line -> line.matches(" +" + check + " +(ok|-|warn|FAIL|not checked).*"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no row '%s' in%n%s".formatted(check, said)));
    }

    @Test
    void whatIsAsItShouldBeNeedsNoChange() throws IOException {
        Result said = doctor();

        assertThat(said.exit()).as("%s", said).isZero();
        assertThat(row(said, "verification")).contains("ok", "hash");
        assertThat(said.out()).contains("Nothing to change.").doesNotContain("\u001b");
        assertThat(TestSite.filesIn(server.files())).isEmpty();
        assertThat(site.root()).doesNotExist();
    }

    @Test
    void whatTheConfigurationNamesAndIsNotThereIsARow() throws IOException {
        site.job("source", folder.resolve("not there").toString())
                .target("key", folder.resolve("no key").toString());

        Result said = doctor();

        assertThat(said.exit()).as("%s", said).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(said.out()).contains("source: the source folder", "is missing", "key: there is no file");
        assertThat(row(said, "host key")).contains(" ok ");
        assertThat(row(said, "login")).contains("not checked");
        assertThat(said.out()).contains("To be put right: configuration");
        assertThat(folder.resolve("not there")).doesNotExist();
    }

    @Test
    void aKeyFromAnEnvironmentThatIsNotSetIsNoMissingFile() throws IOException {
        server.password("right");
        Path secret = Files.writeString(folder.resolve("secret"), "right");
        secret.toFile().setReadable(false, false);
        secret.toFile().setReadable(true, true);
        site.target("key", "{{env:OFFSITE_TEST_NO_SUCH_KEY:}}").target("password-file", secret.toString());

        Result said = doctor();

        assertThat(said.exit()).as("%s", said).isZero();
    }

    @Test
    void otherMistakesInTheConfigurationStopIt() throws IOException {
        site.target("port", "none");

        Result said = doctor();

        assertThat(said.exit()).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(said.err()).contains("offsite.port");
    }

    @Test
    void anUnknownNameIsTold() throws IOException {
        Result said = doctor("dbb");

        assertThat(said.exit()).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(said.err()).contains("there is no job 'dbb'");
    }

    @Test
    void itTellsWhatItLoggedInWith() throws IOException {
        assertThat(row(doctor(), "login")).endsWith("with the key " + server.key());
        server.password("right");
        Path secret = Files.writeString(folder.resolve("secret"), "right");
        secret.toFile().setReadable(false, false);
        secret.toFile().setReadable(true, true);
        Path stranger = folder.resolve("stranger");
        try (EmbeddedServer other = EmbeddedServer.start(folder.resolve("other"))) {
            Files.copy(other.key(), stranger, StandardCopyOption.COPY_ATTRIBUTES);
        }
        site.target("key", stranger.toString()).target("password-file", secret.toString());

        assertThat(row(doctor(), "login")).endsWith("with the password");
    }

    @Test
    void aPasswordThatIsWrongIsALoginThatIsRefused() throws IOException {
        server.password("right");
        Path secret = Files.writeString(folder.resolve("secret"), "wrong-one");
        secret.toFile().setReadable(false, false);
        secret.toFile().setReadable(true, true);
        site.target("key", "").target("password-file", secret.toString());

        Result said = doctor();

        assertThat(said.exit()).isEqualTo(ExitCode.TARGET);
        assertThat(row(said, "login")).contains("FAIL", "refuses the login").doesNotContain("wrong-one");
        assertThat(row(said, "remove folder")).contains("not checked");
    }

    @Test
    void aKeyOfTheServerThatNobodyKnowsIsShownAndNeverAdded() throws IOException {
        Path known = folder.resolve("my known_hosts");
        site.target("known-hosts", known.toString());

        Result said = doctor();

        assertThat(said.exit()).isEqualTo(ExitCode.TARGET);
        assertThat(row(said, "host key")).contains("FAIL", "unknown", "SHA256:");
        assertThat(known).doesNotExist();
        assertThat(server.logins()).isZero();
        String line = Files.readString(server.knownHosts()).strip();
        assertThat(said.out()).contains("If they are the same, add to " + known, "  " + line);
    }

    @Test
    void aNameThatDnsDoesNotKnowIsTold() throws IOException {
        site.target("host", "no-such-host.invalid");

        Result said = doctor();

        assertThat(said.exit()).isEqualTo(ExitCode.TARGET);
        assertThat(row(said, "reachable")).contains("FAIL", "the name no-such-host.invalid is unknown");
    }

    @Test
    void aPortWhereNobodyListensIsTold() throws IOException {
        site.target("port", String.valueOf(FreePort.find()));

        Result said = doctor();

        assertThat(said.exit()).isEqualTo(ExitCode.TARGET);
        assertThat(row(said, "reachable")).contains("FAIL", "refuses the connection");
        assertThat(row(said, "ssh")).contains("not checked", "needs reachable");
    }

    @Test
    void aServerOfAnotherKindIsTold() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread ftp = new Thread(() -> {
                try (Socket client = socket.accept();
                        OutputStream out = client.getOutputStream()) {
                    out.write("220 FTP\r\n\u001b[2J\r\n".getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    // The client has what it needs.
                }
            });
            ftp.start();
            site.target("port", String.valueOf(socket.getLocalPort()));

            Result said = doctor();

            ftp.join();
            assertThat(said.exit()).isEqualTo(ExitCode.TARGET);
            assertThat(row(said, "ssh")).contains("FAIL", "no SSH server");
        }
    }
}
