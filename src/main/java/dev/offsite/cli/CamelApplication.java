package dev.offsite.cli;

import dev.offsite.component.OffsiteComponent;
import dev.offsite.component.OffsiteServices;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.DefaultRoutesCollector;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainConfigurationProperties;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.camel.spi.Resource;

/**
 * Offsite's routes in a Camel context, made from one configuration. All ways to make one throw {@link CommandException}
 * if a route file is broken.
 */
public final class CamelApplication implements AutoCloseable {

    /** How long a one-shot run waits until the receivers of notifications were told. */
    private static final Duration TELLING = Duration.ofSeconds(20);

    private final Main main;
    private final Observability observability;

    private CamelApplication(Main main, Observability observability) {
        this.main = main;
        this.observability = observability;
    }

    /** @param service whether the routes poll and prune by themselves */
    static CamelApplication start(Configuration configuration, boolean service) {
        return build(configuration, configuration.routeFiles(), service).start();
    }

    /** Starts only the routes that a ship needs; they do not poll by themselves. */
    static CamelApplication startShip(Configuration configuration) {
        return build(configuration, configuration.routeFiles().toShip(), false).start();
    }

    /** The same, with no route started: not even those that the user has added. Opens the ledger. */
    static CamelApplication startDryRun(Configuration configuration) {
        CamelApplication routes =
                build(configuration, configuration.routeFiles().toShip(), false, OffsiteComponent::setDryRun);
        routes.context().setAutoStartup(false);
        return routes.start();
    }

    /** Starts only the route that runs commands. No ledger is opened, so it works while the service runs. */
    static CamelApplication startCommands(Configuration configuration) throws Exception {
        CamelApplication routes = look(configuration);
        routes.startWithoutLedger();
        routes.context().getRouteController().startRoute("offsite-exec");
        return routes;
    }

    private void startWithoutLedger() {
        context().setAutoStartup(false);
        // The jobs' endpoints start the ledger even if their routes are not started.
        services().ledger().stayClosed();
        start();
    }

    /** Starts nothing, and opens nothing that another context may have open. */
    static CamelApplication build(Configuration configuration, RouteFiles files, boolean service) {
        return build(configuration, files, service, component -> {});
    }

    private static CamelApplication build(
            Configuration configuration, RouteFiles files, boolean service, Consumer<OffsiteComponent> first) {
        ClassLoader loader = Extensions.load(configuration, service);
        Observability observability = new Observability(configuration, service, loader);
        Main main = new Main() {
            @Override
            protected CamelContext createCamelContext() {
                CamelContext context = super.createCamelContext();
                context.setApplicationContextClassLoader(loader);
                return context;
            }

            /** Modelines are off. Without this, each route file is parsed once more to look for them. */
            @Override
            protected void modelineRoutes(CamelContext context) {}
        };
        if (service) {
            // We install the only shutdown hook: Camel's would keep a reference to each reloaded context.
            main.setShutdownStrategy(new SimpleMainShutdownStrategy());
        }
        Properties properties = new Properties();
        properties.putAll(configuration.properties());
        properties.setProperty("offsite.serve", String.valueOf(service));
        observability.configure(properties);
        main.setOverrideProperties(properties);
        main.setRoutesCollector(new DefaultRoutesCollector() {
            @Override
            public Collection<Resource> findRouteResourcesFromDirectory(
                    CamelContext context, String excludePattern, String includePattern) {
                return files.resources();
            }
        });
        // A stop waits for transfers in flight, however long they take.
        MainConfigurationProperties settings = main.configure();
        settings.setAutoConfigurationLogSummary(false);
        settings.setShutdownTimeout(Integer.MAX_VALUE);
        settings.setStreamCachingEnabled(false);
        // A command reports through its exit code.
        settings.health().setEnabled(service);
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeInitialize(BaseMainSupport starting) {
                environmentLast(starting.getCamelContext());
                observability.prepare(starting.getCamelContext());
            }
        });
        try {
            main.init();
            observability.configure(main.getCamelContext());
            main.getCamelContext().init();
            main.getCamelContext().addLifecycleStrategy(new StopWatch());
            first.accept(main.getCamelContext().getRegistry().findSingleByType(OffsiteComponent.class));
        } catch (RuntimeException e) {
            throw new CommandException(Failures.ofRoutes(e));
        }
        CamelApplication application = new CamelApplication(main, observability);
        observability.connect(application.services());
        return application;
    }

    /** For commands that only read what is off-site: nothing is started, so no ledger or lock is needed. */
    static CamelApplication look(Configuration configuration) {
        return build(configuration, configuration.routeFiles(), false);
    }

    /** By default a variable OFFSITE_HOST would win over {@code offsite.host}, and nobody would say so. */
    static void environmentLast(CamelContext context) {
        ((PropertiesComponent) context.getPropertiesComponent())
                .setEnvironmentVariableMode(PropertiesComponent.ENVIRONMENT_VARIABLES_MODE_FALLBACK);
    }

    CamelApplication start() {
        try {
            observability.starting(services());
            main.start();
            observability.started(context());
        } catch (CommandException e) {
            close();
            throw e;
        }
        return this;
    }

    /** The folder of the distribution, if this runs from one. */
    static Optional<Path> home() {
        return Optional.ofNullable(System.getProperty("offsite.home")).map(Path::of);
    }

    /** At the end of a one-shot run: finds out what is wrong now, and tells whom the configuration names. */
    void tell() {
        services().monitor().check();
        if (!services().notifications().isEmpty() && !context().isStarted()) {
            // Nothing is sent by a context that only looks.
            startWithoutLedger();
        }
        services().notifications().deliver(TELLING);
    }

    CamelContext context() {
        return main.getCamelContext();
    }

    OffsiteServices services() {
        return context().getRegistry().findSingleByType(OffsiteComponent.class).services();
    }

    @Override
    public void close() {
        main.stop();
    }
}
