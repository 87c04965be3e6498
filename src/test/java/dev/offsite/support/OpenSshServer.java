package dev.offsite.support;

import static java.util.stream.Collectors.toSet;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real OpenSSH server as a child of this JVM: loopback only, keys of its own, and the files of this machine as the current user
 * sees them. Everything it needs and writes is in the folder it is given.
 */
public final class OpenSshServer implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final List<String> HOST_KEY_TYPES = List.of("ed25519", "ecdsa", "rsa");
    private static final int ATTEMPTS = 5;
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    /** By type, and by type with .pub. */
    private static final Map<String, String> hostKeys = new ConcurrentHashMap<>();

    private final Path folder;
    private List<String> extraConfig;
    private final Thread lastResort = new Thread(this::stop, "stop sshd");
    private int port;
    private Process process;
    private int keys;

    private OpenSshServer(Path folder, List<String> extraConfig) {
        this.folder = folder;
        this.extraConfig = extraConfig;
    }

    public static boolean available() {
        return find("sshd").isPresent() && find("ssh-keygen").isPresent();
    }

    /**
     * Starts a server that keeps its files in {@code folder}.
     *
     * @param extraConfig lines of sshd_config; a keyword given here replaces the setting of this class
     */
    public static OpenSshServer start(Path folder, String... extraConfig) throws IOException {
        Path home = Files.createDirectories(folder.toAbsolutePath().normalize());
        OpenSshServer server = new OpenSshServer(home, List.of(extraConfig));
        server.copyHostKeys();
        server.authorize(server.newKey("key", ""));
        server.launchOnFreePort();
        server.trustHostKeys();
        Runtime.getRuntime().addShutdownHook(server.lastResort);
        return server;
    }

    public String host() {
        return HOST;
    }

    public int port() {
        return port;
    }

    public String user() {
        return System.getProperty("user.name");
    }

    /** An authorised ed25519 key without a passphrase. */
    public Path key() {
        return folder.resolve("key");
    }

    /** Makes another authorised key, encrypted. */
    public Path encryptedKey(String passphrase) throws IOException {
        Path key = newKey("encrypted" + ++keys, passphrase);
        authorize(key);
        return key;
    }

    /** Makes a key that the server does not let in. */
    public Path strangerKey() throws IOException {
        return newKey("stranger" + ++keys, "");
    }

    /** All host keys as they were at the start, or at the last {@link #trustHostKeys()}. */
    public Path knownHosts() {
        return folder.resolve("known_hosts");
    }

    /** What sshd had to say, over all restarts, at LogLevel VERBOSE. */
    public String log() {
        try {
            return Files.readString(logFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many sessions were authenticated so far; the log may be a moment behind the client. */
    public int logins() {
        return (int) log().lines()
                .filter(line -> line.contains("Accepted publickey"))
                .count();
    }

    /** The connections that are open, each a process; none if the server is stopped. */
    public synchronized List<ProcessHandle> sessions() {
        return process == null ? List.of() : process.children().toList();
    }

    /** Ends the connections that are open, as if the machine had dropped them; new ones are let in. */
    public void endSessions() {
        for (ProcessHandle session : sessions()) {
            session.descendants().forEach(ProcessHandle::destroyForcibly);
            session.destroyForcibly();
        }
    }

    /** Stops the server and every session; does nothing if it is stopped. */
    public synchronized void stop() {
        if (process == null) {
            return;
        }
        List<ProcessHandle> sessions = process.descendants().toList();
        process.destroyForcibly().onExit().join();
        sessions.forEach(ProcessHandle::destroyForcibly);
        process = null;
    }

    /** Starts the server again on the same port, having stopped it if it runs. */
    public synchronized void restart() throws IOException {
        stop();
        launch();
    }

    /** Starts the server again with other lines of sshd_config in place of those it was started with. */
    public void reconfigure(String... config) throws IOException {
        extraConfig = List.of(config);
        restart();
    }

    /** Gives the server new host keys and restarts it. {@link #knownHosts()} still has the old ones. */
    public void changeHostKeys() throws IOException {
        stop();
        newHostKeys();
        restart();
    }

    /** Writes the present host keys to {@link #knownHosts()}. */
    public void trustHostKeys() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String type : HOST_KEY_TYPES) {
            String[] typeAndKey = publicOf(hostKey(type)).split(" ", 3);
            lines.add("[%s]:%d %s %s".formatted(HOST, port, typeAndKey[0], typeAndKey[1]));
        }
        Files.write(knownHosts(), lines);
    }

    @Override
    public void close() {
        stop();
        try {
            Runtime.getRuntime().removeShutdownHook(lastResort);
        } catch (IllegalStateException e) {
            // The JVM is going down: the hook runs, and finds nothing to do.
        }
    }

    private void launchOnFreePort() throws IOException {
        for (int attempt = 1; ; attempt++) {
            port = FreePort.find();
            try {
                launch();
                return;
            } catch (IOException e) { // somebody else may have taken the port meanwhile
                if (attempt == ATTEMPTS || !log().contains("Address already in use")) {
                    throw e;
                }
            }
        }
    }

    private synchronized void launch() throws IOException {
        Path privileges = Path.of("/run/sshd");
        if (user().equals("root") && Files.notExists(privileges)) {
            Files.createDirectories(privileges);
        }
        Path config = Files.write(folder.resolve("sshd_config"), config());
        process = new ProcessBuilder(find("sshd").orElseThrow(), "-D", "-e", "-f", config.toString())
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.appendTo(logFile().toFile()))
                .start();
        try {
            awaitReady();
        } catch (IOException e) {
            stop();
            throw e;
        }
    }

    /** Ready is when it says hello. */
    private void awaitReady() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (process.isAlive() && System.nanoTime() < deadline) {
            try (Socket socket = new Socket()) {
                socket.connect(loopback(port), 1000);
                socket.setSoTimeout(5000);
                InputStream in = socket.getInputStream();
                if (new String(in.readNBytes(4), StandardCharsets.US_ASCII).equals("SSH-") && process.isAlive()) {
                    return;
                }
            } catch (IOException e) {
                await(process, 5); // refused: not listening yet
            }
        }
        throw new IOException("sshd did not start: " + log());
    }

    private List<String> config() {
        List<String> lines = new ArrayList<>(List.of(
                "ListenAddress " + HOST,
                "Port " + port,
                "PidFile none",
                "UsePAM no",
                "StrictModes no",
                "PasswordAuthentication no",
                "KbdInteractiveAuthentication no",
                "AuthorizedKeysFile \"" + authorizedKeys() + '"',
                "MaxStartups 100:30:200",
                // What this account's own shell runs at its start is none of ours: it takes its time, and locks of its
                // own.
                "SetEnv HOME=\"" + authorizedKeys().getParent() + '"',
                "LogLevel VERBOSE",
                "Subsystem sftp internal-sftp"));
        HOST_KEY_TYPES.forEach(type -> lines.add("HostKey \"" + hostKey(type) + '"'));
        Set<String> replaced = extraConfig.stream().map(OpenSshServer::keyword).collect(toSet());
        lines.removeIf(line -> replaced.contains(keyword(line)));
        lines.addAll(extraConfig); // last, as it may end in a Match block
        return lines;
    }

    private static String keyword(String line) {
        return line.strip().split("[\\s=]", 2)[0].toLowerCase(Locale.ROOT);
    }

    /** All servers of a JVM begin with the same host keys, for they take most of a start. */
    private void copyHostKeys() throws IOException {
        synchronized (OpenSshServer.class) {
            if (hostKeys.isEmpty()) {
                newHostKeys();
                for (String type : HOST_KEY_TYPES) {
                    hostKeys.put(type, Files.readString(hostKey(type)));
                    hostKeys.put(type + ".pub", publicOf(hostKey(type)));
                }
                return;
            }
        }
        for (String type : HOST_KEY_TYPES) {
            Path key = Files.createFile(hostKey(type), PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            Files.writeString(key, hostKeys.get(type));
            Files.writeString(key.resolveSibling(key.getFileName() + ".pub"), hostKeys.get(type + ".pub"));
        }
    }

    private void newHostKeys() throws IOException {
        for (String type : HOST_KEY_TYPES) {
            Files.deleteIfExists(hostKey(type));
            keygen(type, hostKey(type), "");
        }
    }

    private Path newKey(String name, String passphrase) throws IOException {
        Path key = folder.resolve(name);
        Files.deleteIfExists(key);
        keygen("ed25519", key, passphrase);
        return key;
    }

    private void authorize(Path key) throws IOException {
        Files.writeString(authorizedKeys(), publicOf(key), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static void keygen(String type, Path key, String passphrase) throws IOException {
        List<String> command = new ArrayList<>(List.of(find("ssh-keygen").orElseThrow(), "-q"));
        command.addAll(List.of("-t", type, "-N", passphrase, "-C", "test", "-f", key.toString()));
        if (type.equals("rsa")) {
            command.addAll(List.of("-b", "1024")); // it guards nothing, and a longer one takes most of a start
        }
        Process keygen = new ProcessBuilder(command).redirectErrorStream(true).start();
        keygen.getOutputStream().close();
        String said = new String(keygen.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!await(keygen, 20_000) || keygen.exitValue() != 0) {
            throw new IOException("ssh-keygen failed: " + said);
        }
    }

    private static String publicOf(Path key) throws IOException {
        return Files.readString(key.resolveSibling(key.getFileName() + ".pub"));
    }

    /** One of the host keys: ed25519, ecdsa or rsa. */
    public Path hostKey(String type) {
        return folder.resolve("host_" + type);
    }

    private Path authorizedKeys() {
        return folder.resolve("authorized_keys");
    }

    private Path logFile() {
        return folder.resolve("sshd.log");
    }

    private static InetSocketAddress loopback(int port) throws IOException {
        return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
    }

    private static boolean await(Process process, long millis) throws IOException {
        try {
            return process.waitFor(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted", e);
        }
    }

    /** sshd insists on its absolute path, and is often where an ordinary user's PATH does not lead. */
    private static Optional<String> find(String program) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.concat(Stream.of(path.split(File.pathSeparator)), Stream.of("/usr/sbin", "/usr/bin"))
                .map(folder -> Path.of(folder, program).toAbsolutePath())
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }
}
