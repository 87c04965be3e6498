package dev.offsite.cli;

import dev.offsite.job.Job;
import dev.offsite.source.Readiness;
import dev.offsite.source.SourceScan.SourceFile;
import java.io.File;
import java.time.Clock;
import java.util.Optional;

/** Whether the files of a job are finished, and what becomes of those that are not. */
record ReadyCheck(Job job, Readiness readiness, Clock clock) {

    boolean isReady(SourceFile file) {
        return readiness.isFinished(file.file(), file.modified(), clock.millis());
    }

    /** Why a file that is not ready is not shipped. */
    String reason(SourceFile file) {
        Optional<String> reason = readiness.reason(file.modified());
        return reason.isPresent()
                ? reason.get()
                : file.modified() > clock.millis()
                        ? "its time of last change lies in the future (touch it, or put the clock right)"
                        : "it is still changing";
    }

    /** Whether a run waits for it. Not if its time is further ahead than clocks differ: the others would wait for it in vain. */
    boolean isAwaited(File file) {
        long modified = file.lastModified();
        long ready = job.ready().toMillis();
        long ahead = modified - clock.millis();
        return -ready <= ahead
                && ahead <= ready
                && !readiness.isWritten(file, modified)
                && readiness.reason(modified).isEmpty();
    }
}
