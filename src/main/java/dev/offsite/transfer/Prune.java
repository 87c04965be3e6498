package dev.offsite.transfer;

import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.SftpException;
import dev.offsite.job.Clocks;
import dev.offsite.job.Job;
import dev.offsite.job.Jobs;
import dev.offsite.proof.Manifest;
import dev.offsite.retention.Folder;
import dev.offsite.retention.RetentionPlan;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the dated folders of a job that its retention policy does not keep. A folder is first moved to {@code
 * <root>/.trash/} in one step, so that no half-removed folder ever looks like a backup.
 */
public final class Prune implements Processor, CamelContextAware {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");
    private static final String TRASH = ".trash";

    private final Jobs jobs;
    private final Connections connections;
    private final JobStatus status;
    private CamelContext context;

    public Prune(Jobs jobs, Connections connections, JobStatus status) {
        this.jobs = jobs;
        this.connections = connections;
        this.status = status;
    }

    /**
     * What came of it.
     *
     * @param plan a decision for each entry of the job's root
     * @param failed folder to the reason why it could not be removed
     */
    public record Result(RetentionPlan plan, Map<String, String> failed) {}

    @Override
    public CamelContext getCamelContext() {
        return context;
    }

    @Override
    public void setCamelContext(CamelContext context) {
        this.context = context;
    }

    /** Prunes the job that the header {@code OffsiteJob} names; the body becomes the {@link Result}. */
    @Override
    public void process(Exchange exchange) throws Exception {
        String name = Headers.job(exchange.getMessage());
        try {
            Result result = run(name, false);
            exchange.getMessage().setBody(result);
            if (!result.failed().isEmpty()) {
                throw new PruneException(
                        "not pruned: " + String.join(", ", result.failed().keySet()));
            }
        } catch (PruneException | JSchException | SftpException | IOException e) {
            LOG.error("{}: {}", name, Problem.of(e, jobs.get(name)).message());
            throw e;
        }
    }

    /**
     * Prunes one job.
     *
     * @param dryRun decide only
     * @throws PruneException if the last ship of the job did not end well
     */
    public Result run(String name, boolean dryRun) throws PruneException, JSchException, SftpException, IOException {
        Job job = jobs.get(name);
        JobStatus.State last = status.last(job);
        if (!last.pruning()) {
            throw new PruneException("nothing pruned: the last ship did not end well (%s); ship first, then prune"
                    .formatted(last == JobStatus.State.FAILED ? "some files failed" : "it was cut"));
        }
        RemoteSessions sessions = connections.to(job.target()).sessions();
        RetentionPlan plan = sessions.call(
                remote -> RetentionPlan.of(folders(remote, job), job.retention(), job.today(Clocks.of(context))));
        Map<String, String> failed = new TreeMap<>();
        if (!dryRun) {
            for (String folder : plan.removed()) {
                try {
                    sessions.call(remote -> {
                        toTrash(remote, job, folder);
                        return null;
                    });
                    LOG.info("{}: pruned {}/{}", job.name(), job.root(), folder);
                } catch (SftpException | IOException e) {
                    failed.put(folder, Problem.of(e, job).message());
                    LOG.error("{}: {}/{} not pruned: {}", job.name(), job.root(), folder, failed.get(folder));
                }
            }
            purge(sessions, job, failed);
        }
        return new Result(plan, failed);
    }

    private static List<Folder> folders(RemoteSession remote, Job job) throws SftpException {
        List<Folder> folders = new ArrayList<>();
        if (remote.stat(job.root()).isEmpty()) {
            return folders;
        }
        for (RemoteEntry entry : remote.list(job.root())) {
            if (!entry.name().equals(TRASH)) {
                Optional<LocalDate> date = job.folders().parse(entry.name());
                boolean manifest = entry.directory() && date.isPresent() && hasManifest(remote, job, entry.name());
                folders.add(new Folder(entry.name(), date, entry.directory(), manifest));
            }
        }
        return folders;
    }

    private static boolean hasManifest(RemoteSession remote, Job job, String folder) {
        try {
            return remote.stat(job.root() + "/" + folder + "/" + Manifest.NAME)
                    .filter(RemoteEntry::file)
                    .isPresent();
        } catch (SftpException e) {
            // A folder that cannot be looked into is not proven, and so is left alone.
            return false;
        }
    }

    private static void toTrash(RemoteSession remote, Job job, String folder) throws SftpException, IOException {
        String trash = job.root() + "/" + TRASH;
        if (remote.stat(trash).isEmpty()) {
            remote.mkdir(trash);
        }
        if (!remote.stat(trash).filter(RemoteEntry::directory).isPresent()) {
            throw new IOException(trash + " is there and is no folder");
        }
        String to = trash + "/" + folder;
        if (remote.stat(to).isPresent()) {
            RemoteTree.remove(remote, to);
        }
        remote.rename(job.root() + "/" + folder, to);
    }

    /** Removes what is in the trash, also what an earlier prune that was cut left there. */
    private static void purge(RemoteSessions sessions, Job job, Map<String, String> failed) throws JSchException {
        try {
            sessions.call(remote -> {
                String trash = job.root() + "/" + TRASH;
                if (remote.stat(trash).filter(RemoteEntry::directory).isPresent()) {
                    for (RemoteEntry entry : remote.list(trash)) {
                        if (entry.directory()
                                && job.folders().parse(entry.name()).isPresent()) {
                            RemoteTree.remove(remote, trash + "/" + entry.name());
                        }
                    }
                }
                return null;
            });
        } catch (SftpException | IOException e) {
            failed.put(TRASH, Problem.of(e, job).message());
            LOG.error("{}: {}/{} not emptied: {}", job.name(), job.root(), TRASH, failed.get(TRASH));
        }
    }
}
