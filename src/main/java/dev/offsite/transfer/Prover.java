package dev.offsite.transfer;

import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.SftpException;
import dev.offsite.job.Job;
import dev.offsite.proof.Proof;
import dev.offsite.proof.ProofException;
import dev.offsite.proof.RemoteHash;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.ProducerTemplate;

/** Proves that files on a server have the bytes they should have, by the strongest way that the target offers. */
public final class Prover implements CamelContextAware {

    private final Connections connections;
    private CamelContext context;

    public Prover(Connections connections) {
        this.connections = connections;
    }

    @Override
    public CamelContext getCamelContext() {
        return context;
    }

    @Override
    public void setCamelContext(CamelContext context) {
        this.context = context;
    }

    /**
     * Checks files of a job. Never throws for one file alone.
     *
     * @return a verdict for each claim, by its path
     * @throws ProofException if the server could be asked nothing at all, or what was asked did not come to an end
     * @throws JSchException if the target cannot be reached or refuses
     */
    public Map<String, Verdict> prove(Job job, Collection<Claim> claims)
            throws ProofException, JSchException, SftpException, IOException {
        Connection connection = connections.to(job.target());
        List<String> paths = claims.stream().map(Claim::path).toList();
        long bytes = claims.stream().mapToLong(Claim::size).sum();
        Map<String, String> hashes;
        try (ProducerTemplate producer = context.createProducerTemplate()) {
            hashes = new RemoteHash(producer).hash(connection.ssh(), connection.clients(), paths, bytes);
        }
        Map<String, Long> sizes = sizes(connection, claims);
        Map<String, Verdict> verdicts = new HashMap<>();
        for (Claim claim : claims) {
            verdicts.put(claim.path(), verdict(claim, hashes.get(claim.path()), sizes.get(claim.path())));
        }
        return verdicts;
    }

    private static Verdict verdict(Claim claim, String hash, Long size) {
        if (size == null) {
            return Verdict.not(Verdict.State.MISSING, "there is no such file on the server");
        }
        if (hash == null) {
            return Verdict.not(Verdict.State.UNPROVEN, "the server gave no hash of the copy");
        }
        if (!hash.equals(claim.sha256())) {
            return Verdict.not(
                    Verdict.State.DIFFERENT,
                    "the copy differs: its SHA-256 on the server is %s, here it is %s".formatted(hash, claim.sha256()));
        }
        if (claim.size() >= 0 && size != claim.size()) {
            return Verdict.not(
                    Verdict.State.DIFFERENT,
                    "the copy differs: its size on the server is %s, here it is %d".formatted(size, claim.size()));
        }
        return Verdict.proven(Proof.SHA256SUM);
    }

    /** One listing a folder: fewer round trips than a stat a file, and no more for one file. */
    private static Map<String, Long> sizes(Connection connection, Collection<Claim> claims)
            throws JSchException, SftpException, IOException {
        Set<String> wanted = claims.stream().map(Claim::path).collect(Collectors.toSet());
        Set<String> folders = wanted.stream()
                .map(path -> path.substring(0, path.lastIndexOf('/')))
                .collect(Collectors.toSet());
        Map<String, Long> sizes = new HashMap<>();
        connection.sessions().call(remote -> {
            for (String folder : folders) {
                for (RemoteEntry entry : remote.list(folder)) {
                    String path = folder + "/" + entry.name();
                    if (entry.file() && wanted.contains(path)) {
                        sizes.put(path, entry.size());
                    }
                }
            }
            return null;
        });
        return sizes;
    }
}
