package dev.offsite.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offsite.job.HashProgram;
import dev.offsite.job.Modes;
import dev.offsite.job.SshPath;
import dev.offsite.job.Target;
import dev.offsite.job.VerificationMethod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.threads.ThreadUtils;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.channel.ChannelSessionFactory;
import org.apache.sshd.server.command.AbstractCommandSupport;
import org.apache.sshd.server.command.Command;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands over one login, also where the server ends that after each command, as tinysshd does. */
@Timeout(60)
class SingleLoginExecIT {

    private static final Duration DEADLINE = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private final SshServer server = SshServer.setUpDefaultServer();
    private final AtomicInteger logins = new AtomicInteger();
    private StrictSshClientBuilder clients;
    private volatile boolean endsAfterEach;
    private volatile boolean endsBeforeAny;
    private volatile boolean takesOne;
    private final Map<Session, Boolean> used = new ConcurrentHashMap<>();

    @BeforeEach
    void start() throws Exception {
        KeyPair host = KeyUtils.generateKeyPair("ecdsa-sha2-nistp256", 256);
        server.setHost("127.0.0.1");
        server.setKeyPairProvider(KeyPairProvider.wrap(host));
        server.setPasswordAuthenticator((user, password, session) -> logins.incrementAndGet() > 0);
        server.setCommandFactory(this::command);
        server.setChannelFactories(List.of(new ChannelSessionFactory() {
            @Override
            public Channel createChannel(Session session) throws IOException {
                if (takesOne && used.put(session, true) != null) {
                    throw new IOException("only one 'session' channel allowed");
                }
                return super.createChannel(session);
            }
        }));
        server.start();
        Path known = Files.writeString(
                folder.resolve("known_hosts"),
                "[127.0.0.1]:%d %s%n".formatted(server.getPort(), PublicKeyEntry.toString(host.getPublic())));
        clients = new StrictSshClientBuilder(new Target(
                "127.0.0.1",
                server.getPort(),
                "me",
                null,
                null,
                "sesame",
                known,
                VerificationMethod.READBACK,
                SshPath.SAME,
                HashProgram.AUTO,
                null,
                Modes.KEEP));
    }

    @AfterEach
    void stop() throws IOException {
        server.stop(true);
    }

    private Command command(ChannelSession channel, String line) {
        if (endsAfterEach) {
            channel.addCloseFutureListener(end -> channel.getSession().close(false));
        }
        return new AbstractCommandSupport(line, ThreadUtils.newSingleThreadExecutor("command")) {
            @Override
            public void run() {
                if (endsBeforeAny) {
                    channel.getSession().close(true);
                    return;
                }
                try {
                    getOutputStream().write(line.getBytes(StandardCharsets.UTF_8));
                    getOutputStream().flush();
                    onExit(0);
                } catch (IOException e) {
                    onExit(1);
                }
            }
        };
    }

    @Test
    void manyCommandsNeedOneLogin() throws Exception {
        try (SingleLoginExec exec = SingleLoginExec.open(clients, () -> {})) {
            for (String line : new String[] {"one", "two", "three"}) {
                assertThat(exec.run(line, DEADLINE).stdout()).isEqualTo(line);
            }
        }
        assertThat(logins).hasValue(1);
    }

    @Test
    void whereTheServerEndsTheLoginAfterACommandTheNextLogsInAgain() throws Exception {
        endsAfterEach = true;
        try (SingleLoginExec exec = SingleLoginExec.open(clients, () -> {})) {
            for (String line : new String[] {"one", "two", "three"}) {
                ExecResult result = exec.run(line, DEADLINE);
                assertThat(result.stdout()).isEqualTo(line);
                assertThat(result.status()).contains(0);
            }
        }
        assertThat(logins).hasValue(3);
    }

    @Test
    void whereALoginHasOneChannelEachCommandLogsIn() throws Exception {
        takesOne = true;
        try (SingleLoginExec exec = SingleLoginExec.open(clients, () -> {})) {
            for (String line : new String[] {"one", "two", "three"}) {
                assertThat(exec.run(line, DEADLINE).stdout()).isEqualTo(line);
            }
        }
        assertThat(logins).hasValue(3);
    }

    @Test
    void aLoginThatRunsNothingIsNotRepeated() throws Exception {
        endsBeforeAny = true;
        try (SingleLoginExec exec = SingleLoginExec.open(clients, () -> {})) {
            assertThat(exec.run("one", DEADLINE).status()).isEmpty();
            endsBeforeAny = false;
            server.stop(true);
            assertThatThrownBy(() -> exec.run("two", DEADLINE)).isInstanceOf(ExecException.class);
        }
        assertThat(logins).hasValue(1);
    }
}
