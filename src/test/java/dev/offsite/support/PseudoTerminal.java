package dev.offsite.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A command on a terminal of its own, as {@code script} makes it, with somebody who reads and types. */
public final class PseudoTerminal implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 120;

    private final Process process;
    private final Reader screen;
    private final CompletableFuture<Process> watch;
    private final StringBuilder seen = new StringBuilder();
    private int read;

    private PseudoTerminal(Process process) {
        this.process = process;
        this.screen = new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8);
        // A command that hangs ends what waits for its output.
        this.watch = process.onExit()
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .exceptionally(late -> process.destroyForcibly());
    }

    public static boolean available() {
        return Files.isExecutable(Path.of("/usr/bin/script"));
    }

    /** Starts a line for the shell. */
    public static PseudoTerminal start(Path folder, Map<String, String> environment, String line) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("/usr/bin/script", "-qefc", line, "/dev/null");
        builder.environment().putAll(environment);
        return new PseudoTerminal(
                builder.directory(folder.toFile()).redirectErrorStream(true).start());
    }

    /** Reads on until this text comes; returns what came since the last one. */
    public String await(String text) throws IOException {
        while (seen.indexOf(text, read) < 0) {
            int next = screen.read();
            assertThat(next).as("'%s' after: %s", text, seen).isNotNegative();
            seen.append((char) next);
        }
        String came = seen.substring(read);
        read = seen.length();
        return came;
    }

    public void type(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** Reads to the end; returns the exit code. */
    public int end() throws IOException, InterruptedException {
        for (int next = screen.read(); next >= 0; next = screen.read()) {
            seen.append((char) next);
        }
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    /** All that was on the screen. */
    public String screen() {
        return seen.toString();
    }

    @Override
    public void close() {
        watch.cancel(true);
        process.destroyForcibly();
    }
}
