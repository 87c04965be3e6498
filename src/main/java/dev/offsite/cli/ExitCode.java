package dev.offsite.cli;

/** What the command's exit code means. */
public final class ExitCode {

    /** All that should be off-site is verified to be. */
    static final int OK = 0;

    /** Something was not shipped, verified, restored or pruned. */
    static final int FAILED = 1;

    /** Usage or configuration. */
    static final int CONFIGURATION = 2;

    /** The target cannot be reached or refuses us. */
    static final int TARGET = 3;

    /** Another run is active. */
    static final int BUSY = 4;

    private ExitCode() {}

    /** The one that says most of several: a target that refuses us explains the files that failed. */
    static int worst(int one, int other) {
        return Math.max(one, other);
    }
}
