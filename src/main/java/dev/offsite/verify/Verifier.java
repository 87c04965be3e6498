package dev.offsite.verify;

import dev.offsite.exec.CommandRunner;
import dev.offsite.exec.NoLoginException;
import dev.offsite.job.HashProgram;
import dev.offsite.job.Job;
import dev.offsite.job.Setting;
import dev.offsite.job.Target;
import dev.offsite.job.VerificationMethod;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.TargetConnection;
import dev.offsite.sftp.TargetConnections;
import dev.offsite.sftp.login.SshException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies that files on a server have the expected bytes, by the strongest method available: hashing on the server,
 * else reading them back, else comparing sizes if the user switched that on.
 */
public final class Verifier {

    private static final Logger LOG = LoggerFactory.getLogger(Verifier.class);

    public static final String LET_IT_READ = "let this user read what the other one uploads (by a group or an ACL, see "
            + "docs/verify.md), or set verify.ssh-path if it sees other paths";

    /** Bytes that take so long to write that it is worth a command of its own. */
    private static final long LARGE = 256 << 20;

    private static final Duration PROBING = Duration.ofMinutes(30);

    private final TargetConnections connections;
    private final HashCapabilities capabilities;
    private final RemoteSync syncs;
    /** Runs preparations. A stop does not wait for them. */
    private final Executor threads;
    /** The last preparation of each target. */
    private final Map<Target, CompletableFuture<Void>> preparations = new ConcurrentHashMap<>();

    private final Set<Target> warnedOfCache = ConcurrentHashMap.newKeySet();

    public Verifier(TargetConnections connections, HashCapabilities capabilities, Executor threads) {
        this.connections = connections;
        this.capabilities = capabilities;
        this.syncs = new RemoteSync(capabilities.state());
        this.threads = threads;
    }

    /** Finds the hash command while files are still uploading; {@code folder} is where they go, absolute. */
    public void prepare(Job job, String folder) {
        TargetConnection connection = connections.to(job);
        // Over the open connection, while others are being made; not if a long round trip would delay the first upload.
        if (!connection.sessions().linkSoFar().isLong()) {
            try {
                capabilities.place(connection, folder);
            } catch (IOException e) {
                LOG.debug("{}: nothing is prepared", connection.target(), e);
            }
        }
        Runnable probe = () -> probe(connection, folder);
        preparations.compute(
                connection.target(),
                (target, before) -> before == null
                        ? CompletableFuture.runAsync(probe, threads)
                        : before.thenRunAsync(probe, threads));
    }

    /** Failures are only logged: they occur again, and are reported, when a file is verified. */
    private void probe(TargetConnection connection, String folder) {
        try {
            capabilities.of(connection, connection.hashing(), folder);
            capabilities.clear(connection);
            if (mayRunCommands(connection)) {
                syncs.prepare(connection, folder);
            }
        } catch (IOException | RuntimeException e) {
            LOG.debug("{}: nothing is prepared", connection.target(), e);
        }
    }

    /** Waits for the preparation, so that nothing is done twice or left behind. */
    public void awaitPrepared(Target target) {
        CompletableFuture<Void> preparation = preparations.remove(target);
        if (preparation != null) {
            try {
                // Probing has a deadline for each command.
                preparation.get(PROBING.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CompletionException(e);
            } catch (ExecutionException e) {
                throw new CompletionException(e.getCause());
            } catch (TimeoutException e) {
                LOG.debug("{}: the preparation did not end within {}", target, PROBING, e);
            }
        }
    }

    /** Ends the preparation for a run, and removes its probe file from the target. */
    public void end(Job job) {
        awaitPrepared(job.target());
        clear(connections.to(job));
    }

    private void clear(TargetConnection connection) {
        try {
            capabilities.clear(connection);
        } catch (IOException e) {
            LOG.debug("{}: the file of the probe stays there", connection.target(), e);
        }
    }

    /**
     * Verifies files of a job. A file that is different, missing or cannot be checked does not stop the others.
     *
     * @return a result for each file, by path
     * @throws NoVerificationException if the target offers no verification that the job accepts
     * @throws VerificationException if a command did not finish and the job accepts nothing else
     * @throws SshException if the target cannot be reached or refuses
     */
    public Map<String, VerificationResult> verify(Job job, Collection<ExpectedFile> files)
            throws VerificationException, IOException {
        if (files.isEmpty()) {
            return Map.of();
        }
        TargetConnection connection = connections.to(job);
        boolean known = files.stream().allMatch(file -> file.size() >= 0);
        List<ExpectedFile> there = known ? List.copyOf(files) : sized(files, sizes(connection, files));
        Map<String, VerificationResult> results = new HashMap<>();
        try {
            results.putAll(there.isEmpty() ? Map.of() : byHash(job, connection, there));
        } catch (NoLoginException e) {
            throw new NoVerificationException(e.getMessage());
        }
        // After hashing, so that a file that has grown since is noticed.
        Map<String, Long> sizes = sizes(connection, files);
        for (ExpectedFile file : files) {
            bySize(file, sizes.get(file.path())).ifPresent(result -> results.put(file.path(), result));
        }
        return results;
    }

    /**
     * Whether a file on the target begins with bytes that have this SHA-256; empty if the target cannot tell.
     *
     * @param size of the whole file there
     * @throws IOException if the target cannot be asked now
     */
    public Optional<Boolean> begins(TargetConnection connection, String file, long length, long size, String sha256)
            throws IOException {
        awaitPrepared(connection.target());
        try {
            CommandRunner server = connection.hashing();
            HashCapability known = capabilities.of(connection, server, RemotePath.parent(file));
            return new BeginningHasher(connection, server, known.methods()).begins(file, length, size, sha256);
        } catch (NoLoginException e) {
            LOG.debug("{}: no hash of a part", connection.target(), e);
            return Optional.empty();
        }
    }

    /**
     * Has the target write copies to its disk, after their last rename, so that a power cut there loses none of them.
     *
     * @param files absolute; the manifest last
     * @param folders absolute; those that hold the files, and their parents
     * @param bytes of all files
     * @return why a file could not be written, by path; empty if the target offers no way, so that nothing here may be
     *     removed yet
     */
    public Optional<Map<String, Exception>> sync(Job job, List<String> files, List<String> folders, long bytes)
            throws IOException {
        TargetConnection connection = connections.to(job);
        RemoteSync.Method method = syncMethod(connection, folders.get(0));
        return method == RemoteSync.Method.NONE
                ? Optional.empty()
                : Optional.of(syncs.sync(connection, method, files, folders, bytes));
    }

    /**
     * Has the target begin to write copies to its disk while they are verified, if they are large. Nothing waits for it, and
     * nothing relies on it.
     */
    public void beginSync(Job job, List<String> files, long bytes) {
        if (bytes < LARGE) {
            return;
        }
        try {
            threads.execute(() -> syncs.begin(connections.to(job), files, bytes));
        } catch (RejectedExecutionException shutDown) {
            LOG.debug("{}: they are written when they are published", job.name(), shutDown);
        }
    }

    /** Without a hash command, the server most likely runs none; another login for hashing says nothing of this one. */
    private RemoteSync.Method syncMethod(TargetConnection connection, String folder) throws IOException {
        return syncs.method(connection, folder, mayRunCommands(connection));
    }

    private boolean mayRunCommands(TargetConnection connection) {
        boolean separate = connection.target().verifyLogin() != null;
        return separate || capabilities.known(connection).runsCommands();
    }

    /** The files that exist, with their actual sizes. */
    private static List<ExpectedFile> sized(Collection<ExpectedFile> files, Map<String, Long> sizes) {
        return files.stream()
                .filter(file -> sizes.containsKey(file.path()))
                .map(file -> new ExpectedFile(file.path(), file.sha256(), sizes.get(file.path())))
                .toList();
    }

    private Map<String, VerificationResult> byHash(Job job, TargetConnection connection, List<ExpectedFile> files)
            throws VerificationException, IOException {
        awaitPrepared(connection.target());
        CommandRunner server = connection.hashing();
        String folder = RemotePath.parent(files.get(0).path());
        HashCapability capability = capabilities.of(connection, server, folder);
        // Before any copy is published, so that no probe file is ever seen beside it.
        clear(connection);
        RemoteHasher hashes = RemoteHasher.EMPTY;
        if (!capability.isNone()) {
            hashes = RemoteHasher.of(connection, server, capability.methods(), job, files);
            if (hashes.found().isEmpty() && hashes.cut().isEmpty()) {
                // The remembered command no longer works.
                capabilities.forget(connection);
                capability = capabilities.of(connection, server, folder);
                hashes = capability.isNone()
                        ? hashes
                        : RemoteHasher.of(connection, server, capability.methods(), job, files);
            }
            hashes.cut().filter(cut -> cut.hung()).ifPresent(cut -> capabilities.hangs(connection, cut.getMessage()));
        }
        return results(job, connection, files, hashes, capability);
    }

    private Map<String, VerificationResult> results(
            Job job,
            TargetConnection connection,
            List<ExpectedFile> files,
            RemoteHasher hashes,
            HashCapability capability)
            throws VerificationException, IOException {
        Map<String, VerificationResult> results = new HashMap<>();
        List<ExpectedFile> left = new ArrayList<>();
        for (ExpectedFile file : files) {
            String hash = hashes.found().get(file.path());
            if (hash == null || (hash.equals(HashCommand.OF_NOTHING) && file.size() > 0)) {
                left.add(file);
            } else {
                results.put(file.path(), VerificationResult.of(file, hash, VerificationMethod.HASH));
            }
        }
        if (left.isEmpty()) {
            return results;
        }
        switch (job.target().verification()) {
            case READBACK -> {
                warnOfCache(connection);
                results.putAll(new ReadBackHasher(connection).verify(left, job.parallel()));
            }
            case SIZE ->
                left.forEach(file -> results.put(file.path(), VerificationResult.verified(VerificationMethod.SIZE)));
            case HASH -> {
                VerificationResult unverified = unverified(job, hashes, capability, results.isEmpty());
                left.forEach(file -> results.put(file.path(), unverified));
            }
        }
        return results;
    }

    private void warnOfCache(TargetConnection connection) throws IOException {
        if (ReadBackHasher.mayReadCache(connection.sessions().call(SftpSession::software))
                && warnedOfCache.add(connection.target())) {
            LOG.warn("{}: {}", connection.target(), ReadBackHasher.CACHE);
        }
    }

    /** The result for files without a hash, if the job accepts only hashes. */
    private static VerificationResult unverified(Job job, RemoteHasher hashes, HashCapability capability, boolean all)
            throws VerificationException {
        if (capability.isNone() && hashes.cut().isEmpty()) {
            HashProgram program = job.target().program();
            boolean fixed = program != HashProgram.AUTO;
            if (job.target().verifyLogin() != null) {
                throw new NoVerificationException(
                        "%s cannot hash new copies (it says: %s), and verify=hash accepts nothing else; %s"
                                .formatted(job.target().hashing(), capability.why(), LET_IT_READ));
            }
            throw new NoVerificationException(
                    ("%s cannot hash files%s (it says: %s), and verify=hash accepts nothing else; allow the user "
                                    + "to run %s there%s, or set verify=readback to have copies downloaded again")
                            .formatted(
                                    job.target(),
                                    fixed ? " by " + program : "",
                                    capability.why(),
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

    /** Detects a missing file or one of another size; empty if the size fits. */
    private static Optional<VerificationResult> bySize(ExpectedFile file, Long size) {
        if (size == null) {
            return Optional.of(
                    VerificationResult.not(VerificationResult.State.MISSING, "there is no such file on the server"));
        }
        return file.size() < 0 || size == file.size()
                ? Optional.empty()
                : Optional.of(VerificationResult.not(
                        VerificationResult.State.DIFFERENT,
                        "the copy differs: its size on the server is %d, here it is %d".formatted(size, file.size())));
    }

    private static Map<String, Long> sizes(TargetConnection connection, Collection<ExpectedFile> files)
            throws IOException {
        Set<String> paths = files.stream().map(ExpectedFile::path).collect(Collectors.toSet());
        return connection.sessions().call(remote -> remote.sizes(paths));
    }
}
