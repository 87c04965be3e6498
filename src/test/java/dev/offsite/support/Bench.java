package dev.offsite.support;

import dev.offsite.component.OffsiteComponent;
import dev.offsite.component.OffsiteConstants;
import dev.offsite.component.OffsiteServices;
import dev.offsite.demo.EmbeddedServer;
import dev.offsite.demo.Exec;
import dev.offsite.job.Job;
import dev.offsite.job.Jobs;
import dev.offsite.ship.ActiveRuns;
import dev.offsite.ship.ShipResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.main.Main;
import org.apache.camel.support.ScheduledPollConsumer;

/** The routes as they are, with one job {@code db}, against the embedded server; only properties differ. */
public final class Bench implements AutoCloseable {

    public static final String ROOT = "/srv/offsite/db";
    public static final LocalDate TODAY = LocalDate.of(2026, 1, 31);
    public static final Instant NOW = TODAY.atTime(12, 0).toInstant(ZoneOffset.UTC);

    private final EmbeddedServer server;
    private final Path source;
    private final Properties properties = new Properties();
    private final Main main = new Main();
    private boolean ownsServer = true;

    public Bench(Path folder) throws IOException {
        this(folder, (command, root) -> {});
    }

    /**
     * @param folder empty
     * @param beforeHash done to the server's files before each hash command: the command, the root
     */
    public Bench(Path folder, BiConsumer<String, Path> beforeHash) throws IOException {
        this(folder, EmbeddedServer.start(folder.resolve("server"), Exec.sha256sumAfter(beforeHash)));
    }

    private Bench(Path folder, EmbeddedServer server) throws IOException {
        this(folder, server, Files.createDirectory(folder.resolve("backups of #1 & 100%+ümlaut")));
    }

    private Bench(Path folder, EmbeddedServer server, Path source) throws IOException {
        this.server = server;
        this.source = source;
        set("offsite.host", server.host());
        set("offsite.port", String.valueOf(server.port()));
        set("offsite.user", server.user());
        set("offsite.key", server.key().toString());
        set("offsite.known-hosts", server.knownHosts().toString());
        set("offsite.state", folder.resolve("state").toString());
        KnownHash.remember(folder.resolve("state"), server);
        set("offsite.serve", "false");
        set("camel.routeTemplate[db].templateId", "ship");
        set("camel.routeTemplate[db].source", source.toString());
        set("camel.routeTemplate[db].root", ROOT);
        set("camel.routeTemplate[db].zone", "UTC");
    }

    /** Another node with the same source and server, which are those of this one; its own files are in that folder. */
    public Bench beside(Path folder) throws IOException {
        Bench other = new Bench(folder, server, source);
        other.ownsServer = false;
        properties.stringPropertyNames().stream()
                .filter(key -> !key.equals("offsite.state"))
                .forEach(key -> other.set(key, properties.getProperty(key)));
        return other;
    }

    /** With a server that answers commands so, in that folder. */
    public static Bench answering(Path folder, EmbeddedServer.Exec exec) throws IOException {
        return new Bench(folder, EmbeddedServer.start(folder.resolve("server"), exec));
    }

    /** Lets nothing be known of the server's commands yet. */
    public Bench unprobed() throws IOException {
        KnownHash.forget(Path.of(properties.getProperty("offsite.state")));
        return this;
    }

    public Bench set(String key, String value) {
        properties.setProperty(key, value);
        return this;
    }

    public Bench bind(String name, Object bean) {
        main.bind(name, bean);
        return this;
    }

    /** Routes of somebody else's. */
    public Bench routes(RoutesBuilder routes) {
        main.configure().addRoutesBuilder(routes);
        return this;
    }

    public Bench start() {
        Routes.configure(main, properties);
        main.bind("clock", Clock.fixed(NOW, ZoneOffset.UTC));
        main.configure().setStreamCachingEnabled(false);
        main.start();
        return this;
    }

    /** A backup that was finished an hour ago. */
    public Path backup(String name, byte[] bytes) throws IOException {
        Path file = source.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(3600)));
        return file;
    }

    /** Polls once; what comes of it comes later. */
    public CompletableFuture<ShipResult> poll() {
        CompletableFuture<ShipResult> ended = bean(ActiveRuns.class).next("db");
        pollAgain();
        return ended;
    }

    /** Polls as the scheduler does. */
    public void pollAgain() {
        ((ScheduledPollConsumer) context().getRoute("db").getConsumer()).run();
    }

    /** Polls once and waits for what comes of it. */
    public ShipResult run() throws Exception {
        return poll().get(1, TimeUnit.MINUTES);
    }

    /** What a route gets back that names the job in a header; {@code headers} are others, each with its value. */
    public Exchange request(String endpoint, Object... headers) {
        Map<String, Object> all = new TreeMap<>(Map.of(OffsiteConstants.JOB, "db"));
        for (int i = 0; i < headers.length; i += 2) {
            all.put((String) headers[i], headers[i + 1]);
        }
        return context()
                .createFluentProducerTemplate()
                .to(endpoint)
                .withHeaders(all)
                .request(Exchange.class);
    }

    public CamelContext context() {
        return main.getCamelContext();
    }

    public OffsiteServices services() {
        return context().getRegistry().findSingleByType(OffsiteComponent.class).services();
    }

    /** The part of Offsite of that type. */
    public <T> T bean(Class<T> type) {
        return Stream.of(OffsiteServices.class.getMethods())
                .filter(method -> method.getReturnType() == type)
                .findFirst()
                .map(method -> {
                    try {
                        return type.cast(method.invoke(services()));
                    } catch (ReflectiveOperationException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .orElseThrow();
    }

    public Job job() {
        return bean(Jobs.class).get("db");
    }

    public EmbeddedServer server() {
        return server;
    }

    public Path source() {
        return source;
    }

    /** The job's root, as it lies on the server's disk. */
    public Path root() {
        return server.files().resolve(ROOT.substring(1));
    }

    @Override
    public void close() throws IOException {
        main.stop();
        if (ownsServer) {
            server.close();
        }
    }
}
