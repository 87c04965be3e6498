package dev.offsite.ship;

import dev.offsite.age.AgeInputStream;
import dev.offsite.age.AgeKey;
import dev.offsite.age.AgeRecipients;
import dev.offsite.age.Encryption;
import dev.offsite.encryption.ContentLog;
import dev.offsite.encryption.CopyNames;
import dev.offsite.io.HashedFile;
import dev.offsite.io.HashingInputStream;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.manifest.ManifestPart;
import dev.offsite.manifest.PlainFile;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.verify.ExpectedFile;
import dev.offsite.verify.VerificationException;
import dev.offsite.verify.VerificationLog;
import dev.offsite.verify.VerificationResult;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes {@code SHA256SUMS.<n>.age} into a dated folder: what is inside the encrypted copies that are published while the
 * folder is open. It is written anew under the next number with each batch, and listed in the same step in which the last one is
 * no longer listed: so the manifest is right at any moment. What other runs wrote is left alone. Call it while the manifest is held.
 */
public final class ManifestPartWriter {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private final Contents contents;
    private final Job job;
    private final AgeRecipients recipients;
    private final ManifestWriter manifest;
    private final SftpSessionPool sessions;
    private final String folder;
    /** Where this run begins in the log. */
    private long from;

    /** What is listed; null before the first. */
    private VerificationLog.Entry listed;

    /** What was sent, under its hidden name; null if nothing waits. */
    private Sent sent;

    private record Sent(String path, VerificationLog.Entry entry) {}

    ManifestPartWriter(
            Contents contents, Job job, Encryption encryption, ManifestWriter manifest, SftpSessionPool sessions) {
        this.contents = contents;
        this.job = job;
        this.recipients = encryption.recipients();
        this.manifest = manifest;
        this.sessions = sessions;
        this.folder = RemotePath.parent(manifest.path());
        this.from = log().end(job, dated());
    }

    private String dated() {
        return RemotePath.name(folder);
    }

    private ContentLog log() {
        return contents.log();
    }

    /**
     * Notes what is inside copies that are verified, and sends a part that says so, under a hidden name. Call it before the copies
     * get their names.
     *
     * @throws VerificationException if the part did not arrive as it was sent
     */
    public void prepare(Collection<PlainFile> files) throws IOException, VerificationException {
        discard();
        log().add(job, dated(), files);
        String name = ManifestPart.name(ManifestPart.next(manifest.listed().names()));
        String path = manifest.temporary(name);
        HashedFile written = sessions.call(remote -> {
            try (HashingInputStream in = new HashingInputStream(
                    new AgeInputStream(text(), AgeKey.make(recipients), contents.threads()), read -> {})) {
                remote.write(in, path, manifest.mode());
                return new HashedFile(in.sha256(), in.count());
            }
        });
        VerificationResult result = contents.verifier()
                .verify(job, List.of(new ExpectedFile(path, written.sha256(), written.size())))
                .get(path);
        if (!result.isVerified()) {
            remove(path);
            throw new VerificationException(name + ": " + result.reason());
        }
        sent = new Sent(
                path,
                new VerificationLog.Entry(
                        name,
                        written.sha256(),
                        result.verification(),
                        contents.clock().instant()));
    }

    /**
     * Writes again what a part said that is damaged or gone, as one with all that is known here.
     *
     * @throws IOException if some of what the folder lists is not known here, and the part may have said what it is
     */
    public void replace(String part, String sha256) throws IOException, VerificationException {
        try (ManifestWriter.Hold hold = manifest.hold(() -> false)) {
            Map<String, String> known = new HashMap<>();
            log().of(job, dated()).forEach(file -> known.put(file.copy(), file.copySha256()));
            for (Map.Entry<String, String> one : manifest.listed().entries()) {
                if (one.getKey().endsWith(CopyNames.ENDING)
                        && !ManifestPart.isPart(one.getKey())
                        && !one.getValue().equals(known.get(one.getKey()))) {
                    throw new IOException("what is inside %s is not known here".formatted(Text.line(one.getKey())));
                }
            }
            from = 0;
            prepare(List.of());
            VerificationLog.Entry lost = new VerificationLog.Entry(
                    part, sha256, Optional.empty(), contents.clock().instant());
            contents.giveUp(job, dated(), lost);
            listed = lost;
            list(Map.of());
        }
    }

    private InputStream text() {
        String beginning = ManifestPart.beginning(dated(), recipients.keys());
        return new SequenceInputStream(
                new ByteArrayInputStream(beginning.getBytes(StandardCharsets.UTF_8)), log().open(job, dated(), from));
    }

    /** Lists copies (name to SHA-256) together with the part that was prepared, and no longer the one before it. */
    public void list(Map<String, String> copies) throws IOException {
        Sent now = sent;
        sessions.run(remote -> remote.rename(now.path(), path(now.entry().name())));
        VerificationLog.Entry before = listed;
        if (before != null) {
            contents.giveUp(job, dated(), before);
        }
        manifest.list(copies, now.entry(), before == null ? List.of() : List.of(before.name()));
        contents.verifications().add(job, dated(), List.of(now.entry()));
        listed = now.entry();
        sent = null;
        if (before != null) {
            remove(path(before.name()));
        }
    }

    /** The path of what is listed; empty if nothing is. */
    public Optional<String> path() {
        return Optional.ofNullable(listed).map(VerificationLog.Entry::name).map(this::path);
    }

    private String path(String name) {
        return folder + "/" + name;
    }

    /** Removes what was prepared and is not listed. */
    public void discard() throws IOException {
        if (sent != null) {
            remove(sent.path());
            sent = null;
        }
    }

    private void remove(String path) throws IOException {
        if (!sessions.call(remote -> remote.removeIfAllowed(path))) {
            LOG.debug("{}: {} stays", job.name(), path);
        }
    }
}
