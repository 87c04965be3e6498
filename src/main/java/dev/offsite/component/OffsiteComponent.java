package dev.offsite.component;

import dev.offsite.cluster.Cluster;
import dev.offsite.cluster.ClusterSettings;
import dev.offsite.cluster.Clusters;
import dev.offsite.cluster.DryRunCluster;
import dev.offsite.cluster.SingleNode;
import dev.offsite.io.StateFolder;
import dev.offsite.job.JobEvent;
import dev.offsite.job.Jobs;
import dev.offsite.ledger.Ledger;
import dev.offsite.report.Page;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;

/** Ships finished backup files to another machine over SFTP, verifies them there, prunes old ones and restores them. */
@Component("offsite")
public class OffsiteComponent extends DefaultComponent {

    @Metadata(autowired = true, description = "The ledger of shipped files; the one that the jobs' routes use.")
    private Ledger ledger;

    @Metadata(defaultValue = "state", description = "Local folder of the state, such as how copies were verified.")
    private String state = "state";

    @Metadata(
            description =
                    "Database of the nodes that ship the same jobs, such as jdbc:postgresql://db.example.org/offsite; by default, there is one node.")
    private String cluster = "";

    @Metadata(description = "User name for that database.")
    private String clusterUser = "";

    @Metadata(description = "File with the password for that database in its first line.")
    private String clusterPasswordFile = "";

    private Cluster nodes;
    private boolean dryRun;

    @Metadata(
            defaultValue = "true",
            description =
                    "Whether jobs poll and finish their runs by themselves; false for one run at a time, as the command does.")
    private boolean service = true;

    @Metadata(
            description = "Maximum transfer rate of all jobs together, such as 10MiB/s; a job's own limit applies too.")
    private String limit = "";

    @Metadata(
            defaultValue = "50GiB",
            description = "How much data one scrub of a job hashes: a size, a percentage of what is there, all, or 0.")
    private String scrubBudget = "50GiB";

    @Metadata(defaultValue = "1GiB", description = "Maximum amount of data that one drill restores.")
    private String drillBudget = "1GiB";

    @Metadata(
            defaultValue = "15",
            description =
                    "Maximum number of folders that one prune of a job removes; if more would go, none is removed.")
    private int pruneMax = 15;

    private OffsiteServices services;
    private Page page;

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        OffsiteEndpoint endpoint = new OffsiteEndpoint(uri, this, operation(remaining));
        setProperties(endpoint, parameters);
        return endpoint;
    }

    private static OffsiteOperation operation(String name) {
        List<OffsiteOperation> all = List.of(OffsiteOperation.values());
        String uris = all.stream().map(one -> "offsite:" + one).collect(Collectors.joining(", "));
        return all.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("offsite:%s does not exist; there are %s".formatted(name, uris)));
    }

    /** Shared by the endpoints. Created at first use, so that read-only commands start nothing. */
    public synchronized OffsiteServices services() {
        if (services == null) {
            services = OffsiteServices.of(this, getCamelContext());
        }
        return services;
    }

    /**
     * The page about all jobs, or about one, for a route that serves it.
     *
     * @param job null for all
     * @return null if there is no such job
     */
    public byte[] page(String job) {
        Jobs jobs = services().jobs();
        if (job != null && !jobs.names().contains(job)) {
            return null;
        }
        return page().html(job == null ? jobs.all() : List.of(jobs.get(job)));
    }

    /** Created at first use: most contexts have no page. */
    private synchronized Page page() {
        if (page == null) {
            page = new Page(services().monitor().reader(), services().monitor().history());
        }
        return page;
    }

    /** Whether no further run may begin. */
    synchronized boolean stopsRuns() {
        return services != null && services.runs().stopping();
    }

    private static String version() {
        return Objects.requireNonNullElse(OffsiteComponent.class.getPackage().getImplementationVersion(), "unknown");
    }

    /** Before the endpoints of jobs start the ledger, which may be before this component is started. */
    private void shareLedger() {
        if (ledger != null && !cluster.isBlank()) {
            ledger.setCluster(this::nodes);
        }
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        getCamelContext().getTypeConverterRegistry().addTypeConverter(String.class, JobEvent.class, new EventToJson());
    }

    @Override
    protected void doStop() throws Exception {
        OffsiteServices ending;
        synchronized (this) {
            ending = services;
        }
        if (ending != null) {
            // Without the lock: what it waits for may ask for the services.
            ending.stop();
        }
        synchronized (this) {
            services = null;
            page = null;
            if (nodes != null) {
                nodes.close();
                nodes = null;
            }
        }
        super.doStop();
    }

    /** Nothing of what a cluster shares is changed then. Call it before anything is started. */
    public void setDryRun() {
        dryRun = true;
    }

    public Ledger getLedger() {
        return ledger;
    }

    public void setLedger(Ledger ledger) {
        this.ledger = ledger;
        shareLedger();
    }

    /** The nodes that ship the same jobs, and what they share. Nothing is connected before something is asked of them. */
    synchronized Cluster nodes() {
        if (nodes == null) {
            ClusterSettings settings = ClusterSettings.of(cluster, clusterUser, clusterPasswordFile);
            ClassLoader loader = getCamelContext().getApplicationContextClassLoader();
            nodes = Clusters.open(
                            settings,
                            version(),
                            loader != null ? loader : getClass().getClassLoader())
                    .map(shared -> dryRun ? new DryRunCluster(shared) : shared)
                    .orElseGet(() -> SingleNode.in(new StateFolder(state)));
        }
        return nodes;
    }

    public String getCluster() {
        return cluster;
    }

    public void setCluster(String cluster) {
        this.cluster = cluster;
        shareLedger();
    }

    public String getClusterUser() {
        return clusterUser;
    }

    public void setClusterUser(String clusterUser) {
        this.clusterUser = clusterUser;
    }

    public String getClusterPasswordFile() {
        return clusterPasswordFile;
    }

    public void setClusterPasswordFile(String clusterPasswordFile) {
        this.clusterPasswordFile = clusterPasswordFile;
    }

    public String getState() {
        return state;
    }

    public void setState(String state) {
        this.state = state;
    }

    public boolean isService() {
        return service;
    }

    public void setService(boolean service) {
        this.service = service;
    }

    public String getLimit() {
        return limit;
    }

    public void setLimit(String limit) {
        this.limit = limit;
    }

    public String getScrubBudget() {
        return scrubBudget;
    }

    public void setScrubBudget(String scrubBudget) {
        this.scrubBudget = scrubBudget;
    }

    public String getDrillBudget() {
        return drillBudget;
    }

    public void setDrillBudget(String drillBudget) {
        this.drillBudget = drillBudget;
    }

    public int getPruneMax() {
        return pruneMax;
    }

    public void setPruneMax(int pruneMax) {
        this.pruneMax = pruneMax;
    }
}
