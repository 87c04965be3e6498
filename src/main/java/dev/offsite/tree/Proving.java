package dev.offsite.tree;

import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.SftpException;
import dev.offsite.proof.ProofException;
import dev.offsite.transfer.Claim;
import dev.offsite.transfer.Verdict;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;

/** {@link dev.offsite.transfer.Prover} for one target. */
@FunctionalInterface
interface Proving {

    /** A verdict for each claim, by its path. */
    Map<String, Verdict> prove(Collection<Claim> claims)
            throws ProofException, JSchException, SftpException, IOException;
}
