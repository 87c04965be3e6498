package dev.offsite.cli;

import dev.offsite.sftp.FailureMessages;
import java.util.List;

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

    static int of(FailureMessages problem) {
        return problem.target() ? TARGET : FAILED;
    }

    /** @param targetFailed whether the whole target could not be used */
    static int of(boolean targetFailed, boolean succeeded) {
        return targetFailed ? TARGET : succeeded ? OK : FAILED;
    }

    @FunctionalInterface
    interface Work {
        /** Returns the exit code for one job. */
        int on(String job) throws Exception;
    }

    /** The worst of all jobs. */
    static int worst(List<String> jobs, Work work) throws Exception {
        int worst = OK;
        for (String job : jobs) {
            worst = worst(worst, work.on(job));
        }
        return worst;
    }

    /** The most informative of two: a target that refuses us explains the files that failed. */
    static int worst(int one, int other) {
        return Math.max(one, other);
    }
}
