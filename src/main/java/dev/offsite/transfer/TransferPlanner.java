package dev.offsite.transfer;

import dev.offsite.download.Downloads;
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
import java.util.function.Function;

/** Prepares a {@link TreeTransfer}: finds the files and where exactly they go. Changes nothing. */
public final class TransferPlanner {

    private final TargetConnection connection;
    private final Verifier verifier;
    private final PartNames partNames;
    private final ResumableUploads uploads;
    private final Job job;

    public TransferPlanner(
            TargetConnections connections, Verifier verifier, PartNames partNames, ResumableUploads uploads, Job job) {
        this.partNames = partNames;
        this.uploads = uploads;
        this.connection = connections.to(job.target());
        this.verifier = verifier;
        // The files are not the job's, so only the global rate limit applies, also to verification.
        this.job = job.unlimited();
    }

    /**
     * Plans an upload. A file goes into {@code remote} if that is a folder or ends with a slash; otherwise, and always
     * for a folder, {@code remote} is its new name.
     *
     * @param jobs all jobs, since nothing may be put into their folders
     * @throws IllegalArgumentException if the destination is reserved for a job
     * @throws IOException if there is nothing to put
     */
    public TreeTransfer put(Path local, RemotePath remote, Collection<Job> jobs, TreeTransfer.Options options)
            throws IOException {
        if (Files.notExists(local)) {
            throw new IOException("there is no %s here".formatted(local));
        }
        FileTree tree = LocalTreeScan.of(local);
        boolean folder = Files.isDirectory(local);
        boolean into = !folder && (remote.into() || isFolder(remote.path()));
        String to = into ? RemotePath.below(remote.path(), local.getFileName().toString()) : remote.path();
        refuseJobs(jobs, to);
        tree.folders().keySet().forEach(name -> refuseJobs(jobs, RemotePath.below(to, name)));
        tree.files().forEach(file -> refuseJobs(jobs, RemotePath.below(to, file.name())));
        PutDirection way = new PutDirection(connection, partNames, uploads, local, to, folder, options);
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
     * Plans a download, by the same rule; {@code into} says whether the local name ended with a slash.
     *
     * @throws IOException if there is nothing to get
     */
    public TreeTransfer get(RemotePath remote, Path local, boolean into, TreeTransfer.Options options)
            throws IOException {
        String from = sessions().callForMany(session -> {
            RemoteFile entry = session.stat(remote.path())
                    .orElseThrow(() -> new IOException("there is no %s on %s".formatted(remote.path(), job.target())));
            return entry.link() ? session.resolve(remote.path()) : remote.path();
        });
        FileTree tree = sessions().callForMany(session -> RemoteTreeScan.of(session, from));
        boolean folder = tree.files().stream().noneMatch(file -> file.name().isEmpty());
        Path to = !folder && (into || Files.isDirectory(local)) ? local.resolve(remote.name()) : local;
        return transfer(
                new GetDirection(connection, new Downloads(connection, options.parallel()), from, to, folder),
                tree,
                options,
                failure -> failure instanceof AccessDeniedException denied
                        ? new FailureMessages(false, false, false, "permission denied here: " + denied.getFile())
                        : FailureMessages.of(failure, job.target(), "read " + from));
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
