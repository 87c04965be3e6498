package dev.offsite.transfer;

import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.SftpException;
import dev.offsite.job.Job;
import dev.offsite.proof.Proof;
import dev.offsite.proof.ProofException;
import dev.offsite.transfer.ScrubPlan.Listed;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lists copies again that their SHA256SUMS has lost, or was lost with: those that still have the bytes that were proven. */
final class Relist {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private final Scrub scrub;
    private final Job job;
    private final RemoteSessions sessions;

    Relist(Scrub scrub, Job job, RemoteSessions sessions) {
        this.scrub = scrub;
        this.job = job;
        this.sessions = sessions;
    }

    /** Does it, and returns those that are listed now. */
    Set<Listed> list(List<Listed> lost) throws JSchException, SftpException, IOException, ProofException {
        Map<String, Verdict> verdicts = scrub.prover()
                .prove(
                        job,
                        lost.stream()
                                .map(copy -> new Claim(path(copy), copy.sha256(), -1))
                                .toList());
        Map<String, List<Listed>> byFolder = new TreeMap<>();
        for (Listed copy : lost) {
            // A size proves nothing here, since it was not known.
            if (verdicts.get(path(copy))
                    .proof()
                    .filter(proof -> proof != Proof.SIZE)
                    .isPresent()) {
                byFolder.computeIfAbsent(copy.folder(), folder -> new ArrayList<>())
                        .add(copy);
            }
        }
        Set<Listed> listed = new HashSet<>();
        for (Map.Entry<String, List<Listed>> folder : byFolder.entrySet()) {
            try {
                list(folder.getKey(), folder.getValue(), verdicts);
                listed.addAll(folder.getValue());
            } catch (IOException e) {
                LOG.warn(
                        "{}: not listed again: {}",
                        job.name(),
                        Problem.of(e, job).message());
            }
        }
        return listed;
    }

    private void list(String folder, List<Listed> copies, Map<String, Verdict> verdicts)
            throws JSchException, SftpException, IOException {
        String dated = job.root() + "/" + folder;
        Map<String, String> entries = new HashMap<>();
        List<ProofLog.Entry> proofs = new ArrayList<>();
        Instant now = scrub.now();
        for (Listed copy : copies) {
            Optional<Proof> proof = verdicts.get(path(copy)).proof();
            entries.put(copy.name(), copy.sha256());
            proofs.add(new ProofLog.Entry(copy.name(), copy.sha256(), proof, now));
        }
        OpenFolder open = scrub.folders().acquire(job, dated, sessions);
        boolean finished = false;
        try {
            // What has been shipped there since counts.
            entries.keySet().removeAll(open.manifest().names());
            open.list(entries);
            finished = true;
        } finally {
            scrub.folders().release(job, dated, finished);
        }
        scrub.proofs().add(job, folder, proofs);
        LOG.info("{}: {} copies proven and listed again in {}", job.name(), copies.size(), Text.line(dated));
    }

    private String path(Listed copy) {
        return job.root() + "/" + copy.path();
    }
}
