package dev.offsite.cli;

import dev.offsite.cluster.Cluster;
import dev.offsite.history.History;
import dev.offsite.io.StateStore;
import dev.offsite.job.JobStatus;
import dev.offsite.job.Jobs;
import dev.offsite.status.JobMemoryFile;
import dev.offsite.status.Monitor;
import dev.offsite.status.StatusReader;
import dev.offsite.verify.Debts;
import dev.offsite.verify.KnownTrouble;
import dev.offsite.verify.VerificationLog;
import java.time.Clock;
import java.time.ZoneId;

/** What this machine remembers of the jobs. Nothing is started, and no server is asked. */
record LocalState(Jobs jobs, StatusReader reader, History history, Runnable end) implements AutoCloseable {

    /** Making routes takes most of the time of such a command, so they are made only if they may say more than the configuration. */
    static LocalState of(Configuration configuration) {
        return configuration.routeFiles().areUnchanged() ? direct(configuration) : ofRoutes(configuration);
    }

    private static LocalState direct(Configuration configuration) {
        Cluster nodes = ConfiguredCluster.open(configuration);
        StateStore state = nodes.state();
        Jobs jobs = new ConfiguredJobs(configuration);
        VerificationLog verifications = new VerificationLog(state);
        KnownTrouble known = new KnownTrouble(new JobStatus(nodes), new Debts(verifications));
        StatusReader reader = new StatusReader(
                jobs, new JobMemoryFile(state), known, verifications, Clock.system(ZoneId.systemDefault()));
        return new LocalState(jobs, reader, new History(state), nodes::close);
    }

    private static LocalState ofRoutes(Configuration configuration) {
        CamelApplication routes = CamelApplication.look(configuration);
        Monitor monitor = routes.services().monitor();
        return new LocalState(routes.services().jobs(), monitor.reader(), monitor.history(), routes::close);
    }

    @Override
    public void close() {
        end.run();
    }
}
