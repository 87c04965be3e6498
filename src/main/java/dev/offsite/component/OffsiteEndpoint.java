package dev.offsite.component;

import dev.offsite.drill.Drills;
import dev.offsite.job.JobEvent;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.MultipleConsumersSupport;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/** Ship, verify, prune, scrub and restore backup files on another machine, and hear what happened to them. */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "offsite",
        title = "Offsite",
        syntax = "offsite:operation",
        category = {Category.FILE, Category.CLOUD},
        headersClass = OffsiteConstants.class)
public class OffsiteEndpoint extends DefaultEndpoint implements MultipleConsumersSupport {

    static final String ALL_JOBS = "*";

    @UriPath
    @Metadata(required = true, description = "What to do.")
    private final OffsiteOperation operation;

    @UriParam(
            description =
                    "The job, by its route id. It wins over the header CamelOffsiteJob. For prune, scrub and drill, an asterisk stands for"
                            + " all jobs, one after the other: a failure is logged and stops no other job, and the body becomes the list"
                            + " of the results. For events: only those of this job; by default those of all.")
    private String job;

    @UriParam(
            label = "producer",
            description =
                    "put: the name of the copy below the dated folder; by default the name of the file. get: the copy. restore:"
                            + " a name, a folder, or an Ant pattern; by default everything.")
    private String name;

    @UriParam(
            label = "producer",
            description =
                    "get, list, restore: the dated folder, as 20260131, as 2026-01-31, or latest. Without it, get and restore"
                            + " use the newest verified folder, and list lists all.")
    private String date;

    @UriParam(
            label = "producer",
            description =
                    "get: the local file, or a folder (one that exists, or a path that ends in /). restore: the local folder.")
    private String to;

    @UriParam(label = "producer", description = "get, restore: whether another file in its place is replaced.")
    private boolean overwrite;

    @UriParam(
            label = "producer,security",
            secret = true,
            description =
                    "get, restore, drill: a file of secret keys of age, readable by its owner only, that decrypts encrypted copies.")
    private String identity;

    @UriParam(label = "producer", description = "scrub: whether to hash all copies, whatever the budget is.")
    private boolean all;

    @UriParam(
            label = "producer",
            description =
                    "prune: only decide; the body becomes what would be removed and why, or why nothing would be.")
    private boolean dryRun;

    @UriParam(
            label = "producer",
            defaultValue = "" + Drills.MOST_FILES,
            description = "drill: maximum number of files to restore.")
    private int files = Drills.MOST_FILES;

    @UriParam(
            label = "consumer",
            description =
                    "events: only these types, separated by commas: shipped, failed, pruned, refused, damaged, repaired,"
                            + " drilled; by default all.")
    private String types;

    public OffsiteEndpoint(String uri, OffsiteComponent component, OffsiteOperation operation) {
        super(uri, component);
        this.operation = operation;
    }

    OffsiteServices services() {
        return ((OffsiteComponent) getComponent()).services();
    }

    @Override
    public Producer createProducer() {
        return switch (operation) {
            case upload -> new UploadProducer(this);
            case verify -> new VerifyProducer(this);
            case publish -> new PublishProducer(this);
            case put -> new PutProducer(this);
            case get -> new GetProducer(this);
            case list -> new ListProducer(this);
            case restore -> new RestoreProducer(this);
            case prune -> new PruneProducer(this);
            case scrub -> new ScrubProducer(this);
            case drill -> new DrillProducer(this);
            case events -> throw new UnsupportedOperationException("offsite:events only tells: use it in from");
        };
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        if (operation != OffsiteOperation.events) {
            throw new UnsupportedOperationException(
                    "offsite:%s cannot be in from; offsite:events can".formatted(operation));
        }
        Consumer consumer = new OffsiteEventsConsumer(this, processor, eventTypes());
        configureConsumer(consumer);
        return consumer;
    }

    private Set<String> eventTypes() {
        if (types == null || types.isBlank()) {
            return JobEvent.types();
        }
        Set<String> chosen = new TreeSet<>(Set.of(types.strip().split("\\s*,\\s*")));
        Set<String> unknown = new TreeSet<>(chosen);
        unknown.removeAll(JobEvent.types());
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("types must be among %s; there is no %s"
                    .formatted(String.join(", ", JobEvent.types()), String.join(", ", unknown)));
        }
        return chosen;
    }

    public OffsiteOperation getOperation() {
        return operation;
    }

    public String getJob() {
        return job;
    }

    public void setJob(String job) {
        this.job = job;
    }

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    public String getDate() {
        return date;
    }

    public void setDate(String date) {
        this.date = date;
    }

    public String getTo() {
        return to;
    }

    public void setTo(String to) {
        this.to = to;
    }

    public boolean isOverwrite() {
        return overwrite;
    }

    public void setOverwrite(boolean overwrite) {
        this.overwrite = overwrite;
    }

    public String getIdentity() {
        return identity;
    }

    public void setIdentity(String identity) {
        this.identity = identity;
    }

    public boolean isAll() {
        return all;
    }

    public void setAll(boolean all) {
        this.all = all;
    }

    public boolean isDryRun() {
        return dryRun;
    }

    public void setDryRun(boolean dryRun) {
        this.dryRun = dryRun;
    }

    public int getFiles() {
        return files;
    }

    public void setFiles(int files) {
        this.files = files;
    }

    public String getTypes() {
        return types;
    }

    public void setTypes(String types) {
        this.types = types;
    }

    /** Any number of routes may listen to the same events. */
    @Override
    public boolean isMultipleConsumersSupported() {
        return true;
    }
}
