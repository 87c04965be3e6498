package dev.offsite.ship;

import dev.offsite.io.Activity;
import dev.offsite.io.HashingInputStream;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.ledger.Ledger;
import dev.offsite.manifest.Manifest;
import dev.offsite.sftp.RemotePath;
import dev.offsite.source.FileState;
import dev.offsite.source.Readiness;
import dev.offsite.source.SourceChecksums;
import dev.offsite.source.SourceScan.SourceFile;
import dev.offsite.verify.ExpectedFile;
import dev.offsite.verify.VerificationException;
import dev.offsite.verify.VerificationLog;
import dev.offsite.verify.VerificationResult;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The local files of a job that the ledger does not have. Those whose copies are found on the server are committed
 * without being shipped again.
 */
final class UncommittedFiles {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private final ShipContext context;
    private final Job job;
    private final Activity activity;
    private final SourceChecksums checksums;
    private final List<SourceFile> all;
    /** Those that were not committed, by name; null until one is looked up, because there may be a hundred thousand. */
    private Map<String, SourceFile> files;

    private final Map<SourceFile, Optional<String>> hashes = new HashMap<>();
    /** The state that was hashed. */
    private final Map<SourceFile, FileState> states = new HashMap<>();

    UncommittedFiles(ShipContext context, Job job, List<SourceFile> files) {
        this(context, job, files, context.connections().to(job).activity());
    }

    UncommittedFiles(ShipContext context, Job job, List<SourceFile> files, Activity activity) {
        this.context = context;
        this.activity = activity;
        this.job = job;
        this.checksums = new SourceChecksums(job.source(), Readiness.of(job));
        this.all = files;
    }

    private Map<String, SourceFile> files() {
        if (files == null) {
            files = new HashMap<>();
            all.forEach(file -> files.put(file.below(job.source()), file));
        }
        return files;
    }

    boolean isEmpty() {
        return files == null ? all.isEmpty() : files.isEmpty();
    }

    /** Whether a file has this name, which is below both the source folder and the dated folder. */
    boolean has(String name) {
        return files().containsKey(name);
    }

    Optional<SourceFile> ofSize(String name, long size) {
        return Optional.ofNullable(files().get(name)).filter(file -> file.size() == size);
    }

    /**
     * The SHA-256 of a file in lower-case hex. Empty if it cannot be read or does not match its own checksums: shipping
     * it reports that.
     */
    Optional<String> hash(SourceFile file) {
        return hashes.computeIfAbsent(file, this::read);
    }

    private Optional<String> read(SourceFile file) {
        Path path = file.file().toPath();
        try (HashingInputStream in = new HashingInputStream(Files.newInputStream(path), read -> activity.sign())) {
            states.put(file, FileState.of(path));
            checksums.of(path).forEach(expected -> in.with(expected.algorithm().javaName()));
            in.transferTo(OutputStream.nullOutputStream());
            checksums.check(path, in);
            return Optional.of(in.sha256());
        } catch (IOException e) {
            LOG.debug("{}: {} is not taken for shipped", job.name(), path, e);
            return Optional.empty();
        }
    }

    /**
     * Verifies copies on the server again.
     *
     * @param folder the dated folder, absolute
     * @param copies their SHA-256 by name
     * @param unverified called with the path of each copy that is not intact, and the reason
     */
    List<VerificationLog.Entry> verify(String folder, Map<String, String> copies, BiConsumer<String, String> unverified)
            throws IOException, VerificationException {
        List<ExpectedFile> expected = new ArrayList<>();
        copies.forEach((name, hash) -> expected.add(
                new ExpectedFile(folder + "/" + name, hash, files().get(name).size())));
        Map<String, VerificationResult> results = context.verifier().verify(job, expected);
        List<VerificationLog.Entry> intact = new ArrayList<>();
        Instant now = context.clock().instant();
        copies.forEach((name, hash) -> {
            String path = folder + "/" + name;
            VerificationResult result = results.get(path);
            if (result.isVerified()) {
                intact.add(new VerificationLog.Entry(name, hash, result.verification(), now));
            } else {
                unverified.accept(path, result.reason());
            }
        });
        return intact;
    }

    /**
     * Has the server write verified copies to its disk, and adds their files to the ledger. Call it after the manifest
     * lists them.
     */
    void commit(String folder, List<VerificationLog.Entry> verified) throws IOException {
        Map<String, String> paths = verified.stream()
                .collect(Collectors.toMap(VerificationLog.Entry::name, entry -> folder + "/" + entry.name()));
        Optional<Map<String, Exception>> refused = sync(folder, paths);
        AfterCommit afterCommit = new AfterCommit(job, context.ledger());
        context.verifications().add(job, RemotePath.name(folder), verified);
        for (VerificationLog.Entry entry : verified) {
            SourceFile file = files().get(entry.name());
            if (refused.isPresent() && refused.get().containsKey(paths.get(entry.name()))) {
                continue;
            }
            files().remove(entry.name());
            if (!file.hasChanged() && states.containsKey(file)) {
                afterCommit.owe(file);
                if (refused.isEmpty()) {
                    afterCommit.delay(file, new Ledger.Delay(context.clock().instant(), RemotePath.name(folder)));
                }
                context.ledger().add(job, file, CommittedFiles.value(states.get(file), entry.sha256()));
                LOG.info(
                        "{}: {} was there already, verified again ({})",
                        job.name(),
                        Text.line(folder + "/" + entry.name()),
                        entry.verification().orElseThrow());
            }
        }
    }

    private Optional<Map<String, Exception>> sync(String folder, Map<String, String> paths) throws IOException {
        List<String> all = new ArrayList<>(paths.values());
        all.add(folder + "/" + Manifest.NAME);
        long bytes = paths.keySet().stream()
                .mapToLong(name -> files().get(name).size())
                .sum();
        return context.verifier().sync(job, all, DatedFolderWriter.folders(job, folder, paths.keySet()), bytes);
    }
}
