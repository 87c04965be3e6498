package dev.offsite.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
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
    private boolean drawn;
    /** Whether somebody has printed the beginning of a line. */
    private boolean begun;

    private boolean closed;

    /** {@code terminal}: standard error */
    ProgressLine(PrintStream terminal) {
        super(terminal);
        this.terminal = terminal;
        this.above = new PrintStream(new Above(), true, Charset.defaultCharset());
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
        line = "";
        erase();
        terminal.flush();
    }

    private void draw() {
        if (!begun && !line.isEmpty()) {
            terminal.print(ERASE + line);
            terminal.flush();
            drawn = true;
        }
    }

    private void erase() {
        if (drawn) {
            terminal.print(ERASE);
            drawn = false;
        }
    }

    private final class Above extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            synchronized (ProgressLine.this) {
                erase();
                terminal.write(bytes, offset, length);
                terminal.flush();
                begun = length > 0 ? bytes[offset + length - 1] != '\n' : begun;
                draw();
            }
        }
    }
}
