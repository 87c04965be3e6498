package dev.offsite.doctor;

import dev.offsite.job.Job;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpSessionPool;
import java.io.IOException;

/** Takes one step of a checkup after the other over SFTP; what goes wrong with one is its finding. */
public record CheckRunner(Job job, SftpSessionPool sessions, Cancellation stop, Findings findings) {

    /** What came of a step. */
    record Outcome(Result result, String detail) {
        static Outcome ok(String detail) {
            return new Outcome(Result.OK, detail);
        }
    }

    /** Something to try. */
    interface Step {
        Outcome take() throws IOException;
    }

    /** Something to try that says nothing. */
    interface Action {
        void take(SftpSession remote) throws IOException;
    }

    /** Something to remove. */
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
