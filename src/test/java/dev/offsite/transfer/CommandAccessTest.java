package dev.offsite.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.offsite.job.SshPath;
import dev.offsite.job.Target;
import dev.offsite.proof.Answer;
import dev.offsite.proof.HashCutException;
import dev.offsite.proof.HashProgram;
import dev.offsite.proof.Proof;
import dev.offsite.proof.RemoteCommand;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** All commands of a run go over one login, through camel-ssh as it is, on a server that allows one command at a time. */
@RequiresSshd
@Timeout(60)
class CommandAccessTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    private final CamelContext context = new DefaultCamelContext();
    private final Connections connections = new Connections(false, new Bandwidth(""));
    private OpenSshServer server;

    @BeforeEach
    void start() throws Exception {
        server = OpenSshServer.start(folder.resolve("sshd"), "MaxSessions 1", "LogLevel DEBUG1");
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:offsite-hash").errorHandler(noErrorHandler()).toD("${header.OffsiteSsh}");
            }
        });
        connections.setCamelContext(context);
        context.start();
    }

    @AfterEach
    void stop() {
        connections.stop();
        context.stop();
        server.close();
    }

    private Connection connection(Path key) {
        return connections.to(new Target(
                server.host(),
                server.port(),
                server.user(),
                key,
                null,
                null,
                server.knownHosts(),
                Proof.READBACK,
                SshPath.SAME,
                HashProgram.AUTO));
    }

    private RemoteCommand commands(Path key) {
        Connection connection = connection(key);
        return new RemoteCommand(context.createProducerTemplate(), connection.ssh(), connection.clients());
    }

    private Answer run(String command) throws HashCutException {
        return commands(server.key()).run(command, MINUTE);
    }

    private void assertRuns() throws HashCutException {
        assertThat(run("echo it runs").stdout()).isEqualTo("it runs\n");
    }

    @Test
    void manyCommandsAreOneLogin() throws Exception {
        for (int i = 0; i < 20; i++) {
            Answer answer = run("echo out " + i + "; echo err >&2; exit " + i);
            assertThat(answer.stdout()).isEqualTo("out " + i + "\n");
            assertThat(answer.stderr()).isEqualTo("err\n");
            assertThat(answer.status()).contains(i);
        }

        assertThat(server.logins()).isOne();
        assertThat(server.log()).contains("cipher: aes128-gcm@openssh.com").doesNotContain("cipher: chacha20");
    }

    @Test
    void commandsAtTheSameTimeHaveASessionEach() throws Exception {
        Path ready = folder.resolve("ready");
        CompletableFuture<Answer> waits = CompletableFuture.supplyAsync(() -> {
            try {
                return run("until [ -e '%s' ]; do sleep 0.05; done; echo saw it".formatted(ready));
            } catch (HashCutException e) {
                throw new IllegalStateException(e);
            }
        });
        run("touch '%s'".formatted(ready));
        assertThat(waits.get().stdout()).isEqualTo("saw it\n");
        assertRuns();

        assertThat(server.logins()).isEqualTo(2);
    }

    @Test
    void aSessionThatDiedMeanwhileIsReplaced() throws Exception {
        assertRuns();
        server.restart();
        assertRuns();
        assertThat(server.logins()).isEqualTo(2);
    }

    @Test
    void anIdleSessionIsClosedAtTheEndOfARun() throws Exception {
        assertRuns();
        connections.closeIdle();
        assertRuns();
        assertThat(server.logins()).isEqualTo(2);
    }

    @Test
    void aCommandThatHangsIsCutAndTheNextRuns() throws Exception {
        assertRuns();
        RemoteCommand commands = commands(server.key());
        assertThatExceptionOfType(HashCutException.class)
                .isThrownBy(() -> commands.run("sleep 50", Duration.ofSeconds(1)))
                .matches(HashCutException::hung);
        assertRuns();
        assertThat(server.logins()).isEqualTo(2);
    }

    @Test
    void whoIsRefusedDoesNotTryAgainInTheSameRun() throws Exception {
        Path stranger = server.strangerKey();
        for (int i = 0; i < 3; i++) {
            assertThatExceptionOfType(HashCutException.class)
                    .isThrownBy(() -> commands(stranger).run("true", MINUTE));
        }
        assertThat(server.log().lines().filter(line -> line.contains("Connection from")))
                .hasSize(1);

        Files.writeString(folder.resolve("sshd/authorized_keys"), Files.readString(Path.of(stranger + ".pub")));
        connections.closeIdle();
        assertThat(commands(stranger).run("echo in", MINUTE).stdout()).isEqualTo("in\n");
    }
}
