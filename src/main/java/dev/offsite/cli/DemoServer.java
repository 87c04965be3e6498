package dev.offsite.cli;

import dev.offsite.demo.EmbeddedServer;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The server of a demo.
 *
 * @param files the folder that it shows as its file system
 * @param running closing it stops the server
 */
public record DemoServer(String host, int port, String user, Path key, Path knownHosts, Path files, Closeable running)
        implements Closeable {

    /** Starts the server in this process. */
    static DemoServer here(Path folder) throws IOException {
        EmbeddedServer server = EmbeddedServer.start(folder);
        return new DemoServer(
                server.host(),
                server.port(),
                server.user(),
                server.key(),
                server.knownHosts(),
                server.files(),
                server::close);
    }

    /** Starts it in its own process ({@link WarmUpServerCommand}), so that this one loads none of its classes. */
    static DemoServer apart(Path folder) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Offsite.class.getName(),
                        WarmUpServerCommand.NAME,
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String host = lines.readLine();
        if (host == null) {
            throw new IOException("no server started in a process of its own");
        }
        return new DemoServer(
                host,
                Integer.parseInt(lines.readLine()),
                lines.readLine(),
                Path.of(lines.readLine()),
                Path.of(lines.readLine()),
                Path.of(lines.readLine()),
                // The server ends when its input ends.
                process.getOutputStream());
    }

    @Override
    public void close() throws IOException {
        running.close();
    }
}
