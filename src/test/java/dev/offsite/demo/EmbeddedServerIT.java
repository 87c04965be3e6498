package dev.offsite.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.SftpException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class EmbeddedServerIT {
    /** printf hello | sha256sum */
    private static final String HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    @TempDir
    static Path folder;

    private static EmbeddedServer server;

    @BeforeAll
    static void start() throws IOException {
        server = EmbeddedServer.start(folder.resolve("server"));
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "-rf *",
                "it's \"$(touch pwned)\" `touch pwned`; touch pwned",
                "back\\slash\\",
                "new\nline\rreturn",
                "Ünïcödé 備份 💾",
                " spaces ",
                "a|b&c<d>e"
            })
    void storesRenamesAndHashesAnyName(String name) throws Exception {
        Session session = connect(server, server.key());
        try {
            ChannelSftp sftp = sftp(session);
            put(sftp, "/" + name + ".part", "hello");
            put(sftp, "/" + name, "the old copy");
            sftp.rename(quote("/" + name + ".part"), quote("/" + name));

            assertThat(server.files().resolve(name)).hasContent("hello");
            assertThat(server.files().resolve(name + ".part")).doesNotExist();
            String escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
            assertThat(exec(session, "sha256sum -- " + shellQuote("/" + name)))
                    .isEqualTo(new EmbeddedServer.Exec.Result(
                            0, (escaped.equals(name) ? "" : "\\") + HELLO + "  /" + escaped + "\n", ""));
        } finally {
            session.disconnect();
        }
        assertThat(server.files().resolve("pwned")).doesNotExist();
    }

    @Test
    void storesNamesOf255Bytes() throws Exception {
        String name = "x".repeat(255);
        Session session = connect(server, server.key());
        try {
            put(sftp(session), name, "hello");
            assertThat(exec(session, "sha256sum -- " + name).stdout()).isEqualTo(HELLO + "  " + name + "\n");
        } finally {
            session.disconnect();
        }
    }

    @Test
    void renamesAtomically() throws Exception {
        Path target = Files.writeString(server.files().resolve("SHA256SUMS"), "old");
        Path linked = Files.createLink(server.files().resolve("same inode"), target);
        Session session = connect(server, server.key());
        try {
            ChannelSftp sftp = sftp(session);
            assertThat(sftp.getExtension("posix-rename@openssh.com")).isEqualTo("1");
            put(sftp, "/sums.part", "new");
            Object key = Files.getAttribute(server.files().resolve("sums.part"), "unix:ino");
            sftp.rename("/sums.part", "/SHA256SUMS");

            assertThat(Files.getAttribute(target, "unix:ino")).isEqualTo(key);
            assertThat(linked).hasContent("old");
        } finally {
            session.disconnect();
        }
    }

    @Test
    void seesOnlyItsOwnFolder() throws Exception {
        Files.createDirectories(server.files().resolve("srv/x"));
        Session session = connect(server, server.key());
        try {
            ChannelSftp sftp = sftp(session);
            assertThat(sftp.pwd()).isEqualTo("/");
            put(sftp, "/srv/x/a", "hello");
            assertThat(server.files().resolve("srv/x/a")).hasContent("hello");
            put(sftp, "/../key", "hello"); // as after chroot: nothing is above the root
            assertThat(server.files().resolve("key")).hasContent("hello");
            assertThat(server.key()).content().startsWith("-----BEGIN OPENSSH PRIVATE KEY-----");
            assertThat(exec(session, "sha256sum -- ../key srv/x/a").stdout())
                    .isEqualTo(HELLO + "  ../key\n" + HELLO + "  srv/x/a\n");
        } finally {
            session.disconnect();
        }
    }

    @Test
    void hashesManyStreamingFiles() throws Exception {
        Path big = server.files().resolve("big");
        byte[] block = new byte[1 << 20];
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (var out = Files.newOutputStream(big)) {
            for (int i = 0; i < 40; i++) {
                out.write(block);
                digest.update(block);
            }
        }
        Files.writeString(server.files().resolve("small"), "hello");
        Session session = connect(server, server.key());
        try {
            assertThat(exec(session, "sha256sum -- big missing \"small\""))
                    .isEqualTo(new EmbeddedServer.Exec.Result(
                            1,
                            HexFormat.of().formatHex(digest.digest()) + "  big\n" + HELLO + "  small\n",
                            "sha256sum: missing: No such file or directory\n"));
        } finally {
            session.disconnect();
        }
    }

    @Test
    void knowsNoOtherCommand() throws Exception {
        Session session = connect(server, server.key());
        try {
            assertThat(exec(session, "rm -rf /"))
                    .isEqualTo(new EmbeddedServer.Exec.Result(127, "", "sh: rm: not found\n"));
            assertThat(exec(session, "sha256sum -- a; rm b").status()).isEqualTo(2);
            assertThat(exec(session, "sha256sum -- 'a").stderr()).isEqualTo("sh: unterminated quoted string\n");
        } finally {
            session.disconnect();
        }
    }

    @Test
    void letsInItsOwnKeyOnly() throws Exception {
        try (EmbeddedServer other = EmbeddedServer.start(folder.resolve("other"))) {
            assertThatThrownBy(() -> connect(server, other.key()))
                    .isInstanceOf(JSchException.class)
                    .hasMessageContaining("Auth fail");
            assertThat(other.logins()).isZero();
            connect(other, other.key()).disconnect();
            assertThat(other.logins()).isEqualTo(1);
        }
    }

    @Test
    void writesAKeyThatBothClientsRead() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(server.key())))
                .isEqualTo("rw-------");
        Iterable<KeyPair> keys = new FileKeyPairProvider(List.of(server.key())).loadKeys(null);
        assertThat(keys).hasSize(1);
    }

    @Test
    void runsTheCommandsOfATest() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        EmbeddedServer.Exec exec = (command, root) -> {
            if (calls.incrementAndGet() > 1) {
                throw new IllegalStateException("crash");
            }
            return new EmbeddedServer.Exec.Result(7, command, root.getFileName().toString());
        };
        try (EmbeddedServer other = EmbeddedServer.start(folder.resolve("exec"), exec)) {
            Session session = connect(other, other.key());
            assertThat(exec(session, "any; thing")).isEqualTo(new EmbeddedServer.Exec.Result(7, "any; thing", "files"));
            assertThat(exec(session, "again").status()).isEqualTo(-1);
            session.disconnect();
        }
    }

    @Test
    void stopsAtOnceAndStartsAgainInTheSameFolder() throws Exception {
        EmbeddedServer first = EmbeddedServer.start(folder.resolve("again"));
        Session session = connect(first, first.key());
        put(sftp(session), "/kept", "hello");
        first.close();
        assertThatThrownBy(() -> new Socket().connect(new InetSocketAddress(first.host(), first.port()), 1000))
                .isInstanceOf(IOException.class);
        session.disconnect();

        try (EmbeddedServer second = EmbeddedServer.start(folder.resolve("again"))) {
            connect(second, second.key()).disconnect();
            assertThat(second.files().resolve("kept")).hasContent("hello");
        }
    }

    private static Session connect(EmbeddedServer server, Path key) throws JSchException {
        JSch jsch = new JSch();
        jsch.addIdentity(key.toString());
        jsch.setKnownHosts(server.knownHosts().toString());
        Session session = jsch.getSession(server.user(), server.host(), server.port());
        session.setConfig("StrictHostKeyChecking", "yes");
        session.setConfig("PreferredAuthentications", "publickey");
        session.connect(10_000);
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

    private static EmbeddedServer.Exec.Result exec(Session session, String command) throws Exception {
        ChannelExec channel = (ChannelExec) session.openChannel("exec");
        ByteArrayOutputStream stderr = new ByteArrayOutputStream();
        channel.setCommand(command.getBytes(UTF_8));
        channel.setErrStream(stderr);
        var stdout = channel.getInputStream();
        channel.connect(10_000);
        String said = new String(stdout.readAllBytes(), UTF_8);
        while (!channel.isClosed()) {
            Thread.onSpinWait();
        }
        channel.disconnect();
        return new EmbeddedServer.Exec.Result(channel.getExitStatus(), said, stderr.toString(UTF_8));
    }

    /** JSch takes paths as patterns. */
    private static String quote(String path) {
        return path.replaceAll("[\\\\*?]", "\\\\$0");
    }

    private static String shellQuote(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
