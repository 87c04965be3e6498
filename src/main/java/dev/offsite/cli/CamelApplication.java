package dev.offsite.cli;

import dev.offsite.component.OffsiteComponent;
import dev.offsite.component.OffsiteServices;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.main.DefaultRoutesCollector;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainConfigurationProperties;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.camel.spi.Resource;

/** The routes, running: a Camel context made from one configuration. */
public final class CamelApplication implements AutoCloseable {

    private final Main main;

    private CamelApplication(Main main) {
        this.main = main;
    }

    /**
     * Loads and starts them.
     *
     * @param service whether they poll and prune by themselves
     * @throws CommandException if a route file is broken
     */
    static CamelApplication start(Configuration configuration, boolean service) {
        CamelApplication routes =
                build(configuration, RouteFiles.read(configuration.file().getParent()), service);
        routes.start();
        return routes;
    }

    /**
     * Loads those that a ship needs, and starts them; they do not poll by themselves.
     *
     * @throws CommandException if a route file is broken
     */
    static CamelApplication startShip(Configuration configuration) {
        CamelApplication routes = build(
                configuration, RouteFiles.read(configuration.file().getParent()).toShip(), false);
        routes.start();
        return routes;
    }

    /**
     * Loads them and starts only the one that has a server run a command: nothing moves, and nothing is opened that another
     * context may have open, so that it works while the service runs.
     *
     * @throws CommandException if a route file is broken
     */
    static CamelApplication startCommands(Configuration configuration) throws Exception {
        CamelApplication routes =
                build(configuration, RouteFiles.read(configuration.file().getParent()), false);
        routes.context().setAutoStartup(false);
        // The jobs' endpoints start it whether their routes are started or not.
        routes.services().ledger().stayClosed();
        routes.start();
        routes.context().getRouteController().startRoute("offsite-exec");
        return routes;
    }

    /**
     * Loads them, up to where they only need to be started: nothing moves yet, and nothing is opened that another
     * context may have open.
     *
     * @throws CommandException if a route file is broken
     */
    static CamelApplication build(Configuration configuration, RouteFiles files, boolean service) {
        Main main = new Main();
        if (service) {
            // Ours is the only shutdown hook: Camel's would keep each context that there ever was.
            main.setShutdownStrategy(new SimpleMainShutdownStrategy());
        }
        main.setOverrideProperties(properties(configuration, service));
        main.setRoutesCollector(new Collector(files));
        // A stop waits for transfers in flight, for as long as they take.
        MainConfigurationProperties settings = main.configure();
        settings.setAutoConfigurationLogSummary(false);
        settings.setShutdownTimeout(Integer.MAX_VALUE);
        settings.setStreamCachingEnabled(false);
        // A command tells by its exit code.
        settings.health().setEnabled(service);
        try {
            main.init();
            main.getCamelContext().init();
        } catch (RuntimeException e) {
            throw new CommandException(ExitCode.CONFIGURATION, List.of(Failures.ofRoutes(e)));
        }
        return new CamelApplication(main);
    }

    /**
     * Finds out whether they can be built; starts nothing.
     *
     * @throws CommandException if a route file is broken
     */
    static void check(Configuration configuration) {
        build(configuration, RouteFiles.read(configuration.file().getParent()), false)
                .close();
    }

    /**
     * Loads them for a verb that only looks at what is off-site: nothing is started, no ledger is opened, no lock is needed.
     *
     * @throws CommandException if a route file is broken
     */
    static CamelApplication look(Configuration configuration) {
        return build(configuration, RouteFiles.read(configuration.file().getParent()), false);
    }

    private static Properties properties(Configuration configuration, boolean service) {
        Properties properties = new Properties();
        properties.putAll(configuration.properties());
        properties.setProperty("offsite.serve", String.valueOf(service));
        return properties;
    }

    private static final class Collector extends DefaultRoutesCollector {
        private final RouteFiles files;

        Collector(RouteFiles files) {
            this.files = files;
        }

        @Override
        public Collection<Resource> findRouteResourcesFromDirectory(
                CamelContext context, String excludePattern, String includePattern) {
            return files.resources();
        }
    }

    void start() {
        main.start();
    }

    /** The folder of the distribution, where this runs from one. */
    static Optional<Path> home() {
        return Optional.ofNullable(System.getProperty("offsite.home")).map(Path::of);
    }

    CamelContext context() {
        return main.getCamelContext();
    }

    /** The parts of Offsite. */
    OffsiteServices services() {
        return context().getRegistry().findSingleByType(OffsiteComponent.class).services();
    }

    @Override
    public void close() {
        main.stop();
    }
}
