package dev.offsite.cli;

import dev.offsite.io.ByteProgress;
import dev.offsite.io.Text;
import java.io.PrintStream;
import java.util.function.LongConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress line on a terminal: bytes, rate, time left, and what it is about just now. Prints nothing if the output goes elsewhere. */
public final class Progress implements ByteProgress, AutoCloseable {

    /** For a number of bytes that is found out later. */
    static final long UNKNOWN = -1;

    private final ProgressBar bar;
    private final CurrentFile file = new CurrentFile(this::say, System::nanoTime);
    private final PrintStream terminal = System.err;

    private Progress(ProgressBar bar) {
        this.bar = bar;
    }

    /** {@code wanted}: unless the user wants none */
    static Progress of(boolean wanted, String job, long bytes) {
        return of(wanted, job, bytes, " MiB", 1L << 20);
    }

    /** The same for so many entries as are found out later, in place of bytes. */
    static Progress ofEntries(boolean wanted, String task) {
        return of(wanted, task, UNKNOWN, " entries", 1);
    }

    private static Progress of(boolean wanted, String job, long bytes, String unit, long size) {
        if (!wanted || !terminal()) {
            return new Progress(null);
        }
        ProgressLine line = new ProgressLine(System.err);
        Progress progress = new Progress(new ProgressBarBuilder()
                .setConsumer(line)
                .setTaskName(job)
                .setInitialMax(bytes)
                .setUnit(unit, size)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(250)
                .showSpeed()
                .clearDisplayOnFinish()
                .build());
        System.setErr(line.above());
        return progress;
    }

    /** Set by bin/offsite, since Java cannot tell for output alone. */
    static boolean terminal() {
        return Boolean.getBoolean("offsite.terminal");
    }

    @Override
    public void accept(long bytes) {
        if (bar != null) {
            bar.stepBy(bytes);
        }
    }

    @Override
    public void total(long bytes) {
        if (bar != null) {
            bar.maxHint(bytes);
        }
    }

    @Override
    public LongConsumer file(String name, long bytes) {
        return bar == null ? this : file.of(name, bytes, this);
    }

    @Override
    public void verifying(String what) {
        say("verifying " + CurrentFile.shortName(what));
    }

    private void say(String text) {
        if (bar != null) {
            bar.setExtraMessage(" " + Text.line(text));
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            System.setErr(terminal);
        }
    }
}
