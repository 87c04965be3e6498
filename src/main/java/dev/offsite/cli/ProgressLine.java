package dev.offsite.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;

/**
 * The last line of a terminal. Whatever else is printed to standard error meanwhile goes above it: the line is erased
 * first, and drawn again after the end of the other line. The library's own consumer moves the cursor up to its line,
 * which is another one after somebody printed something.
 */
final class ProgressLine extends ConsoleProgressBarConsumer {

    private static final String ERASE = "\r\u001b[K";

    private final PrintStream terminal;
    private final PrintStream above;
    private String line = "";
    private boolean closed;

    /** {@code terminal}: standard error */
    ProgressLine(PrintStream terminal) {
        super(terminal);
        this.terminal = terminal;
        this.above = new PrintStream(new Above(), true);
    }

    /** For all else that is printed. */
    PrintStream above() {
        return above;
    }

    @Override
    public synchronized void accept(String text) {
        if (!closed) {
            line = text.stripTrailing();
            draw();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (!line.isEmpty()) {
            terminal.print(ERASE);
            terminal.flush();
            line = "";
        }
    }

    private void draw() {
        terminal.print(ERASE + line);
        terminal.flush();
    }

    private final class Above extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            synchronized (ProgressLine.this) {
                if (!line.isEmpty()) {
                    terminal.print(ERASE);
                }
                terminal.write(bytes, offset, length);
                boolean atStart = length > 0 && bytes[offset + length - 1] == '\n';
                if (!line.isEmpty() && atStart) {
                    draw();
                }
                terminal.flush();
            }
        }
    }
}
