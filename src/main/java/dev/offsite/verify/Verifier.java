package dev.offsite.verify;

import dev.offsite.exec.CommandRunner;
import dev.offsite.exec.NoLoginException;
import dev.offsite.job.HashProgram;
import dev.offsite.job.Job;
import dev.offsite.job.Setting;
import dev.offsite.job.Target;
import dev.offsite.job.VerificationMethod;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.SshException;
import dev.offsite.sftp.TargetConnection;
import dev.offsite.sftp.TargetConnections;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies that files on a server have the bytes they should have, by the strongest way that the target offers: their hashes
 * from a command on the server; else by reading them back; else, only where that was asked for by name, by their size.
 */
public final class Verifier implements CamelContextAware {

    /** Of no bytes at all: what a broken command says of every file. */
    private static final String EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private static final Logger LOG = LoggerFactory.getLogger(Verifier.class);

    /** What to do if a separate login cannot read what the other one uploads. */
    public static final String LET_IT_READ = "let this user read what the other one uploads (by a group or an ACL, see "
            + "docs/verify.md), or set verify.ssh-path if it sees other paths";

    private final TargetConnections connections;
    private final HashCapabilities ladder;
    /** What is being prepared for a target, one step after the other. */
    private final Map<Target, CompletableFuture<Void>> preparations = new ConcurrentHashMap<>();

    private CamelContext context;

    public Verifier(TargetConnections connections, HashCapabilities ladder) {
        this.connections = connections;
        this.ladder = ladder;
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
     * Has ready, while files are still on their way, what the first verification will need: the way in which the target hashes.
     *
     * @param folder that the files go to, absolute on the target
     */
    public void prepare(Job job, String folder) {
        TargetConnection connection = connections.to(job);
        // By the connection that is there, while others are being made; not where the first upload would wait for it
        // long.
        if (!connection.sessions().linkSoFar().isLong()) {
            try {
                ladder.place(connection, folder);
            } catch (IOException e) {
                LOG.debug("{}: nothing is prepared", connection.target(), e);
            }
        }
        Runnable probe = () -> probe(connection, folder);
        preparations.compute(
                connection.target(),
                (target, before) -> before == null
                        ? CompletableFuture.runAsync(probe, this::inThread)
                        : before.thenRunAsync(probe, this::inThread));
    }

    /** What fails here fails again, and is reported, where it is needed. */
    private void probe(TargetConnection connection, String folder) {
        try {
            ladder.of(connection, connection.hashing(), folder);
            ladder.clear(connection);
        } catch (IOException | RuntimeException e) {
            LOG.debug("{}: nothing is prepared", connection.target(), e);
        }
    }

    /** Waits for what is being prepared, so that the same is not done twice, and nothing is left behind. */
    public void awaitPrepared(Target target) {
        CompletableFuture<Void> preparation = preparations.remove(target);
        if (preparation != null) {
            preparation.join();
        }
    }

    /** Ends what was prepared for a run: nothing of it goes on, or is left on the target. */
    public void end(Job job) {
        awaitPrepared(job.target());
        clear(connections.to(job));
    }

    private void clear(TargetConnection connection) {
        try {
            ladder.clear(connection);
        } catch (IOException e) {
            LOG.debug("{}: the file of the probe stays there", connection.target(), e);
        }
    }

    private void inThread(Runnable work) {
        context.getExecutorServiceManager().newThread("offsite-prepare", work).start();
    }

    /**
     * Checks files of a job. A file that differs, is missing or cannot be checked has its verdict, and stops no other.
     *
     * @return a verdict for each claim, by its path
     * @throws NoVerificationException if the target offers no verification as strong as the job demands
     * @throws VerificationException if what was asked of the server did not come to an end, and the job accepts nothing else
     * @throws SshException if the target cannot be reached or refuses
     */
    public Map<String, VerificationResult> verify(Job job, Collection<ExpectedFile> claims)
            throws VerificationException, IOException {
        if (claims.isEmpty()) {
            return Map.of();
        }
        TargetConnection connection = connections.to(job);
        boolean known = claims.stream().allMatch(claim -> claim.size() >= 0);
        List<ExpectedFile> there = known ? List.copyOf(claims) : sized(claims, sizes(connection, claims));
        Map<String, VerificationResult> verdicts = new HashMap<>();
        try {
            verdicts.putAll(there.isEmpty() ? Map.of() : byHash(job, connection, there));
        } catch (NoLoginException e) {
            throw new NoVerificationException(e.getMessage());
        }
        // After the hash: what has grown since is no copy either.
        Map<String, Long> sizes = sizes(connection, claims);
        for (ExpectedFile claim : claims) {
            bySize(claim, sizes.get(claim.path())).ifPresent(verdict -> verdicts.put(claim.path(), verdict));
        }
        return verdicts;
    }

    /** Those that are there, with the size they have. */
    private static List<ExpectedFile> sized(Collection<ExpectedFile> claims, Map<String, Long> sizes) {
        return claims.stream()
                .filter(claim -> sizes.containsKey(claim.path()))
                .map(claim -> new ExpectedFile(claim.path(), claim.sha256(), sizes.get(claim.path())))
                .toList();
    }

    private Map<String, VerificationResult> byHash(Job job, TargetConnection connection, List<ExpectedFile> claims)
            throws VerificationException, IOException {
        awaitPrepared(connection.target());
        CommandRunner server = connection.hashing();
        String folder = folder(claims.get(0).path());
        HashCapability rung = ladder.of(connection, server, folder);
        // Before any copy is seen under its name: nothing of ours is to lie beside it.
        clear(connection);
        RemoteHasher hashes = RemoteHasher.EMPTY;
        if (!rung.isNone()) {
            hashes = RemoteHasher.of(server, rung.ways(), job, claims);
            if (hashes.found().isEmpty() && hashes.cut().isEmpty()) {
                // What it once did it does no longer.
                ladder.forget(connection);
                rung = ladder.of(connection, server, folder);
                hashes = rung.isNone() ? hashes : RemoteHasher.of(server, rung.ways(), job, claims);
            }
            hashes.cut().filter(cut -> cut.hung()).ifPresent(cut -> ladder.hangs(connection, cut.getMessage()));
        }
        return verdicts(job, connection, claims, hashes, rung);
    }

    private Map<String, VerificationResult> verdicts(
            Job job, TargetConnection connection, List<ExpectedFile> claims, RemoteHasher hashes, HashCapability rung)
            throws VerificationException, IOException {
        Map<String, VerificationResult> verdicts = new HashMap<>();
        List<ExpectedFile> left = new ArrayList<>();
        for (ExpectedFile claim : claims) {
            String hash = hashes.found().get(claim.path());
            if (hash == null || (hash.equals(EMPTY) && claim.size() > 0)) {
                left.add(claim);
            } else {
                verdicts.put(claim.path(), VerificationResult.of(claim, hash, VerificationMethod.HASH));
            }
        }
        if (left.isEmpty()) {
            return verdicts;
        }
        switch (job.target().verification()) {
            case READBACK -> verdicts.putAll(new ReadBackHasher(connection).verify(left, job.parallel()));
            case SIZE ->
                left.forEach(claim -> verdicts.put(claim.path(), VerificationResult.verified(VerificationMethod.SIZE)));
            case HASH -> {
                VerificationResult unverified = unverified(job, hashes, rung, verdicts.isEmpty());
                left.forEach(claim -> verdicts.put(claim.path(), unverified));
            }
        }
        return verdicts;
    }

    /** For files of which the server gave no hash, where nothing else counts. */
    private static VerificationResult unverified(Job job, RemoteHasher hashes, HashCapability rung, boolean all)
            throws VerificationException {
        if (rung.isNone() && hashes.cut().isEmpty()) {
            HashProgram program = job.target().program();
            boolean fixed = program != HashProgram.AUTO;
            if (job.target().verifyLogin() != null) {
                throw new NoVerificationException(
                        "%s cannot hash new copies (it says: %s), and verify=hash accepts nothing else; %s"
                                .formatted(job.target().hashing(), rung.why(), LET_IT_READ));
            }
            throw new NoVerificationException(
                    ("%s cannot hash files%s (it says: %s), and verify=hash accepts nothing else; allow the user "
                                    + "to run %s there%s, or set verify=readback to have copies downloaded again")
                            .formatted(
                                    job.target(),
                                    fixed ? " by " + program : "",
                                    rung.why(),
                                    fixed ? program : HashProgram.SHA256SUM,
                                    fixed ? ", change %s=%s".formatted(Setting.VERIFY_COMMAND.key(), program) : ""));
        }
        if (all && hashes.cut().isPresent()) {
            throw new VerificationException(
                    hashes.cut().get().getMessage(), hashes.cut().get().getCause());
        }
        return VerificationResult.not(
                VerificationResult.State.UNVERIFIED,
                hashes.cut().map(Throwable::getMessage).orElse("the server gave no hash of the copy"));
    }

    /** What the size alone says: that there is no such file, or that it is another. */
    private static Optional<VerificationResult> bySize(ExpectedFile claim, Long size) {
        if (size == null) {
            return Optional.of(
                    VerificationResult.not(VerificationResult.State.MISSING, "there is no such file on the server"));
        }
        return claim.size() < 0 || size == claim.size()
                ? Optional.empty()
                : Optional.of(VerificationResult.not(
                        VerificationResult.State.DIFFERENT,
                        "the copy differs: its size on the server is %d, here it is %d".formatted(size, claim.size())));
    }

    private static String folder(String path) {
        return RemotePath.parent(path);
    }

    private static Map<String, Long> sizes(TargetConnection connection, Collection<ExpectedFile> claims)
            throws IOException {
        Set<String> paths = claims.stream().map(ExpectedFile::path).collect(Collectors.toSet());
        return connection.sessions().call(remote -> remote.sizes(paths));
    }
}
