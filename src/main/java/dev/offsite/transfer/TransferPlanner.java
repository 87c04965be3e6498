package dev.offsite.transfer;

import dev.offsite.age.AgeIdentities;
import dev.offsite.age.AgeRecipients;
import dev.offsite.download.Downloads;
import dev.offsite.encryption.CopyNames;
import dev.offsite.job.Job;
import dev.offsite.manifest.PartNames;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.TargetConnection;
import dev.offsite.sftp.TargetConnections;
import dev.offsite.upload.ResumableUploads;
import dev.offsite.verify.Verifier;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Prepares a {@link TreeTransfer}: finds the files and where exactly they go. Changes nothing. */
public final class TransferPlanner {

    private final TargetConnection connection;
    private final Verifier verifier;
    private final PartNames partNames;
    private final ResumableUploads uploads;
    private final Executor threads;
    private final Job job;

    /** {@code threads} encrypt. */
    public TransferPlanner(
            TargetConnections connections,
            Verifier verifier,
            PartNames partNames,
            ResumableUploads uploads,
            Executor threads,
            Job job) {
        this.threads = threads;
        this.partNames = partNames;
        this.uploads = uploads;
        this.connection = connections.to(job.target());
        this.verifier = verifier;
        // The files are not the job's, so only the global rate limit applies, also to verification.
        this.job = job.unlimited();
    }

    /**
     * Plans an upload. A file goes into {@code remote} if that is a folder or ends with a slash; otherwise, and always
     * for a folder, {@code remote} is its new name. The name of an encrypted file gets {@code .age}, unless {@code remote} is
     * its new name and has that ending already.
     *
     * @param jobs all jobs, since nothing may be put into their folders
     * @param recipients who can open the files there; empty if they are not encrypted
     * @throws IllegalArgumentException if the destination is reserved for a job
     * @throws IOException if there is nothing to put
     */
    public TreeTransfer put(
            Path local,
            RemotePath remote,
            Collection<Job> jobs,
            Optional<AgeRecipients> recipients,
            TreeTransfer.Options options)
            throws IOException {
        if (Files.notExists(local)) {
            throw new IOException("there is no %s here".formatted(local));
        }
        FileTree tree = LocalTreeScan.of(local);
        boolean folder = Files.isDirectory(local);
        boolean into = !folder && (remote.into() || isFolder(remote.path()));
        String own = into ? RemotePath.below(remote.path(), local.getFileName().toString()) : remote.path();
        boolean ending = !folder && recipients.isPresent() && (into || !own.endsWith(CopyNames.ENDING));
        String to = ending ? own + CopyNames.ENDING : own;
        refuseJobs(jobs, to);
        tree.folders().keySet().forEach(name -> refuseJobs(jobs, RemotePath.below(to, name)));
        tree.files().forEach(file -> refuseJobs(jobs, RemotePath.below(to, file.name())));
        PutDirection way = new PutDirection(
                connection, partNames.ofNow(), uploads, local, to, folder, options, recipients, threads);
        return transfer(way, tree, options, failure -> explain(failure, way.folder()));
    }

    private void refuseJobs(Collection<Job> jobs, String path) {
        ReservedFolders.owner(jobs, job.target(), path).ifPresent(owner -> {
            throw new IllegalArgumentException(
                    ("%s is the job %s's own: there lies exactly what it has shipped and verified, as SHA256SUMS lists "
                                    + "it; put it elsewhere, or let the job ship it")
                            .formatted(path, owner.name()));
        });
    }

    /**
     * Where a download goes.
     *
     * @param path absolute
     * @param into whether its name ended with a slash
     * @param given whether the user gave it; else it is the file's own name
     */
    public record Local(Path path, boolean into, boolean given) {}

    /**
     * Plans a download, by the same rule. With identities, what ends with {@code .age} and is encrypted is decrypted and loses
     * that ending, unless the user gave its name.
     *
     * @throws IOException if there is nothing to get
     */
    public TreeTransfer get(
            RemotePath remote, Local local, Optional<AgeIdentities> identities, TreeTransfer.Options options)
            throws IOException {
        String from = sessions().callForMany(session -> {
            RemoteFile entry = session.stat(remote.path())
                    .orElseThrow(() -> new IOException("there is no %s on %s".formatted(remote.path(), job.target())));
            return entry.link() ? session.resolve(remote.path()) : remote.path();
        });
        FileTree tree = sessions().callForMany(session -> RemoteTreeScan.of(session, from));
        boolean folder = tree.files().stream().noneMatch(file -> file.name().isEmpty());
        boolean into = !folder && (local.into() || Files.isDirectory(local.path()));
        Path to = into ? local.path().resolve(remote.name()) : local.path();
        Set<String> taken = identities.isEmpty() ? Set.of() : taken(tree);
        boolean named = !folder && local.given() && !into;
        Optional<TreeFileDecryption> decryption =
                identities.map(keys -> new TreeFileDecryption(keys, named, taken, connection.activity()::sign));
        return transfer(
                new GetDirection(
                        connection,
                        new Downloads(connection, options.parallel()),
                        from,
                        to,
                        folder,
                        decryption,
                        options.overwrite()),
                tree,
                options,
                failure -> failure instanceof AccessDeniedException denied
                        ? new FailureMessages(false, false, false, "permission denied here: " + denied.getFile())
                        : FailureMessages.of(failure, job.target(), "read " + from));
    }

    /** The encrypted files whose names without the ending are those of other files. */
    private static Set<String> taken(FileTree tree) {
        Set<String> all = tree.files().stream().map(FileTreeEntry::name).collect(Collectors.toSet());
        return all.stream()
                .filter(name ->
                        TreeFileDecryption.isCandidate(name) && all.contains(TreeFileDecryption.withoutEnding(name)))
                .collect(Collectors.toSet());
    }

    private TreeTransfer transfer(
            Direction way, FileTree tree, TreeTransfer.Options options, Function<Exception, FailureMessages> explain) {
        return new TreeTransfer(
                way, tree, options, files -> verifier.verify(job, files), explain, connection.activity());
    }

    private boolean isFolder(String path) throws IOException {
        return sessions()
                .call(session -> session.follow(path))
                .filter(RemoteFile::directory)
                .isPresent();
    }

    /** Adds the free space on the server if it gave no reason for the failure. */
    private FailureMessages explain(Exception failure, String folder) {
        return FailureMessages.of(failure, job.target(), "write to " + folder)
                .withFree(connection, folder, 0, "", Duration.ZERO);
    }

    private SftpSessionPool sessions() {
        return connection.sessions();
    }
}
