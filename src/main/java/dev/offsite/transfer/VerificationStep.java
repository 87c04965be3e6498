package dev.offsite.transfer;

import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.SftpException;
import dev.offsite.verify.ExpectedFile;
import dev.offsite.verify.VerificationException;
import dev.offsite.verify.VerificationResult;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;

/** Verifies copies on one target. */
@FunctionalInterface
public interface VerificationStep {

    /** A verdict for each claim, by its path. */
    Map<String, VerificationResult> verify(Collection<ExpectedFile> claims)
            throws VerificationException, JSchException, SftpException, IOException;
}
