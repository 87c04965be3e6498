package dev.offsite.transfer;

import dev.offsite.verify.ExpectedFile;
import dev.offsite.verify.VerificationException;
import dev.offsite.verify.VerificationResult;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;

/** Verifies files on one side, as {@link dev.offsite.verify.Verifier} does for one target. */
@FunctionalInterface
public interface VerificationStep {

    /** A verdict for each claim, by its path. */
    Map<String, VerificationResult> verify(Collection<ExpectedFile> claims) throws VerificationException, IOException;
}
