package dev.offsite.io;

import java.util.function.LongConsumer;

/** Hears how far work on files is: {@link #accept} that so many more bytes are done. Several threads call it. */
@FunctionalInterface
public interface ByteProgress extends LongConsumer {

    /** How many bytes there are to do, if nothing intervenes. */
    default void total(long bytes) {}

    /** Work on a file begins. Returns who is to hear how far it is, in place of this; it passes everything on. */
    default LongConsumer file(String name, long bytes) {
        return this;
    }

    /** A copy, or many, such as those of a dated folder, are being verified. */
    default void verifying(String what) {}

    /** For nobody. */
    static ByteProgress none() {
        return bytes -> {};
    }
}
