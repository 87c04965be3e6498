package dev.offsite.cli;

import dev.offsite.component.OffsiteServices;
import dev.offsite.job.HostName;
import dev.offsite.job.Setting;
import dev.offsite.metrics.HttpAddress;
import dev.offsite.metrics.HttpServer;
import dev.offsite.metrics.JobHealthCheck;
import dev.offsite.metrics.Metrics;
import dev.offsite.metrics.MetricsFile;
import dev.offsite.status.JobReport;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheckRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Metrics and health checks of one context: over HTTP, if it is the service's, and in the metrics file. */
final class Observability {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private final Optional<HttpAddress> address;
    private final Ahead<Optional<HttpServer>> server;
    private final Optional<MetricsFile> file;
    private Ahead<Boolean> reported = Ahead.of(true);
    /** The last report of each job. */
    private final Map<String, JobReport> last = new ConcurrentHashMap<>();

    Observability(Configuration configuration, boolean service, ClassLoader loader) {
        this.address = service ? HttpSettings.of(configuration) : Optional.empty();
        // Its libraries are large: they are loaded while the context is made.
        this.server = address.map(some -> Ahead.make(
                        "the libraries of the page and metrics",
                        () -> ServiceLoader.load(HttpServer.class, loader).findFirst()))
                .orElse(Ahead.of(Optional.empty()));
        this.file = Optional.of(configuration.values().getOrDefault(Setting.METRICS_FILE.globalKey(), ""))
                .filter(path -> !path.isEmpty())
                .map(path -> new MetricsFile(Path.of(path)));
    }

    private Optional<HttpServer> server() {
        return server.get();
    }

    Optional<HttpAddress> address() {
        return address;
    }

    /** Settings for camel-main. It would start the server wherever it is on the class path, for all the world. */
    void configure(Properties properties) {
        address.ifPresent(some -> {
            properties.setProperty("camel.management.host", some.host());
            properties.setProperty("camel.management.port", String.valueOf(some.port()));
            // Of the jobs, not of Camel's exchanges and routes
            List.of("enableRoutePolicy", "enableExchangeEventNotifier", "enableRouteEventNotifier")
                    .forEach(key -> properties.putIfAbsent("camel.metrics." + key, "false"));
            // The jobs' own checks say the same, without a URI and a stack trace.
            properties.putIfAbsent("camel.health.consumersEnabled", "false");
        });
        String enabled = String.valueOf(address.isPresent());
        properties.setProperty("camel.management.enabled", enabled);
        properties.setProperty("camel.metrics.enabled", enabled);
        properties.setProperty("camel.opentelemetry2.enabled", "false");
    }

    /** Before the context is configured. */
    void prepare(CamelContext context) {
        server().ifPresent(http -> http.prepare(context));
    }

    /** Before the context is initialized. */
    void configure(CamelContext context) {
        server().ifPresent(http -> http.configure(context, address.orElseThrow()));
    }

    /** Before the first check, and before the context starts. */
    void connect(OffsiteServices services) {
        if (address.isPresent() || file.isPresent()) {
            services.monitor().onCheck(this::update);
        }
        server().ifPresent(http -> {
            HealthCheckRegistry checks = HealthCheckRegistry.get(services.context());
            services.jobs()
                    .all()
                    .forEach(job -> checks.register(
                            new JobHealthCheck(job.name(), () -> Optional.ofNullable(last.get(job.name())))));
        });
    }

    /** Before the context starts. Fails with {@link CommandException} if nothing can listen at the address. */
    void starting(OffsiteServices services) {
        address.ifPresent(some -> {
            HttpSettings.checkFree(some);
            // Reading what is remembered takes as long as starting the routes.
            reported = Ahead.make("the status of all jobs", () -> {
                answer(services.jobs().all().stream()
                        .map(services.monitor().reader()::report)
                        .toList());
                return true;
            });
        });
    }

    /** After the context started. Fails with {@link CommandException} if it does not listen all the same. */
    void started(CamelContext context) {
        server().ifPresent(http -> {
            HttpAddress some = address.orElseThrow();
            String where = HostName.withPort(some.host(), some.port());
            if (!http.isListening(context)) {
                throw new CommandException("%s: nothing can listen on %s: did another program just take that port?"
                        .formatted(Setting.HTTP_PORT.globalKey(), where));
            }
            LOG.info("health and metrics: http://{}/observe/health, http://{}/observe/metrics", where, where);
            // Whoever reads that we serve sees no empty page.
            reported.get();
            new FetchAhead(some).start();
        });
    }

    private void update(List<JobReport> reports) {
        file.ifPresent(path -> path.write(Metrics.samples(reports, Offsite.version())));
        answer(reports);
    }

    private void answer(List<JobReport> reports) {
        server().ifPresent(http -> {
            reports.forEach(report -> last.put(report.name(), report));
            http.update(Metrics.samples(reports, Offsite.version()));
        });
    }
}
