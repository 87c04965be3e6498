package dev.offsite.command;

import dev.offsite.io.Text;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Reads the output of a command as it comes, so that the command never waits for us: a bounded number of lines, each of a
 * bounded length, is shown. The rest is read and dropped.
 */
final class CommandOutput implements AutoCloseable {

    static final int MOST_LINES = 200;
    private static final int MOST_BYTES = 2000;
    private static final int BUFFER = 16 << 10;

    /** After the command's end: what it started may keep the pipe open. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final InputStream from;
    private final Consumer<String> shown;
    private final Thread reader;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private long lines;
    private long hiddenBytes;
    private String last = "";

    CommandOutput(InputStream from, Consumer<String> shown) {
        this.from = from;
        this.shown = shown;
        reader = new Thread(this::read, "offsite-command-output");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        byte[] bytes = new byte[BUFFER];
        try {
            for (int read = from.read(bytes); read >= 0; read = from.read(bytes)) {
                take(bytes, read);
            }
        } catch (IOException closed) {
            // As at its end.
        }
        finish();
    }

    private synchronized void take(byte[] bytes, int count) {
        for (int i = 0; i < count; i++) {
            // A progress bar begins its line again.
            if (bytes[i] == '\n' || bytes[i] == '\r') {
                endLine();
            } else if (line.size() < MOST_BYTES) {
                line.write(bytes[i]);
            }
            hiddenBytes += lines >= MOST_LINES ? 1 : 0;
        }
    }

    private void endLine() {
        String text = line.toString(StandardCharsets.UTF_8).strip();
        line.reset();
        if (text.isEmpty()) {
            return;
        }
        last = text;
        if (++lines <= MOST_LINES) {
            shown.accept(Text.line(text));
        }
    }

    private synchronized void finish() {
        endLine();
        if (lines > MOST_LINES) {
            shown.accept("… and %d more lines (%s)".formatted(lines - MOST_LINES, Text.size(hiddenBytes)));
        }
    }

    /** Waits a moment for what is still in the pipe after the command has ended. */
    void await() throws IOException {
        try {
            reader.join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("interrupted while a command ended");
        }
    }

    /** The last line that is not blank, or empty. */
    synchronized String last() {
        return last;
    }

    @Override
    public void close() throws IOException {
        from.close();
    }
}
