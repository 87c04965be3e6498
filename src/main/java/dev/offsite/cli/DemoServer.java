package dev.offsite.cli;

import dev.offsite.demo.EmbeddedServer;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * The server of a demo.
 *
 * @param address host and port
 * @param files the folder that it shows as its file system
 * @param settings the lines of a configuration that say how to reach it
 * @param running closing it stops the server
 */
public record DemoServer(String address, Path files, List<String> settings, Closeable running) implements Closeable {

    /** Starts the server in this process. */
    static DemoServer here(Path folder) throws IOException {
        EmbeddedServer server = EmbeddedServer.start(folder);
        List<String> settings = List.of(
                "offsite.host=" + server.host(),
                "offsite.port=" + server.port(),
                "offsite.user=" + server.user(),
                "offsite.key=" + server.key(),
                "offsite.known-hosts=" + server.knownHosts());
        return new DemoServer(server.host() + ":" + server.port(), server.files(), settings, server::close);
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
        String address = lines.readLine();
        if (address == null) {
            throw new IOException("no server started in a process of its own");
        }
        Path files = Path.of(lines.readLine());
        List<String> settings = lines.lines().takeWhile(line -> !line.isEmpty()).toList();
        // The server ends when its input ends.
        return new DemoServer(address, files, settings, process.getOutputStream());
    }

    @Override
    public void close() throws IOException {
        running.close();
    }
}
