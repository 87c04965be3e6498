package dev.offsite.transfer;

import dev.offsite.verify.ExpectedFile;
import dev.offsite.verify.VerificationException;
import dev.offsite.verify.VerificationResult;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;

/** Verifies files on one side, as {@link dev.offsite.verify.Verifier} does for a target. */
@FunctionalInterface
public interface VerificationStep {

    /** Returns a result for each file, by path. */
    Map<String, VerificationResult> verify(Collection<ExpectedFile> claims) throws VerificationException, IOException;
}
