package dev.offsite.tree;

import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.SftpException;
import dev.offsite.job.Job;
import dev.offsite.transfer.Connection;
import dev.offsite.transfer.Connections;
import dev.offsite.transfer.Problem;
import dev.offsite.transfer.Prover;
import dev.offsite.transfer.RemoteEntry;
import dev.offsite.transfer.RemoteSessions;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.function.Function;

/** Prepares a {@link Transfer}: finds out what there is to carry, and where exactly it goes. Changes nothing. */
public final class Trees {

    private final Connection connection;
    private final Prover prover;
    private final Job job;

    /**
     * @param job whose target it is, and by what is proven there
     */
    public Trees(Connections connections, Prover prover, Job job) {
        this.connection = connections.to(job.target());
        this.prover = prover;
        // What is carried is not that job's own: only the limit of all counts, for the proof too.
        this.job = job.unlimited();
    }

    /**
     * From here to the server. A file goes into a folder that is there, or that is written with a slash at its end; else, and
     * for a folder always, what it goes to is its new name.
     *
     * @param jobs all that there are: nothing is put where only they write
     * @throws IllegalArgumentException if it is put where only a job writes
     * @throws IOException if there is nothing to put
     */
    public Transfer put(Path local, RemotePath remote, Collection<Job> jobs, Transfer.Options options)
            throws JSchException, SftpException, IOException {
        if (Files.notExists(local)) {
            throw new IOException("there is no %s here".formatted(local));
        }
        Tree tree = LocalTree.of(local);
        boolean folder = Files.isDirectory(local);
        boolean into = !folder && (remote.into() || isFolder(remote.path()));
        String to = into ? Tree.below(remote.path(), local.getFileName().toString()) : remote.path();
        refuseJobs(jobs, to);
        tree.folders().keySet().forEach(name -> refuseJobs(jobs, Tree.below(to, name)));
        tree.files().forEach(file -> refuseJobs(jobs, Tree.below(to, file.name())));
        PutWay way = new PutWay(sessions(), connection.throttle(), local, to, folder);
        return transfer(way, tree, options, failure -> explain(failure, way.folder()));
    }

    private void refuseJobs(Collection<Job> jobs, String path) {
        JobFolders.owner(jobs, job.target(), path).ifPresent(owner -> {
            throw new IllegalArgumentException(
                    ("%s is the job %s's own: there lies exactly what it has shipped and proven, as SHA256SUMS lists "
                                    + "it; put it elsewhere, or let the job ship it")
                            .formatted(path, owner.name()));
        });
    }

    /**
     * From the server to here, with the same meaning of the two names.
     *
     * @param into whether the local name was written with a slash at its end
     * @throws IOException if there is nothing to get
     */
    public Transfer get(RemotePath remote, Path local, boolean into, Transfer.Options options)
            throws JSchException, SftpException, IOException {
        String from = sessions().call(session -> {
            RemoteEntry entry = session.stat(remote.path())
                    .orElseThrow(() -> new IOException("there is no %s on %s".formatted(remote.path(), job.target())));
            return entry.link() ? session.resolve(remote.path()) : remote.path();
        });
        Tree tree = sessions().call(session -> RemoteWalk.of(session, from));
        boolean folder = tree.files().stream().noneMatch(file -> file.name().isEmpty());
        Path to = !folder && (into || Files.isDirectory(local)) ? local.resolve(remote.name()) : local;
        return transfer(
                new GetWay(sessions(), connection.throttle(), from, to, folder),
                tree,
                options,
                failure -> failure instanceof AccessDeniedException denied
                        ? new Problem(false, false, "permission denied here: " + denied.getFile())
                        : Problem.of(failure, job.target(), "read " + from));
    }

    private Transfer transfer(Way way, Tree tree, Transfer.Options options, Function<Exception, Problem> explain) {
        return new Transfer(way, tree, options, claims -> prover.prove(job, claims), explain);
    }

    private boolean isFolder(String path) throws JSchException, SftpException, IOException {
        return sessions()
                .call(session -> session.follow(path))
                .filter(RemoteEntry::directory)
                .isPresent();
    }

    /** What a failure while writing there means; where the server gives no reason, with the space it has left. */
    private Problem explain(Exception failure, String folder) {
        Problem problem = Problem.of(failure, job.target(), "write to " + folder);
        if (!problem.unexplained()) {
            return problem;
        }
        try {
            return sessions()
                    .call(session -> session.free(folder))
                    .map(free -> problem.withFree(free, 0, job.target(), folder))
                    .orElse(problem);
        } catch (JSchException | SftpException | IOException e) {
            return problem;
        }
    }

    private RemoteSessions sessions() {
        return connection.sessions();
    }
}
