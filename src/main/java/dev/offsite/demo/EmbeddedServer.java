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
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.sftp.SftpModuleProperties;
import org.apache.sshd.sftp.server.SftpFileSystemAccessor;
import org.apache.sshd.sftp.server.SftpSubsystem;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;

/**
 * An SSH server in this JVM with SFTP and commands, for the demo and tests. It listens on loopback only, accepts one
 * throw-away key, and shows {@link #files()} as its whole file system.
 */
public final class EmbeddedServer implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final String USER = "offsite";

    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger logins = new AtomicInteger();
    private final AtomicInteger mostLogins = new AtomicInteger();
    private final SshServer server = SshServer.setUpDefaultServer();
    private final SftpSubsystemFactory sftp = new CheckFileSwitch();
    private final Path files;
    private final Path key;
    private final Path knownHosts;
    private volatile boolean checkFile;

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
        // As in OpenSSH: else each answer waits for the client's TCP, 40 ms.
        CoreModuleProperties.TCP_NODELAY.set(server, true);
        // As in OpenSSH: an fsync at every close would be slow.
        PropertyResolverUtils.updateProperty(server, SftpFileSystemAccessor.PROP_AUTO_SYNC_FILE_ON_CLOSE, false);
        server.start();
        Files.writeString(
                knownHosts, "[%s]:%d %s%n".formatted(HOST, port(), PublicKeyEntry.toString(host.getPublic())));
    }

    /** Starts a server whose only command is {@code sha256sum -- NAME…}. */
    public static EmbeddedServer start(Path folder) throws IOException {
        return start(folder, new Sha256sumCommand());
    }

    /** Starts a server that keeps its files and keys in {@code folder} and runs commands with {@code exec}. */
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

    /** The accepted private key, in OpenSSH's format. */
    public Path key() {
        return key;
    }

    public Path knownHosts() {
        return knownHosts;
    }

    /** The server's root: a client's {@code /srv/x} is {@code files()/srv/x}. */
    public Path files() {
        return files;
    }

    /** Also accepts this password. */
    public void password(String password) {
        server.setPasswordAuthenticator((user, offered, session) -> USER.equals(user) && password.equals(offered));
    }

    /** From now on lets in only those who answer its question with the password (keyboard-interactive). */
    public void askForPassword(String password) {
        password(password);
        CoreModuleProperties.AUTH_METHODS.set(server, "keyboard-interactive");
    }

    /** From now on offers this key exchange only. */
    public void offerOnly(String keyExchange) {
        server.setKeyExchangeFactories(server.getKeyExchangeFactories().stream()
                .filter(each -> each.getName().equals(keyExchange))
                .toList());
    }

    /** From now on refuses the channel for commands. */
    public void refuseCommands() {
        server.setCommandFactory(null);
    }

    /** From now on hashes files over SFTP (check-file). */
    public void offerCheckFile() {
        checkFile = true;
    }

    /** From now on new connections cannot have it write files to its disk. */
    public void refuseSync() {
        SftpModuleProperties.OPENSSH_EXTENSIONS.set(server, "hardlink@openssh.com=1,posix-rename@openssh.com=1");
    }

    /** From now on a rename over a new connection replaces nothing. */
    public void refuseReplacing() {
        SftpModuleProperties.OPENSSH_EXTENSIONS.set(server, "hardlink@openssh.com=1,fsync@openssh.com=1");
    }

    public void accessFiles(SftpFileSystemAccessor accessor) {
        sftp.setFileSystemAccessor(accessor);
    }

    /** Connections so far, with or without a login. */
    public int connections() {
        return connections.get();
    }

    public int logins() {
        return logins.get();
    }

    /** How many were logged in at a time. */
    public int mostLogins() {
        return mostLogins.get();
    }

    /** Drops all connections at once; the files stay. */
    @Override
    public void close() throws IOException {
        server.stop(true);
    }

    /** Prefers Ed25519, since keys are fast to make. JDK 17 has it, but sshd can use it only through BouncyCastle. */
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

    /** Runs commands. If it throws, the connection is dropped without exit status or output. */
    @FunctionalInterface
    public interface Exec {
        /** {@code command}: a line for a POSIX shell, whose {@code /} is {@code root} */
        Result run(String command, Path root);

        /** {@code status}: the exit status; {@link #DROPPED} drops the connection after the output */
        record Result(int status, String stdout, String stderr) {
            /** Not a possible exit status. */
            public static final int DROPPED = -1;
        }
    }

    private final class CheckFileSwitch extends SftpSubsystemFactory {
        @Override
        public Command createSubsystem(ChannelSession channel) throws IOException {
            SftpSubsystem subsystem = new SftpSubsystem(channel, this) {
                @Override
                protected void executeExtendedCommand(Buffer request, int id, String extension) throws IOException {
                    if (checkFile || !extension.startsWith("check-file")) {
                        super.executeExtendedCommand(request, id, extension);
                    } else {
                        doUnsupportedExtension(request, id, extension);
                    }
                }
            };
            getRegisteredListeners().forEach(subsystem::addSftpEventListener);
            return subsystem;
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
                int now = (int) server.getActiveSessions().stream()
                        .filter(Session::isAuthenticated)
                        .count();
                mostLogins.accumulateAndGet(now, Math::max);
            }
        }
    }
}
