package dev.offsite.command;

import dev.offsite.job.Jobs;
import dev.offsite.transfer.Ledger;
import dev.offsite.transfer.Prune;
import dev.offsite.transfer.Recovery;
import dev.offsite.transfer.Runs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainConfigurationProperties;

/** The routes, running: a Camel context made from one configuration. */
final class Routes implements AutoCloseable {

    private static final List<String> OURS =
            List.of("beans.camel.yaml", "errors.camel.yaml", "prune.camel.yaml", "ship.camel.yaml");

    private final Main main;

    private Routes(Main main) {
        this.main = main;
    }

    /**
     * Loads and starts them.
     *
     * @param service whether they poll and prune by themselves
     */
    static Routes start(Configuration configuration, boolean service) {
        Properties properties = new Properties();
        properties.putAll(configuration.properties());
        properties.setProperty("offsite.serve", String.valueOf(service));
        Main main = new Main();
        main.setOverrideProperties(properties);
        // A stop waits for transfers in flight, for as long as they take.
        MainConfigurationProperties settings = main.configure();
        settings.setRoutesIncludePattern(
                String.join(",", patterns(configuration.file().getParent())));
        settings.setAutoConfigurationLogSummary(false);
        settings.setShutdownTimeout(Integer.MAX_VALUE);
        settings.setStreamCachingEnabled(false);
        main.start();
        return new Routes(main);
    }

    /**
     * Our routes from the folder {@code routes} beside the configuration or in the distribution where it has them, from
     * the jar otherwise; and the user's own routes beside them.
     */
    private static List<String> patterns(Path configurationFolder) {
        Optional<Path> folder = Stream.of(
                        Optional.of(configurationFolder.resolve("routes")), home().map(home -> home.resolve("routes")))
                .flatMap(Optional::stream)
                .filter(Files::isDirectory)
                .findFirst();
        List<String> patterns = new ArrayList<>();
        OURS.forEach(name -> patterns.add(folder.map(f -> f.resolve(name))
                .filter(Files::exists)
                .map(f -> "file:" + f)
                .orElse("classpath:camel/" + name)));
        folder.ifPresent(f -> patterns.addAll(others(f)));
        return patterns;
    }

    private static List<String> others(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".camel.yaml"))
                    .filter(f -> !OURS.contains(f.getFileName().toString()))
                    .map(f -> "file:" + f)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The folder of the distribution, where this runs from one. */
    static Optional<Path> home() {
        return Optional.ofNullable(System.getProperty("offsite.home")).map(Path::of);
    }

    CamelContext context() {
        return main.getCamelContext();
    }

    Jobs jobs() {
        return bean(Jobs.class);
    }

    Ledger ledger() {
        return bean(Ledger.class);
    }

    Runs runs() {
        return bean(Runs.class);
    }

    Recovery recovery() {
        return bean(Recovery.class);
    }

    Prune prune() {
        return bean(Prune.class);
    }

    private <T> T bean(Class<T> type) {
        return context().getRegistry().findSingleByType(type);
    }

    @Override
    public void close() {
        main.stop();
    }
}
