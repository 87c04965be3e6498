package dev.offsite.scrub;

/** Hears how far a scrub is, in bytes of copies. */
public interface ScrubProgress {

    /** How many will be hashed, if nothing intervenes. */
    void total(long bytes);

    /** That many more are done. */
    void done(long bytes);

    /** For nobody. */
    static ScrubProgress none() {
        return new ScrubProgress() {
            @Override
            public void total(long bytes) {}

            @Override
            public void done(long bytes) {}
        };
    }
}
