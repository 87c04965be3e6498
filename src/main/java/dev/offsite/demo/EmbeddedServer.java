package dev.offsite.demo;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.PropertyResolverUtils;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.sftp.server.SftpFileSystemAccessor;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;

/**
 * An SSH server in this JVM, with SFTP and a place to run commands, for the demo and for tests. It listens on the loopback
 * interface only, lets in one throw-away key, and shows {@link #files()} as its whole file system.
 */
public final class EmbeddedServer implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final String USER = "offsite";

    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger logins = new AtomicInteger();
    private final SshServer server = SshServer.setUpDefaultServer();
    private final SftpSubsystemFactory sftp = new SftpSubsystemFactory();
    private final Path files;
    private final Path key;
    private final Path knownHosts;

    private EmbeddedServer(Path folder, Exec exec) throws IOException, GeneralSecurityException {
        files = Files.createDirectories(folder.toAbsolutePath().normalize().resolve("files"));
        key = files.resolveSibling("key");
        knownHosts = files.resolveSibling("known_hosts");
        KeyPair host = newKey();
        KeyPair client = newKey();
        writePrivate(client);
        server.setHost(HOST);
        server.setKeyPairProvider(KeyPairProvider.wrap(host));
        server.setPublickeyAuthenticator(
                (user, offered, session) -> USER.equals(user) && KeyUtils.compareKeys(offered, client.getPublic()));
        server.setFileSystemFactory(new VirtualFileSystemFactory(files));
        server.setSubsystemFactories(List.of(sftp));
        server.setCommandFactory((channel, command) -> new ExecChannel(command, exec, files));
        server.addSessionListener(new LoginCounter());
        // As OpenSSH does: an fsync at every close is slow.
        PropertyResolverUtils.updateProperty(server, SftpFileSystemAccessor.PROP_AUTO_SYNC_FILE_ON_CLOSE, false);
        server.start();
        Files.writeString(
                knownHosts, "[%s]:%d %s%n".formatted(HOST, port(), PublicKeyEntry.toString(host.getPublic())));
    }

    /** Starts a server that answers {@code sha256sum -- NAME…} by itself and knows no other command. */
    public static EmbeddedServer start(Path folder) throws IOException {
        return start(folder, new Sha256sumCommand());
    }

    /** Starts a server that keeps its files and keys in {@code folder} and lets {@code exec} answer commands. */
    public static EmbeddedServer start(Path folder, Exec exec) throws IOException {
        try {
            return new EmbeddedServer(folder, exec);
        } catch (GeneralSecurityException e) {
            throw new IOException("Cannot make throw-away keys in " + folder, e);
        }
    }

    public String host() {
        return HOST;
    }

    public int port() {
        return server.getPort();
    }

    public String user() {
        return USER;
    }

    /** The private key that is let in, in OpenSSH's format. */
    public Path key() {
        return key;
    }

    public Path knownHosts() {
        return knownHosts;
    }

    /** The root of the server's file system: what a client calls {@code /srv/x} is {@code files()/srv/x}. */
    public Path files() {
        return files;
    }

    /** Lets in whoever knows this password, too. */
    public void password(String password) {
        server.setPasswordAuthenticator((user, offered, session) -> USER.equals(user) && password.equals(offered));
    }

    /** Runs no commands any more: it refuses the channel. */
    public void refuseCommands() {
        server.setCommandFactory(null);
    }

    /** Has the SFTP of new sessions read and write in that way. */
    public void accessFiles(SftpFileSystemAccessor accessor) {
        sftp.setFileSystemAccessor(accessor);
    }

    /** How many connections were made so far, with and without a login. */
    public int connections() {
        return connections.get();
    }

    /** How many sessions were authenticated so far. */
    public int logins() {
        return logins.get();
    }

    /** Stops at once and drops what is connected; the files stay. */
    @Override
    public void close() throws IOException {
        server.stop(true);
    }

    /** Curve keys take no time to make. JDK 17 has Ed25519, but sshd uses it only through BouncyCastle. */
    private static KeyPair newKey() throws GeneralSecurityException {
        return SecurityUtils.isEDDSACurveSupported()
                ? KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256)
                : KeyUtils.generateKeyPair(KeyPairProvider.ECDSA_SHA2_NISTP256, 256);
    }

    private void writePrivate(KeyPair pair) throws IOException, GeneralSecurityException {
        Files.deleteIfExists(key);
        Files.createFile(key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (OutputStream out = Files.newOutputStream(key)) {
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, USER, null, out);
        }
    }

    /** What the server does with a command. One that throws takes the connection down, with no exit status and no output. */
    @FunctionalInterface
    public interface Exec {
        /** Answers {@code command}, a line for a POSIX shell, on the files below {@code root}. */
        Result run(String command, Path root);

        /**
         * What came of it.
         *
         * @param status its exit status; {@link #DROPPED} to take the connection down after the output
         */
        record Result(int status, String stdout, String stderr) {
            /** No status that a command could have. */
            public static final int DROPPED = -1;
        }
    }

    private final class LoginCounter implements SessionListener {
        @Override
        public void sessionCreated(Session session) {
            connections.incrementAndGet();
        }

        @Override
        public void sessionEvent(Session session, Event event) {
            if (event == Event.Authenticated) {
                logins.incrementAndGet();
            }
        }
    }
}
