package dev.offsite.io;

/** Hears how far a scrub or a drill is, in bytes of copies. */
public interface ByteProgress {

    /** How many there are to do, if nothing intervenes. */
    void total(long bytes);

    /** That many more are done. */
    void done(long bytes);

    /** For nobody. */
    static ByteProgress none() {
        return new ByteProgress() {
            @Override
            public void total(long bytes) {}

            @Override
            public void done(long bytes) {}
        };
    }
}
