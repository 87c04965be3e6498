package dev.offsite.sftp;

import dev.offsite.bandwidth.BandwidthLimits;
import dev.offsite.io.Activity;
import dev.offsite.io.UploadPermits;
import dev.offsite.job.Job;
import dev.offsite.job.Target;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.component.file.remote.SftpConfiguration;
import org.apache.camel.component.file.remote.SftpEndpoint;
import org.apache.camel.support.service.ServiceSupport;

/**
 * The endpoints of each target. They are built here and not in routes, so that editing a route cannot turn off the host
 * key check and no password is in a URI, which Camel logs.
 */
public final class TargetConnections extends ServiceSupport implements CamelContextAware {

    /** Strict host key checking; options that avoid every request but open, write and close. */
    private static final String SFTP_OPTIONS = "?strictHostKeyChecking=yes&useUserKnownHostsFile=false"
            + "&preferredAuthentications=publickey,password,keyboard-interactive"
            // Uses names as given: no change of folder, no mkdir, no backslash to slash.
            + "&stepwise=false&autoCreate=false&fileExist=Override&separator=Auto"
            // Fewer than 64 do not fill a link with latency; above 128 OpenSSH's window is the limit.
            + "&bulkRequests=128"
            // One attempt: repeated failed logins get an address banned.
            + "&sendNoop=false&maximumReconnectAttempts=1&connectTimeout=20000&serverAliveInterval=15000&serverAliveCountMax=4";

    private static final Pattern PLAIN_HOST = Pattern.compile("[A-Za-z0-9.-]+");

    private final boolean service;
    private final BandwidthLimits bandwidth;
    private final Map<Target, TargetConnection> connections = new ConcurrentHashMap<>();
    private CamelContext context;

    /**
     * @param service whether a refused login is tried again at the next poll. In a single run of the command, a second
     *     refusal would only get us banned.
     * @param bandwidth limits in both directions
     */
    public TargetConnections(boolean service, BandwidthLimits bandwidth) {
        this.service = service;
        this.bandwidth = bandwidth;
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
        // The key is part of the URI, so that two jobs with the same login and different keys get separate endpoints.
        String key = target.key() == null ? "" : target.key().toString();
        String sftpUri = "sftp:" + address(target, SFTP_OPTIONS) + "&privateKeyFile=" + raw(key) + "&knownHostsFile="
                + raw(target.knownHosts().toString());
        SftpEndpoint sftp = context.getEndpoint(sftpUri, SftpEndpoint.class);
        SftpConfiguration sftpSettings = sftp.getConfiguration();
        sftpSettings.setHost(target.host());
        sftpSettings.setUsername(target.user());
        sftpSettings.setPrivateKeyPassphrase(target.passphrase());
        sftpSettings.setPassword(target.password());
        Activity activity = new Activity();
        SftpSessionPool sessions = new SftpSessionPool(sftp, !service, activity);
        RemoteExec commands = new RemoteExec(context, target, sessions, activity);
        return new TargetConnection(
                target,
                sftpUri,
                commands,
                target.verifyLogin() == null ? commands : RemoteExec.separate(context, target.hashing(), activity),
                sessions,
                new UploadPermits(activity),
                bandwidth.ofAll().telling(activity::sign),
                activity,
                new AtomicBoolean());
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
