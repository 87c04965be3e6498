package dev.offsite.support.servers;

import dev.offsite.support.FreePort;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link RealServer} that runs, as a child of this JVM. */
public final class StartedServer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final RealServer kind;
    private final ServerAccount account;
    private final int port;
    private final Path knownHosts;
    private final Process process;
    private final Thread lastResort = new Thread(this::stop, "stop server");

    private StartedServer(RealServer kind, ServerAccount account, List<String> more) throws IOException {
        this.kind = kind;
        this.account = account;
        port = FreePort.find();
        knownHosts = account.knownHosts(port, kind.keyTypes());
        List<String> command =
                account.inNamespace(kind.instead(account), kind.runsAsAccount(), kind.command(account, port));
        if (!more.isEmpty()) {
            Files.write(account.folder().resolve("proftpd.conf"), more, StandardOpenOption.APPEND);
        }
        process = new ProcessBuilder(command)
                .directory(account.folder().toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(account.folder().resolve("server.log").toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(lastResort);
    }

    /** Starts it in that folder, which is made. */
    public static StartedServer start(RealServer kind, Path folder) throws IOException {
        return start(kind, folder, List.of());
    }

    /** Starts ProFTPD with these lines after its configuration. */
    public static StartedServer startProftpd(Path folder, String... more) throws IOException {
        return start(RealServer.PROFTPD, folder, List.of(more));
    }

    private static StartedServer start(RealServer kind, Path folder, List<String> more) throws IOException {
        StartedServer server =
                new StartedServer(kind, ServerAccount.in(folder, kind.shell(), kind.runsAsAccount()), more);
        try {
            server.awaitReady();
        } catch (IOException e) {
            server.close();
            throw e;
        }
        return server;
    }

    public RealServer kind() {
        return kind;
    }

    /** The folder of the account's files, on this machine's disk. */
    public Path files() {
        return account.files();
    }

    /** What SFTP calls that path below {@link #files()}. */
    public String path(String below) {
        return kind.path(account) + "/" + below;
    }

    public String host() {
        return "127.0.0.1";
    }

    public int port() {
        return port;
    }

    public String user() {
        return ServerAccount.USER;
    }

    public Path key() {
        return account.key("ed25519");
    }

    public Path knownHosts() {
        return knownHosts;
    }

    /** Makes this file or folder, which is on this machine's disk, the account's, with all below. */
    public void own(Path path) throws IOException {
        account.own(path);
    }

    /** What the server printed. */
    public String log() throws IOException {
        return Files.readString(account.folder().resolve("server.log"));
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

    private synchronized void stop() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly().onExit().join();
        children.forEach(ProcessHandle::destroyForcibly);
    }

    /** It is ready when it says its version. */
    private void awaitReady() throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (process.isAlive() && System.nanoTime() < deadline) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(loopback(), port), 1000);
                socket.setSoTimeout(5000);
                byte[] first = socket.getInputStream().readNBytes(4);
                if (new String(first, StandardCharsets.US_ASCII).equals("SSH-") && process.isAlive()) {
                    return;
                }
            } catch (IOException e) {
                // It does not listen yet.
                awaitEnd();
            }
        }
        throw new IOException(kind.title() + " did not start: " + log());
    }

    private void awaitEnd() throws IOException {
        try {
            process.waitFor(20, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted", e);
        }
    }

    private static InetAddress loopback() throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }
}
