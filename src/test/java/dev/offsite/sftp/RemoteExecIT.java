package dev.offsite.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.jcraft.jsch.Session;
import dev.offsite.bandwidth.BandwidthLimits;
import dev.offsite.demo.EmbeddedServer;
import dev.offsite.exec.CamelSshExec;
import dev.offsite.exec.ExecException;
import dev.offsite.exec.ExecResult;
import dev.offsite.job.HashProgram;
import dev.offsite.job.Modes;
import dev.offsite.job.SshPath;
import dev.offsite.job.Target;
import dev.offsite.job.VerificationMethod;
import dev.offsite.sftp.login.SftpLogin;
import dev.offsite.sftp.login.TargetEndpoint;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands of one target go over the login of its SFTP, where the server allows it. */
@RequiresSshd
@Timeout(60)
class RemoteExecIT {

    private static final Duration DEADLINE = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private final CamelContext context = new DefaultCamelContext();
    private final TargetConnections connections = new TargetConnections(false, new BandwidthLimits(""));

    @BeforeEach
    void startTheRoute() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:offsite-exec")
                        .errorHandler(noErrorHandler())
                        .toD("${header.CamelOffsiteSsh}")
                        .bean(CamelSshExec.class, "result");
            }
        });
        connections.setCamelContext(context);
        context.addService(connections);
        context.start();
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void commandsGoOverTheLoginOfSftp() throws Exception {
        try (OpenSshServer server = OpenSshServer.start(folder)) {
            TargetConnection connection = to(server);
            connection.sessions().call(SftpSession::home);

            for (int i = 0; i < 10; i++) {
                ExecResult answer = run(connection, "echo out %d; echo err >&2; exit %d".formatted(i, i));
                assertThat(answer.stdout()).isEqualTo("out %d\n".formatted(i));
                assertThat(answer.stderr()).isEqualTo("err\n");
                assertThat(answer.status()).contains(i);
            }

            connection.sessions().call(SftpSession::home);
            assertLogins(server, 1);
            connections.closeIdle();
            awaitDisconnects(server, 1);
            assertRuns(connection);
            assertLogins(server, 2);
        }
    }

    @Test
    void commandsAtTheSameTimeHaveALoginEachAndLeaveThemToTheNext() throws Exception {
        try (OpenSshServer server = OpenSshServer.start(folder)) {
            TargetConnection connection = to(server);
            Path go = folder.resolve("go");
            String waiting = "echo > '%s/%%d'; while [ ! -e '%s' ]; do sleep 0.02; done".formatted(folder, go);
            ExecutorService three = Executors.newFixedThreadPool(3);

            List<CompletableFuture<ExecResult>> answers = IntStream.range(0, 3)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> run(connection, waiting.formatted(i)), three))
                    .toList();
            await().until(() -> Stream.of("0", "1", "2").allMatch(i -> Files.exists(folder.resolve(i))));
            Files.createFile(go);

            assertThat(answers)
                    .allSatisfy(answer -> assertThat(answer.get().isOk()).isTrue());
            three.shutdown();
            for (int i = 0; i < 6; i++) {
                assertRuns(connection);
            }
            assertLogins(server, 3);
        }
    }

    @Test
    void whereSftpHasTheOnlyChannelTheyGoThroughCamelSsh() throws Exception {
        try (OpenSshServer server = OpenSshServer.start(folder, "MaxSessions 1")) {
            TargetConnection connection = to(server);

            ExecResult answer = run(connection, "echo out; echo err >&2; exit 7");

            assertThat(answer).isEqualTo(new ExecResult(Optional.of(7), "out\n", "err\n"));
            assertRuns(connection);
            assertThat(connection.sessions().call(SftpSession::home)).isNotEmpty();
            assertLogins(server, 3);
        }
    }

    /** camel-ssh would keep all of it in memory. */
    @ParameterizedTest
    @ValueSource(strings = {"", " >&2"})
    void whatPrintsWithoutEndIsCutThereToo(String where) throws Exception {
        try (OpenSshServer server = OpenSshServer.start(folder, "MaxSessions 1")) {
            TargetConnection connection = to(server);

            assertThatThrownBy(() -> connection.commands().run("yes" + where, DEADLINE))
                    .isInstanceOf(ExecException.class)
                    .hasMessageContaining("yes on the server printed more than 8 MiB");
            assertRuns(connection);
        }
    }

    @Test
    void aConnectionForManyRequestsThatMayHaveOneChannelStillDoesTheRest() throws Exception {
        try (OpenSshServer server = OpenSshServer.start(folder, "MaxSessions 1");
                SftpSession session =
                        SftpSession.openForMany(context.getEndpoint(to(server).sftp(), TargetEndpoint.class))) {
            String made = folder.resolve("made").toString();

            assertThat(session.makeFolders(List.of(made), folder -> -1))
                    .extracting(RemoteFolders.Made::failure)
                    .containsOnlyNulls();
            assertThat(session.stat(made)).isPresent();
            assertThat(session.makeFolders(List.of(made + "/a", made + "/b"), folder -> -1))
                    .extracting(RemoteFolders.Made::failure)
                    .containsOnlyNulls();
            assertThat(session.list(made)).hasSize(2);
            assertThat(session.channels().isOpen()).isTrue();
        }
    }

    @Test
    void aLoginThatTheServerHasEndedIsReplaced() throws Exception {
        try (OpenSshServer server = OpenSshServer.start(folder)) {
            TargetConnection connection = to(server);
            for (int i = 1; i <= 5; i++) {
                assertRuns(connection);
                server.restart();
            }
        }
    }

    @Test
    void aCommandThatIsCutIsNotRunAgainAndTheNextOneRuns() throws Exception {
        try (OpenSshServer server = OpenSshServer.start(folder)) {
            TargetConnection connection = to(server);
            assertRuns(connection);

            assertThatThrownBy(() -> connection.commands().run("sleep 60", Duration.ofSeconds(1)))
                    .isInstanceOf(ExecException.class)
                    .hasMessage("sleep on the server did not end within 1 s");
            awaitDisconnects(server, 1);

            assertRuns(connection);
            assertLogins(server, 2);
        }
    }

    @Test
    void aCommandThatWasKilledHasNoStatus() throws Exception {
        try (OpenSshServer server = OpenSshServer.start(folder)) {
            assertThat(run(to(server), "echo half; kill -9 $$").status()).isEmpty();
        }
    }

    @Test
    void muchOutputComesWhole() throws Exception {
        try (OpenSshServer server = OpenSshServer.start(folder)) {
            String out = run(to(server), "seq 1 500000; seq 1 300000 >&2").stdout();
            assertThat(out).hasLineCount(500_000).endsWith("\n500000\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "yes >&2"})
    void aCommandThatNeverStopsPrintingIsLeft(String command) throws Exception {
        try (OpenSshServer server = OpenSshServer.start(folder)) {
            TargetConnection connection = to(server);

            assertThatThrownBy(() -> connection.commands().run(command, DEADLINE))
                    .isInstanceOf(ExecException.class)
                    .hasMessage("yes on the server printed more than 8 MiB");

            assertRuns(connection);
        }
    }

    @Test
    void aServerThatRunsNoCommandsIsAskedOnce() throws Exception {
        try (EmbeddedServer server = EmbeddedServer.start(folder)) {
            server.refuseCommands();
            TargetConnection connection = connections.to(
                    target(server.host(), server.port(), server.user(), server.key(), null, server.knownHosts()));

            assertThatThrownBy(() -> connection.commands().run("true", DEADLINE))
                    .isInstanceOf(ExecException.class)
                    .hasMessage("cannot run true on the server");

            assertThat(server.logins()).isEqualTo(1);
        }
    }

    @Test
    void whoIsRefusedDoesNotTryAgainInTheSameRun() throws Exception {
        try (OpenSshServer server = OpenSshServer.start(folder)) {
            TargetConnection connection = connections.to(target(server, server.strangerKey()));
            long before = connectionsMade(server);

            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> connection.commands().run("true", DEADLINE))
                        .isInstanceOf(ExecException.class)
                        .hasMessage("cannot run true on the server");
            }

            assertThat(connectionsMade(server) - before).isEqualTo(1);
        }
    }

    /** Invariant 12: to wait until one is given up takes more than a minute. */
    @Test
    void aServerThatFallsSilentIsGivenUp() throws Exception {
        try (OpenSshServer server = OpenSshServer.start(folder)) {
            Session session = new SftpLogin(context.getEndpoint(to(server).sftp(), TargetEndpoint.class)).session();

            assertThat(session.getServerAliveInterval()).isBetween(1, 30_000);
            assertThat(session.getServerAliveCountMax()).isBetween(1, 10);
        }
    }

    @Test
    void bothClientsAgreeOnGcmWhateverTheServerHasFirst() throws Exception {
        String ciphers = "Ciphers chacha20-poly1305@openssh.com,aes256-ctr,aes128-ctr,aes128-gcm@openssh.com";
        try (OpenSshServer server = OpenSshServer.start(folder, "MaxSessions 1", "LogLevel DEBUG1", ciphers)) {
            assertRuns(to(server));

            List<String> agreed = server.log()
                    .lines()
                    .filter(line -> line.contains("kex: ") && line.contains(" cipher: "))
                    .map(line -> line.replaceAll(".* cipher: (\\S+) .*", "$1"))
                    .toList();
            assertThat(agreed).hasSize(4).containsOnly("aes128-gcm@openssh.com");
        }
    }

    private TargetConnection to(OpenSshServer server) {
        return connections.to(target(server, server.key()));
    }

    private static Target target(OpenSshServer server, Path key) {
        return target(server.host(), server.port(), server.user(), key, null, server.knownHosts());
    }

    private static Target target(String host, int port, String user, Path key, String password, Path knownHosts) {
        return new Target(
                host,
                port,
                user,
                key,
                null,
                password,
                knownHosts,
                VerificationMethod.READBACK,
                SshPath.SAME,
                HashProgram.AUTO,
                null,
                Modes.KEEP);
    }

    private static ExecResult run(TargetConnection connection, String command) {
        try {
            return connection.commands().run(command, DEADLINE);
        } catch (ExecException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertRuns(TargetConnection connection) {
        assertThat(run(connection, "echo hello").stdout()).isEqualTo("hello\n");
    }

    /** The log may be a moment behind. */
    private static void assertLogins(OpenSshServer server, int logins) {
        await().untilAsserted(() -> assertThat(server.logins()).isGreaterThanOrEqualTo(logins));
        assertThat(server.logins()).isEqualTo(logins);
    }

    private static long connectionsMade(OpenSshServer server) {
        return server.log()
                .lines()
                .filter(line -> line.contains("Connection from"))
                .count();
    }

    private static void awaitDisconnects(OpenSshServer server, int disconnects) {
        await().untilAsserted(() -> assertThat(server.log()
                        .lines()
                        .filter(line -> line.matches(
                                "(Disconnected from|Connection closed by|Connection reset by) (user )?.*")))
                .hasSizeGreaterThanOrEqualTo(disconnects));
    }
}
