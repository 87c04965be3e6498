package dev.offsite.ship;

import dev.offsite.encryption.ContentLog;
import dev.offsite.encryption.CopyNames;
import dev.offsite.job.Job;
import dev.offsite.verify.VerificationLog;
import dev.offsite.verify.Verifier;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * What is needed to say what is inside encrypted copies.
 *
 * @param threads encrypt
 */
public record Contents(
        ContentLog log,
        CopyNames names,
        Verifier verifier,
        VerificationLog verifications,
        Executor threads,
        Clock clock) {

    /** Notes that nobody expects a part of a manifest any more, because another one takes its place. */
    void giveUp(Job job, String datedFolder, VerificationLog.Entry part) {
        verifications.add(job, datedFolder, List.of(part.lost(VerificationLog.Loss.GIVEN_UP, clock.instant())));
    }
}
