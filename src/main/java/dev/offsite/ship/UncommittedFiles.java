package dev.offsite.ship;

import dev.offsite.io.Activity;
import dev.offsite.io.HashingInputStream;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.ledger.Delay;
import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.PlainFile;
import dev.offsite.sftp.RemotePath;
import dev.offsite.source.FileClaims;
import dev.offsite.source.FileState;
import dev.offsite.source.Readiness;
import dev.offsite.source.SourceChecksums;
import dev.offsite.source.SourceScan.SourceFile;
import dev.offsite.verify.ExpectedFile;
import dev.offsite.verify.VerificationException;
import dev.offsite.verify.VerificationLog;
import dev.offsite.verify.VerificationResult;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The local files of a job that the ledger does not have. Those whose copies are found on the server are committed
 * without being shipped again. In a cluster, each is claimed before that, since another node may be shipping it just now.
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
    /** The files that are claimed, and whether the ledger did not have them then. */
    private final Map<File, Boolean> claimed = new HashMap<>();
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

    private FileClaims claims() {
        return new FileClaims(job, context.cluster());
    }

    /** Whether no other node ships the file, or has shipped it. */
    private boolean claim(SourceFile file) {
        if (!context.cluster().isShared()) {
            return true;
        }
        if (!claimed.containsKey(file.file())) {
            if (!claims().take(file.file())) {
                return false;
            }
            claimed.put(file.file(), false);
            claimed.put(file.file(), !context.ledger().contains(job, file));
        }
        return claimed.get(file.file());
    }

    /** Those that this node still has claimed. Another one may have taken it for dead while it was busy. */
    List<Verified> claimed(List<Verified> copies) {
        Set<File> lost = claims().lost(
                        copies.stream().map(copy -> copy.match().file().file()).toList());
        return copies.stream()
                .filter(copy -> !lost.contains(copy.match().file().file()))
                .toList();
    }

    /** Lets other nodes ship the files that were looked at. Call it when all that is found in a folder is committed. */
    void release() {
        claimed.keySet().forEach(claims()::release);
        claimed.clear();
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

    /**
     * A copy that may be that of a local file.
     *
     * @param name of the copy, below its dated folder
     * @param sha256 that the copy must have
     * @param size that it must have; negative if unknown
     * @param content what it has inside, if it is encrypted
     */
    record Match(String name, String sha256, long size, SourceFile file, Optional<PlainFile> content) {
        String contentSha256() {
            return content.map(PlainFile::sha256).orElse(sha256);
        }
    }

    /** {@code folder} is the name of a dated folder. */
    Matcher in(String folder) {
        return new Matcher(folder);
    }

    /** Finds which local files the copies in one dated folder have inside. */
    final class Matcher {
        /** By the names of copies. Nothing else tells what an encrypted copy has inside. */
        private final Map<String, PlainFile> contents = new HashMap<>();

        private Matcher(String folder) {
            if (job.encryption().isPresent()) {
                context.folders()
                        .contents()
                        .log()
                        .of(job, folder)
                        .forEach(content -> contents.put(content.copy(), content));
            }
        }

        /** Whether a copy of this name may have one inside. */
        boolean has(String copy) {
            return job.encryption().isEmpty()
                    ? files().containsKey(copy)
                    : contents.containsKey(copy)
                            && files().containsKey(contents.get(copy).name());
        }

        /** The file that a copy of this name and size must have inside; empty if there is none. */
        Optional<Match> match(String copy, long size) {
            if (!has(copy)) {
                return Optional.empty();
            }
            if (job.encryption().isEmpty()) {
                SourceFile file = files().get(copy);
                return file.size() == size && claim(file)
                        ? hash(file).map(hash -> new Match(copy, hash, size, file, Optional.empty()))
                        : Optional.empty();
            }
            PlainFile content = contents.get(copy);
            SourceFile file = files().get(content.name());
            return file.size() == content.size()
                            && claim(file)
                            && hash(file).filter(content.sha256()::equals).isPresent()
                    ? Optional.of(new Match(copy, content.copySha256(), -1, file, Optional.of(content)))
                    : Optional.empty();
        }
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

    /** A copy that was verified again. */
    record Verified(Match match, VerificationLog.Entry entry) {}

    /**
     * Verifies copies on the server again.
     *
     * @param folder the dated folder, absolute
     * @param unverified called with the path of each copy that is not intact, and the reason
     */
    List<Verified> verify(String folder, Collection<Match> copies, BiConsumer<String, String> unverified)
            throws IOException, VerificationException {
        List<ExpectedFile> expected = copies.stream()
                .map(copy -> new ExpectedFile(folder + "/" + copy.name(), copy.sha256(), copy.size()))
                .toList();
        Map<String, VerificationResult> results = context.verifier().verify(job, expected);
        List<Verified> intact = new ArrayList<>();
        Instant now = context.clock().instant();
        for (Match copy : copies) {
            String path = folder + "/" + copy.name();
            VerificationResult result = results.get(path);
            if (result.isVerified()) {
                intact.add(new Verified(
                        copy, new VerificationLog.Entry(copy.name(), copy.sha256(), result.verification(), now)));
            } else {
                unverified.accept(path, result.reason());
            }
        }
        return intact;
    }

    /**
     * Has the server write verified copies to its disk, and adds their files to the ledger. Call it after the manifest
     * lists them.
     */
    void commit(String folder, List<Verified> verified) throws IOException {
        Optional<Map<String, Exception>> refused = sync(folder, verified);
        AfterCommit afterCommit = new AfterCommit(job, context.ledger());
        context.verifications()
                .add(
                        job,
                        RemotePath.name(folder),
                        verified.stream().map(Verified::entry).toList());
        for (Verified one : verified) {
            SourceFile file = one.match().file();
            String path = folder + "/" + one.match().name();
            if (refused.isPresent() && refused.get().containsKey(path)) {
                continue;
            }
            files().remove(file.below(job.source()));
            if (!file.hasChanged() && states.containsKey(file)) {
                afterCommit.owe(file);
                if (refused.isEmpty()) {
                    afterCommit.delay(file, new Delay(context.clock().instant(), RemotePath.name(folder)));
                }
                context.ledger()
                        .add(
                                job,
                                file,
                                CommittedFiles.value(
                                        states.get(file), one.match().contentSha256()));
                LOG.info(
                        "{}: {} was there already, verified again ({})",
                        job.name(),
                        Text.line(path),
                        one.entry().verification().orElseThrow());
            }
        }
    }

    private Optional<Map<String, Exception>> sync(String folder, List<Verified> copies) throws IOException {
        List<String> names = copies.stream().map(copy -> copy.match().name()).toList();
        List<String> all = new ArrayList<>();
        names.forEach(name -> all.add(folder + "/" + name));
        all.add(folder + "/" + Manifest.NAME);
        long bytes =
                copies.stream().mapToLong(copy -> copy.match().file().size()).sum();
        return context.verifier().sync(job, all, DatedFolderWriter.folders(job, folder, names), bytes);
    }
}
