package dev.offsite.metrics.http;

import dev.offsite.metrics.HttpAddress;
import dev.offsite.metrics.HttpServer;
import dev.offsite.metrics.Metrics.Sample;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.ext.web.Router;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.apache.camel.component.platform.http.main.ManagementHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The management server that camel-main starts for camel-observability-services, made small, and with our metrics and
 * login. camel-main reads users from a file of another format.
 */
public final class ObservabilityServer implements HttpServer {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Meters meters = new Meters(registry);

    private final VertxOptions options;

    public ObservabilityServer() {
        // They can be set in no other way. Little is sent here, so it needs no pools of memory.
        System.setProperty("io.netty.allocator.type", "unpooled");
        // Vert.x has pools all the same, which begin with 4 MB each: with 64 KB instead.
        System.setProperty("io.netty.allocator.maxOrder", "3");
        System.setProperty("io.netty.noUnsafe", "true");
        System.setProperty("vertx.disableDnsResolver", "true");
        options = new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(2)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false));
        loadAhead();
    }

    @Override
    public void prepare(CamelContext context) {
        context.getRegistry().bind("offsite-vertx", options);
        context.getRegistry().bind(MicrometerConstants.METRICS_REGISTRY_NAME, registry);
    }

    /**
     * Loads most of the libraries while the context is made, which makes the start and the first answer faster. What fails here fails again
     * where it is needed, and is reported there.
     */
    private void loadAhead() {
        Thread thread = new Thread(
                () -> {
                    try {
                        Vertx vertx = Vertx.vertx(options);
                        Router.router(vertx);
                        vertx.createHttpServer();
                        vertx.close();
                        registry.scrape();
                    } catch (RuntimeException | LinkageError e) {
                        LOG.debug("not loaded ahead", e);
                    }
                },
                "offsite-load-ahead");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void configure(CamelContext context, HttpAddress address) {
        VertxPlatformHttpServerConfiguration configuration =
                context.hasService(ManagementHttpServer.class).getConfiguration();
        address.login()
                .ifPresent(login -> new BasicAuthentication(login).configure(configuration.getAuthenticationConfig()));
        // Where routes from platform-http find the port
        context.getRegistry().bind("offsite-http", configuration);
    }

    @Override
    public boolean isListening(CamelContext context) {
        // Camel only logs that it cannot listen.
        VertxPlatformHttpServer server = context.hasService(VertxPlatformHttpServer.class);
        return server.getServer() != null && server.getServer().actualPort() > 0;
    }

    @Override
    public void update(List<Sample> samples) {
        meters.update(samples);
    }
}
