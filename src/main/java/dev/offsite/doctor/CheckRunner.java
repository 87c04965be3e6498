package dev.offsite.doctor;

import dev.offsite.job.Job;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpSessionPool;
import java.io.IOException;

/** Runs the steps of a checkup over SFTP and records each one's result as a finding. */
record CheckRunner(Job job, SftpSessionPool sessions, Cancellation stop, Findings findings) {

    record Outcome(Result result, String detail) {
        static Outcome ok(String detail) {
            return new Outcome(Result.OK, detail);
        }

        static Outcome none(String detail) {
            return new Outcome(Result.NONE, detail);
        }

        static Outcome warn(String detail) {
            return new Outcome(Result.WARN, detail);
        }

        static Outcome fail(String detail) {
            return new Outcome(Result.FAIL, detail);
        }
    }

    interface Step {
        Outcome take() throws IOException;
    }

    /** A step without a detail to report. */
    interface Action {
        void take(SftpSession remote) throws IOException;
    }

    void check(Check check, Step step) {
        stop.check();
        try {
            findings.add(check, step.take());
        } catch (IOException e) {
            findings.add(check, Outcome.fail(FailureMessages.of(e, job).message()));
        }
    }

    void remotely(Action action) throws IOException {
        sessions.call(remote -> {
            action.take(remote);
            return null;
        });
    }

    boolean went(Check check) {
        return findings.went(check);
    }
}
