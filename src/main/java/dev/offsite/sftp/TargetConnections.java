package dev.offsite.sftp;

import dev.offsite.bandwidth.BandwidthLimits;
import dev.offsite.cluster.Leases;
import dev.offsite.io.Activity;
import dev.offsite.io.UploadPermits;
import dev.offsite.job.HostName;
import dev.offsite.job.Job;
import dev.offsite.job.Target;
import dev.offsite.sftp.login.KnownPlaces;
import dev.offsite.sftp.login.Places;
import dev.offsite.sftp.login.TargetEndpoint;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.support.service.ServiceSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The endpoints of each target. They are built here and not in routes, so that editing a route cannot turn off the host
 * key check and no password is in a URI, which Camel logs.
 */
public final class TargetConnections extends ServiceSupport implements CamelContextAware {

    private static final Pattern PLAIN_HOST = Pattern.compile("[A-Za-z0-9.-]+");

    private static final Logger LOG = LoggerFactory.getLogger(TargetConnections.class);

    /** How soon a node notices that another one waits for a connection, or that one is free. */
    private static final int LOOK_MILLIS = 1000;

    private final boolean service;
    private final BandwidthLimits bandwidth;
    private final KnownPlaces knownPlaces;
    private final Map<Target, TargetConnection> connections = new ConcurrentHashMap<>();
    /** By host and port: a server counts the connections of all users. */
    private final Map<String, Places> places = new ConcurrentHashMap<>();

    private final Optional<Leases> leases;
    private final AtomicBoolean looking = new AtomicBoolean();
    private final AtomicInteger number = new AtomicInteger();
    private CamelContext context;

    /**
     * @param service whether a refused login is tried again at the next poll. In a single run of the command, a second
     *     refusal would only get us banned.
     * @param bandwidth limits in both directions
     * @param knownPlaces how many connections servers have taken before
     * @param leases connections that all nodes may have together; empty for a single machine
     */
    public TargetConnections(
            boolean service, BandwidthLimits bandwidth, KnownPlaces knownPlaces, Optional<Leases> leases) {
        this.service = service;
        this.bandwidth = bandwidth;
        this.knownPlaces = knownPlaces;
        this.leases = leases;
    }

    /** Without a state folder, on a single machine. */
    public TargetConnections(boolean service, BandwidthLimits bandwidth) {
        this(service, bandwidth, KnownPlaces.none(), Optional.empty());
    }

    @Override
    public CamelContext getCamelContext() {
        return context;
    }

    @Override
    public void setCamelContext(CamelContext context) {
        this.context = context;
    }

    /** The connection to a job's target, limited by the job's bandwidth and the shared one. */
    public TargetConnection to(Job job) {
        return to(job.target()).with(bandwidth.of(job.name(), job.limit(), job.zone()));
    }

    /** The connection to a target, made at first use, limited by the shared bandwidth. */
    public TargetConnection to(Target target) {
        return connections.computeIfAbsent(target, this::connection);
    }

    private TargetConnection connection(Target target) {
        // The number keeps apart two logins that differ in what a URI must not show.
        String uri = "sftp:" + address(target, "?target=" + number.incrementAndGet());
        Places server = places(target);
        TargetEndpoint sftp = TargetEndpoint.addTo(context, uri, target, server);
        Activity activity = new Activity();
        SftpSessionPool sessions = new SftpSessionPool(sftp, !service, server, activity);
        RemoteExec commands = new RemoteExec(context, target, sessions, server, activity);
        return new TargetConnection(
                target,
                uri,
                commands,
                target.verifyLogin() == null
                        ? commands
                        : RemoteExec.separate(context, target.hashing(), places(target.hashing()), activity),
                sessions,
                new UploadPermits(activity),
                bandwidth.ofAll().telling(activity::sign),
                activity,
                new AtomicBoolean());
    }

    private Places places(Target target) {
        Places its = places.computeIfAbsent(
                HostName.withPort(target.host(), target.port()), server -> new Places(server, knownPlaces, leases));
        target.way().mostConnections().ifPresent(most -> {
            its.allow(most);
            if (leases.isPresent() && looking.compareAndSet(false, true)) {
                var unused = context.getExecutorServiceManager()
                        .newSingleThreadScheduledExecutor(this, "offsite-leases")
                        .scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
            }
        });
        return its;
    }

    /** Never fails: that would end the schedule. */
    private void look() {
        for (Places server : places.values()) {
            try {
                server.look();
            } catch (RuntimeException e) {
                LOG.debug("connections are not shared now", e);
            }
        }
    }

    /**
     * The part of an endpoint's URI for host, port, options and user. It only tells targets apart: a URI has rules of its
     * own for braces, brackets, backslashes and percent signs, so host and user are set in Java.
     */
    static String address(Target target, String options) {
        String host = PLAIN_HOST.matcher(target.host()).matches()
                ? target.host()
                : "h" + HexFormat.of().formatHex(target.host().getBytes(StandardCharsets.UTF_8));
        String user = URLEncoder.encode(target.user(), StandardCharsets.UTF_8);
        return host + ":" + target.port() + options + "&username=" + raw(user);
    }

    static String raw(String value) {
        return "RAW(" + value + ")";
    }

    /** Whether nothing has moved on any target for too long. */
    public boolean isStill() {
        return connections.values().stream()
                .allMatch(connection -> connection.activity().isStill());
    }

    public void closeIdle() {
        connections.values().forEach(c -> c.sessions().close());
    }

    @Override
    protected void doStop() {
        closeIdle();
    }
}
