package dev.offsite.component;

import dev.offsite.bandwidth.BandwidthLimits;
import dev.offsite.catalog.BackupCatalog;
import dev.offsite.cluster.Cluster;
import dev.offsite.command.JobCommands;
import dev.offsite.drill.DrillLog;
import dev.offsite.drill.Drills;
import dev.offsite.encryption.ContentLog;
import dev.offsite.encryption.CopyNames;
import dev.offsite.history.History;
import dev.offsite.io.ByteSize;
import dev.offsite.io.Clocks;
import dev.offsite.io.StateStore;
import dev.offsite.job.Job;
import dev.offsite.job.JobEvent;
import dev.offsite.job.JobStatus;
import dev.offsite.job.Jobs;
import dev.offsite.job.ScrubBudget;
import dev.offsite.ledger.Ledger;
import dev.offsite.manifest.PartNames;
import dev.offsite.notify.Notifications;
import dev.offsite.notify.PingUrl;
import dev.offsite.notify.ServicePing;
import dev.offsite.owner.AcceptedRecipients;
import dev.offsite.owner.ManifestLocks;
import dev.offsite.owner.Owner;
import dev.offsite.owner.RootOwners;
import dev.offsite.prune.Pruner;
import dev.offsite.prune.SizeAnomalyLog;
import dev.offsite.resume.ReopenProbe;
import dev.offsite.resume.UploadRecords;
import dev.offsite.scrub.CopyRepair;
import dev.offsite.scrub.Scrubber;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.TargetConnections;
import dev.offsite.sftp.login.KnownPlaces;
import dev.offsite.ship.ActiveRuns;
import dev.offsite.ship.CommitBatches;
import dev.offsite.ship.Contents;
import dev.offsite.ship.CrashRecovery;
import dev.offsite.ship.DatedFolderLocks;
import dev.offsite.ship.DelayedRemoval;
import dev.offsite.ship.FailureLog;
import dev.offsite.ship.ShipCompletion;
import dev.offsite.ship.ShipContext;
import dev.offsite.ship.ShipResult;
import dev.offsite.ship.TargetPauses;
import dev.offsite.source.SourceCheck;
import dev.offsite.source.SourceScan;
import dev.offsite.status.JobMemoryFile;
import dev.offsite.status.Monitor;
import dev.offsite.status.StatusReader;
import dev.offsite.upload.ResumableUploads;
import dev.offsite.upload.SmallFileBatch;
import dev.offsite.upload.UploadConnections;
import dev.offsite.verify.Debts;
import dev.offsite.verify.HashCapabilities;
import dev.offsite.verify.KnownTrouble;
import dev.offsite.verify.VerificationLog;
import dev.offsite.verify.Verifier;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.spi.ExecutorServiceManager;
import org.apache.camel.support.ScheduledPollConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of Offsite, for the endpoints of one component and for the command. */
public record OffsiteServices(
        CamelContext context,
        Cluster cluster,
        Queue<OffsiteEventsConsumer> events,
        ExecutorService threads,
        Clock clock,
        Jobs jobs,
        Ledger ledger,
        SourceCheck sources,
        JobStatus statuses,
        JobCommands commands,
        VerificationLog verifications,
        KnownTrouble trouble,
        PartNames partNames,
        TargetConnections connections,
        Verifier verifier,
        CrashRecovery recovery,
        DelayedRemoval delayedRemoval,
        ShipCompletion completion,
        ActiveRuns runs,
        TargetPauses pauses,
        UploadConnections uploadConnections,
        SmallFileBatch smallFiles,
        ResumableUploads resumableUploads,
        CommitBatches commits,
        SftpProducers sftpProducers,
        CopyRoute copyRoute,
        RootOwners owners,
        AcceptedRecipients recipients,
        ContentLog contents,
        Pruner pruner,
        Scrubber scrubber,
        BackupCatalog catalog,
        DrillLog drillLog,
        Drills drills,
        Monitor monitor,
        Notifications notifications) {

    /** How often a service finds out what is wrong with its jobs. */
    private static final int LOOK_SECONDS = 15;

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    /** Creates and connects them. */
    static OffsiteServices of(OffsiteComponent component, CamelContext context) {
        Cluster cluster = component.nodes();
        StateStore state = cluster.state();
        String local = component.getState();
        ExecutorServiceManager executors = context.getExecutorServiceManager();
        ExecutorService threads = executors.newCachedThreadPool(component, "offsite");
        Executor preparations =
                work -> executors.newThread("offsite-prepare", work).start();
        Clock clock = Clocks.of(context);
        Queue<OffsiteEventsConsumer> listeners = new ConcurrentLinkedQueue<>();
        AtomicReference<Notifications> notified = new AtomicReference<>();
        Consumer<JobEvent> events = event -> {
            LOG.debug("{}", event);
            listeners.forEach(listener -> listener.accept(event));
            notified.get().event(event);
        };
        Jobs jobs = new CamelJobs(context);
        Ledger ledger = component.getLedger();
        JobStatus statuses = new JobStatus(cluster);
        VerificationLog verifications = new VerificationLog(state);
        Debts debts = new Debts(verifications);
        KnownTrouble trouble = new KnownTrouble(statuses, debts);
        Monitor monitor = new Monitor(
                jobs,
                new StatusReader(jobs, new JobMemoryFile(state), trouble, verifications, clock),
                new History(state),
                events);
        Notifications notifications =
                Notifications.of(component, context, component.isService(), local, state, monitor.reader());
        notified.set(notifications);
        monitor.onCheck(notifications::check);
        if (component.isService()) {
            monitor.onCheck(new ServicePing(name -> jobs.ping(name).map(PingUrl::parse), local, clock)::check);
        }
        BandwidthLimits limits = new BandwidthLimits(component.getLimit(), cluster::rate);
        limits.setCamelContext(context);
        TargetConnections connections =
                new TargetConnections(component.isService(), limits, KnownPlaces.in(local, clock), cluster.leases());
        connections.setCamelContext(context);
        PartNames partNames = new PartNames(state, cluster::node);
        Verifier verifier = new Verifier(connections, new HashCapabilities(state, partNames, clock), preparations);
        Owner owner = new Owner(cluster);
        RootOwners owners = new RootOwners(state, owner, jobs);
        UploadRecords uploads = new UploadRecords(cluster, clock);
        ContentLog contentLog = new ContentLog(state);
        Contents contents = new Contents(contentLog, new CopyNames(partNames), verifier, verifications, threads, clock);
        DatedFolderLocks folders = new DatedFolderLocks(
                ledger, owners, new AcceptedRecipients(state), new ManifestLocks(cluster, owner), uploads, contents);
        JobCommands commands = new JobCommands(
                jobs,
                local,
                (job, wanted) -> SourceScan.of(context, job, wanted),
                (job, file) -> ledger.contains(job, file),
                component.isService());
        ShipContext ship = new ShipContext(
                context,
                cluster,
                jobs,
                connections,
                ledger,
                statuses,
                commands,
                folders,
                verifier,
                verifications,
                trouble,
                partNames,
                clock,
                new FailureLog(clock));
        SftpProducers sftpProducers = new SftpProducers(context);
        CopyRoute copyRoute = new CopyRoute(context);
        Pruner pruner = new Pruner(
                jobs,
                cluster,
                connections,
                trouble,
                folders,
                verifications,
                contents.log(),
                new SizeAnomalyLog(state),
                component.getPruneMax(),
                clock,
                name -> component.services().runs().current(name) != null,
                events,
                monitor::observe);
        TargetPauses pauses = new TargetPauses(clock);
        ShipCompletion completion = new ShipCompletion(
                ship,
                pauses,
                result -> prune(pruner, jobs.get(result.job()), result),
                events,
                monitor::observe,
                sftpProducers::disconnect);
        ActiveRuns runs = new ActiveRuns(ship, completion, threads, component.isService());
        CopyRepair repair = new CopyRepair(
                (job, folder, file, name) -> copyRoute.ship(runs.again(job, folder, file.toFile(), name)),
                (job, folder, part, sha256) -> folders.describe(
                        job, folder, connections.to(job.target()).sessions(), part, sha256),
                contents.log());
        Scrubber scrubber = new Scrubber(
                jobs,
                connections,
                statuses,
                verifier,
                verifications,
                debts,
                folders,
                repair,
                ScrubBudget.parse(component.getScrubBudget()),
                ConcurrentHashMap.newKeySet(),
                clock,
                () -> context.isStopping() || context.isStopped(),
                events,
                monitor::observe);
        BackupCatalog catalog = new BackupCatalog(jobs, connections, verifications, contentLog);
        if (component.isService()) {
            cluster.onDeath(() -> jobs.names().forEach(job -> poll(context, job)));
            // Whatever it meets, it looks again.
            var unused = executors
                    .newSingleThreadScheduledExecutor(component, "offsite-monitor")
                    .scheduleWithFixedDelay(
                            () -> monitor.look(cluster::leads), LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
        }
        DrillLog drillLog = new DrillLog(state);
        Drills drills = new Drills(
                jobs,
                catalog,
                drillLog,
                Path.of(local, "drill"),
                ByteSize.parse(component.getDrillBudget()),
                clock,
                Optional.ofNullable(context.getRegistry().findSingleByType(Random.class))
                        .orElseGet(Random::new),
                events,
                monitor::observe);
        return new OffsiteServices(
                context,
                cluster,
                listeners,
                threads,
                clock,
                jobs,
                ledger,
                new SourceCheck(state),
                statuses,
                commands,
                verifications,
                trouble,
                partNames,
                connections,
                verifier,
                new CrashRecovery(ship),
                new DelayedRemoval(ship),
                completion,
                runs,
                pauses,
                new UploadConnections(connections, threads),
                new SmallFileBatch(threads),
                new ResumableUploads(uploads, new ReopenProbe(state, partNames), verifier),
                new CommitBatches(threads, verifier),
                sftpProducers,
                copyRoute,
                owners,
                folders.recipients(),
                contents.log(),
                pruner,
                scrubber,
                catalog,
                drillLog,
                drills,
                monitor,
                notifications);
    }

    /** Looks for files now: those of a node that has died are free. A job that cannot be polled waits for its own time. */
    private static void poll(CamelContext context, String job) {
        Route route = context.getRoute(job);
        if (route != null && route.getConsumer() instanceof ScheduledPollConsumer consumer && consumer.isStarted()) {
            consumer.run();
        }
    }

    /** Prunes after a run without failure; returns why it did not, or empty. */
    private static Optional<String> prune(Pruner pruner, Job job, ShipResult result) {
        try {
            List<String> fresh = result.folders().stream().map(RemotePath::name).toList();
            pruner.prune(job.name(), fresh);
            return Optional.empty();
        } catch (Exception e) {
            return Optional.of(FailureMessages.of(e, job).message());
        }
    }

    void stop() {
        notifications.close();
        runs.stopStarting();
        commands.awaitEnd();
        copyRoute.stop();
        sftpProducers.disconnect();
        context.getExecutorServiceManager().shutdownGraceful(threads);
        connections.stop();
    }
}
