package dev.offsite.support;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchChangedHostKeyException;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.SftpException;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@RequiresSshd
@Timeout(60)
class OpenSshServerIT {
    /** printf hello | sha256sum */
    private static final String HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    @TempDir
    static Path folder;

    private static OpenSshServer server;

    @BeforeAll
    static void start() throws IOException {
        server = OpenSshServer.start(folder.resolve("server"));
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "-rf * it's \"$(touch pwned)\" `touch pwned`; touch pwned\\",
                "new\nline",
                "Ünïcödé 備份 💾"
            })
    void storesRenamesAndHashesAnyName(String name, @TempDir Path files) throws Exception {
        String path = files.resolve(name).toString();
        Session session = connect(server, server.key(), null);
        try {
            ChannelSftp sftp = sftp(session);
            put(sftp, path + ".part", "hello");
            put(sftp, path, "the old copy");
            sftp.rename(quote(path + ".part"), quote(path));

            try (var list = Files.list(files)) {
                assertThat(list).containsExactly(files.resolve(name));
            }
            assertThat(exec(session, "cd '" + files + "' && sha256sum < '" + name.replace("'", "'\\''") + "'"))
                    .isEqualTo(HELLO + "  -\n");
            String escaped = path.replace("\\", "\\\\").replace("\n", "\\n");
            assertThat(exec(session, "sha256sum -- '" + path.replace("'", "'\\''") + "'"))
                    .isEqualTo((escaped.equals(path) ? "" : "\\") + HELLO + "  " + escaped + "\n");
        } finally {
            session.disconnect();
        }
    }

    @Test
    void letsInItsOwnKeysOnly() throws Exception {
        int before = server.logins();
        connect(server, server.encryptedKey("open sesame"), "open sesame").disconnect();
        await().untilAsserted(() -> assertThat(server.logins()).isEqualTo(before + 1));

        Path stranger = server.strangerKey();
        assertThatThrownBy(() -> connect(server, stranger, null))
                .isInstanceOf(JSchException.class)
                .hasMessageContaining("Auth fail");
        assertThat(server.logins()).isEqualTo(before + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512"})
    void knownHostsHasEveryTypeOfHostKey(String type) throws Exception {
        Session session = session(server, server.key(), null);
        session.setConfig("server_host_key", type);
        session.connect(10_000);
        session.disconnect();
    }

    @Test
    void changesItsHostKeys() throws Exception {
        try (OpenSshServer other = OpenSshServer.start(folder.resolve("changing"))) {
            connect(other, other.key(), null).disconnect();
            other.changeHostKeys();
            assertThatThrownBy(() -> connect(other, other.key(), null)).isInstanceOf(JSchChangedHostKeyException.class);
            other.trustHostKeys();
            connect(other, other.key(), null).disconnect();
        }
    }

    @Test
    void stopsWithItsSessionsAndComesBackOnTheSamePort() throws Exception {
        try (OpenSshServer other = OpenSshServer.start(folder.resolve("restarted"))) {
            int port = other.port();
            Session session = connect(other, other.key(), null);
            ChannelExec sleeping = (ChannelExec) session.openChannel("exec");
            sleeping.setCommand("echo $$; exec sleep 1000");
            var out = new BufferedReader(new InputStreamReader(sleeping.getInputStream(), UTF_8));
            sleeping.connect(10_000);
            long pid = Long.parseLong(out.readLine());

            other.stop();
            await().until(() -> !session.isConnected());
            await().until(() -> !isRunning(pid));
            assertThatThrownBy(() -> connect(other, other.key(), null)).hasMessageContaining("refused");

            other.restart();
            assertThat(other.port()).isEqualTo(port);
            connect(other, other.key(), null).disconnect();
        }
    }

    @Test
    void takesMoreConfiguration() throws Exception {
        try (OpenSshServer other = OpenSshServer.start(
                folder.resolve("sftp only"),
                "LogLevel INFO",
                "Match User " + server.user(),
                "ForceCommand internal-sftp")) {
            Session session = connect(other, other.key(), null);
            try {
                assertThat(exec(session, "sha256sum -- x")).contains("sftp connections only");
                put(sftp(session), folder.resolve("by sftp").toString(), "hello");
            } finally {
                session.disconnect();
            }
        }
        assertThat(folder.resolve("by sftp")).hasContent("hello");
        assertThatThrownBy(() -> OpenSshServer.start(folder.resolve("broken"), "NoSuchKeyword yes"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("NoSuchKeyword");
    }

    @Test
    void isSkippedWithoutSshdButNotInCi() {
        assertThat(RequiresSshd.Condition.evaluate(true, "true").isDisabled()).isFalse();
        var skipped = RequiresSshd.Condition.evaluate(false, null);
        assertThat(skipped.isDisabled()).isTrue();
        assertThat(skipped.getReason()).hasValue("no sshd here: apt-get install openssh-server");
        assertThatThrownBy(() -> RequiresSshd.Condition.evaluate(false, "true"))
                .hasMessage("no sshd here: apt-get install openssh-server");
    }

    /** A zombie that nobody waits for is not running. */
    private static boolean isRunning(long pid) {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .flatMap(handle -> handle.info().command())
                .isPresent();
    }

    private static Session connect(OpenSshServer server, Path key, String passphrase) throws JSchException {
        Session session = session(server, key, passphrase);
        session.connect(10_000);
        return session;
    }

    private static Session session(OpenSshServer server, Path key, String passphrase) throws JSchException {
        JSch jsch = new JSch();
        jsch.addIdentity(key.toString(), passphrase == null ? null : passphrase.getBytes(StandardCharsets.UTF_8));
        jsch.setKnownHosts(server.knownHosts().toString());
        Session session = jsch.getSession(server.user(), server.host(), server.port());
        session.setConfig("StrictHostKeyChecking", "yes");
        session.setConfig("PreferredAuthentications", "publickey");
        return session;
    }

    private static ChannelSftp sftp(Session session) throws JSchException {
        ChannelSftp sftp = (ChannelSftp) session.openChannel("sftp");
        sftp.connect(10_000);
        return sftp;
    }

    private static void put(ChannelSftp sftp, String path, String content) throws SftpException {
        sftp.put(new ByteArrayInputStream(content.getBytes(UTF_8)), quote(path));
    }

    private static String exec(Session session, String command) throws Exception {
        ChannelExec channel = (ChannelExec) session.openChannel("exec");
        channel.setCommand(command.getBytes(UTF_8));
        var stdout = channel.getInputStream();
        channel.connect(10_000);
        try {
            return new String(stdout.readAllBytes(), UTF_8);
        } finally {
            channel.disconnect();
        }
    }

    /** JSch takes paths as patterns. */
    private static String quote(String path) {
        return path.replaceAll("[\\\\*?]", "\\\\$0");
    }
}
