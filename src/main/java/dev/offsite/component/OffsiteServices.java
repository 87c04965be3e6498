package dev.offsite.component;

import dev.offsite.bandwidth.BandwidthLimits;
import dev.offsite.catalog.BackupCatalog;
import dev.offsite.drill.DrillLog;
import dev.offsite.drill.Drills;
import dev.offsite.io.ByteSize;
import dev.offsite.io.Clocks;
import dev.offsite.job.Job;
import dev.offsite.job.JobEvent;
import dev.offsite.job.JobStatus;
import dev.offsite.job.Jobs;
import dev.offsite.job.ScrubBudget;
import dev.offsite.ledger.Ledger;
import dev.offsite.prune.Pruner;
import dev.offsite.prune.SizeAnomalyLog;
import dev.offsite.scrub.CopyRepair;
import dev.offsite.scrub.Scrubber;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.TargetConnections;
import dev.offsite.ship.ActiveRuns;
import dev.offsite.ship.CrashRecovery;
import dev.offsite.ship.DatedFolderLocks;
import dev.offsite.ship.ShipCompletion;
import dev.offsite.ship.ShipResult;
import dev.offsite.source.SourceScan;
import dev.offsite.upload.SmallFileBatch;
import dev.offsite.upload.UploadConnections;
import dev.offsite.verify.HashCapabilities;
import dev.offsite.verify.VerificationLog;
import dev.offsite.verify.Verifier;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import org.apache.camel.CamelContext;
import org.apache.camel.component.file.FileEndpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates and connects the parts of Offsite, for the endpoints of one component and for the command. */
public final class OffsiteServices {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private final CamelContext context;
    private final Queue<OffsiteEventsConsumer> events = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads;
    private final Clock clock;
    private final Jobs jobs;
    private final Ledger ledger;
    private final JobStatus statuses;
    private final VerificationLog verifications;
    private final TargetConnections connections;
    private final Verifier verifier;
    private final CrashRecovery recovery;
    private final ShipCompletion completion;
    private final ActiveRuns runs;
    private final UploadConnections uploadConnections;
    private final SmallFileBatch smallFiles;
    private final SftpProducers sftpProducers;
    private final CopyRoute copyRoute;
    private final Pruner pruner;
    private final Scrubber scrubber;
    private final BackupCatalog catalog;
    private final DrillLog drillLog;
    private final Drills drills;

    OffsiteServices(OffsiteComponent component, CamelContext context) {
        this.context = context;
        String state = component.getState();
        threads = context.getExecutorServiceManager().newCachedThreadPool(component, "offsite");
        clock = Clocks.of(context);
        CamelJobs camelJobs = new CamelJobs();
        camelJobs.setCamelContext(context);
        jobs = camelJobs;
        ledger = component.getLedger();
        statuses = new JobStatus(state);
        verifications = new VerificationLog(state);
        BandwidthLimits limits = new BandwidthLimits(component.getLimit());
        limits.setCamelContext(context);
        connections = new TargetConnections(component.isService(), limits);
        connections.setCamelContext(context);
        HashCapabilities capabilities = new HashCapabilities(state);
        capabilities.setCamelContext(context);
        verifier = new Verifier(connections, capabilities);
        verifier.setCamelContext(context);
        DatedFolderLocks folders = new DatedFolderLocks(ledger);
        recovery = new CrashRecovery(jobs, connections, ledger, folders, verifier, verifications);
        recovery.setCamelContext(context);
        smallFiles = new SmallFileBatch(threads);
        uploadConnections = new UploadConnections(connections, threads);
        sftpProducers = new SftpProducers(context);
        copyRoute = new CopyRoute(context);
        SizeAnomalyLog anomalies = new SizeAnomalyLog(state);
        pruner = new Pruner(
                jobs,
                connections,
                statuses,
                folders,
                verifications,
                anomalies,
                component.getPruneMax(),
                clock,
                this::publish);
        completion = new ShipCompletion(
                jobs,
                connections,
                statuses,
                verifier,
                clock,
                new ShipCompletion.Steps(this::scan, this::prune, this::publish, sftpProducers::disconnect));
        runs = new ActiveRuns(
                jobs,
                connections,
                ledger,
                statuses,
                folders,
                completion,
                verifier,
                clock,
                threads,
                component.isService());
        CopyRepair repair = new CopyRepair(
                (job, folder, file, name) -> copyRoute.ship(runs.again(job, folder, file.toFile(), name)));
        scrubber = new Scrubber(
                jobs,
                connections,
                statuses,
                verifier,
                verifications,
                folders,
                repair,
                ScrubBudget.parse(component.getScrubBudget()),
                ConcurrentHashMap.newKeySet(),
                clock,
                () -> context.isStopping() || context.isStopped(),
                this::publish);
        catalog = new BackupCatalog(jobs, connections, verifications);
        drillLog = new DrillLog(state);
        drills = new Drills(
                jobs,
                catalog,
                drillLog,
                ByteSize.parse(component.getDrillBudget()),
                clock,
                Optional.ofNullable(context.getRegistry().findSingleByType(Random.class))
                        .orElseGet(Random::new),
                this::publish);
    }

    private SourceScan scan(Job job) throws IOException {
        FileEndpoint source = (FileEndpoint) context.getRoute(job.name()).getEndpoint();
        return SourceScan.of(job, source, file -> false);
    }

    /** Prunes after a run without failure; returns why it did not, or empty. */
    private Optional<String> prune(ShipResult result) {
        Job job = jobs.get(result.job());
        List<String> fresh = result.folders().stream()
                .map(path -> path.substring(path.lastIndexOf('/') + 1))
                .toList();
        try {
            pruner.prune(job.name(), fresh);
            return Optional.empty();
        } catch (Exception e) {
            String reason = FailureMessages.of(e, job).message();
            LOG.error("{}: {}", job.name(), reason);
            return Optional.of(reason);
        }
    }

    private void publish(JobEvent event) {
        LOG.debug("{}", event);
        events.forEach(listener -> listener.accept(event));
    }

    void stop() {
        runs.stopStarting();
        copyRoute.stop();
        sftpProducers.disconnect();
        context.getExecutorServiceManager().shutdownGraceful(threads);
        connections.stop();
    }

    Queue<OffsiteEventsConsumer> events() {
        return events;
    }

    ExecutorService threads() {
        return threads;
    }

    Clock clock() {
        return clock;
    }

    public Jobs jobs() {
        return jobs;
    }

    public Ledger ledger() {
        return ledger;
    }

    public JobStatus statuses() {
        return statuses;
    }

    public VerificationLog verifications() {
        return verifications;
    }

    public TargetConnections connections() {
        return connections;
    }

    public Verifier verifier() {
        return verifier;
    }

    public CrashRecovery recovery() {
        return recovery;
    }

    public ShipCompletion completion() {
        return completion;
    }

    public ActiveRuns runs() {
        return runs;
    }

    public UploadConnections uploadConnections() {
        return uploadConnections;
    }

    SmallFileBatch smallFiles() {
        return smallFiles;
    }

    SftpProducers sftpProducers() {
        return sftpProducers;
    }

    CopyRoute copyRoute() {
        return copyRoute;
    }

    public Pruner pruner() {
        return pruner;
    }

    public Scrubber scrubber() {
        return scrubber;
    }

    public BackupCatalog catalog() {
        return catalog;
    }

    public DrillLog drillLog() {
        return drillLog;
    }

    public Drills drills() {
        return drills;
    }
}
