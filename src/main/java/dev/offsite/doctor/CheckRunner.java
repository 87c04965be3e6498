package dev.offsite.doctor;

import dev.offsite.job.Job;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpSessionPool;
import java.io.IOException;

/** Runs the steps of a checkup over SFTP and records each one's result as a finding. */
public record CheckRunner(Job job, SftpSessionPool sessions, Cancellation stop, Findings findings) {

    record Outcome(Result result, String detail) {
        static Outcome ok(String detail) {
            return new Outcome(Result.OK, detail);
        }
    }

    interface Step {
        Outcome take() throws IOException;
    }

    /** A step without a detail to report. */
    interface Action {
        void take(SftpSession remote) throws IOException;
    }

    interface Removal {
        void take() throws IOException;
    }

    void check(Check check, Step step) {
        stop.check();
        try {
            Outcome outcome = step.take();
            findings.add(check, "", outcome.result, outcome.detail);
        } catch (IOException e) {
            findings.add(check, "", Result.FAIL, FailureMessages.of(e, job).message());
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
