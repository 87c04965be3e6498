package dev.offsite.cli;

/** The command's exit codes. */
public final class ExitCode {

    /** Everything that should be off-site is verified. */
    static final int OK = 0;

    /** Something was not shipped, verified, restored or pruned. */
    static final int FAILED = 1;

    /** Usage or configuration error. */
    static final int CONFIGURATION = 2;

    /** The target cannot be reached or refuses us. */
    static final int TARGET = 3;

    /** Another run is active. */
    static final int BUSY = 4;

    private ExitCode() {}

    /** The most informative of two: a target that refuses us explains the files that failed. */
    static int worst(int one, int other) {
        return Math.max(one, other);
    }
}
