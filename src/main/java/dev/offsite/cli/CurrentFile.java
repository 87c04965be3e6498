package dev.offsite.cli;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** What the progress line says of one of the large files that are under way: its name and how far it is, until it is done. */
final class CurrentFile {

    /** Smaller ones come and go too fast to be read. */
    static final long LARGE = 64L << 20;

    private static final int MOST_NAME = 24;
    private static final int ALL = 100;

    /** One that has not got on for so long has perhaps failed, or was resumed and ends early. */
    private static final long QUIET_NANOS = 5_000_000_000L;

    private final Consumer<String> line;
    private final LongSupplier nanos;
    private Counter current;
    private long shownNanos;

    CurrentFile(Consumer<String> line, LongSupplier nanos) {
        this.line = line;
        this.nanos = nanos;
    }

    /** Who counts the bytes of a file, and passes them on to {@code total}. */
    LongConsumer of(String name, long bytes, LongConsumer total) {
        return bytes < LARGE ? total : new Counter(shortName(name), bytes, total);
    }

    /** The end of a path, of which a terminal's line has room for. */
    static String shortName(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        return name.length() <= MOST_NAME ? name : name.substring(0, MOST_NAME - 1) + "…";
    }

    private synchronized void show(Counter file, int percent) {
        long now = nanos.getAsLong();
        if (current == null || current == file || current.percent == ALL || now - shownNanos > QUIET_NANOS) {
            current = file;
            shownNanos = now;
            line.accept("%s %d %%".formatted(file.name, percent));
        }
    }

    private final class Counter implements LongConsumer {
        private final String name;
        private final long bytes;
        private final LongConsumer total;
        private final AtomicLong done = new AtomicLong();
        private volatile int percent = -1;

        Counter(String name, long bytes, LongConsumer total) {
            this.name = name;
            this.bytes = bytes;
            this.total = total;
        }

        @Override
        public void accept(long more) {
            total.accept(more);
            // A second attempt sends some bytes again.
            int now = (int) Math.min(ALL, done.addAndGet(more) * ALL / bytes);
            if (now != percent) {
                percent = now;
                show(this, now);
            }
        }
    }
}
