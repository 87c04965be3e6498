package dev.offsite.sftp;

import dev.offsite.bandwidth.BandwidthLimits;
import dev.offsite.job.Job;
import dev.offsite.job.Target;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.component.file.remote.SftpConfiguration;
import org.apache.camel.component.file.remote.SftpEndpoint;
import org.apache.camel.support.service.ServiceSupport;

/**
 * The endpoints of each target. They are made here and not in the routes for two reasons: no edit of a route can turn
 * the host key check off, and no password is part of a URI, which Camel logs.
 */
public final class TargetConnections extends ServiceSupport implements CamelContextAware {

    /** Checked against known_hosts always; no round trip but open, write, close for a file. */
    private static final String SFTP_OPTIONS = "?strictHostKeyChecking=yes&useUserKnownHostsFile=false"
            + "&preferredAuthentications=publickey,password,keyboard-interactive"
            // The name we give is the name that is written: no change of folder, no mkdir, no backslash to slash.
            + "&stepwise=false&autoCreate=false&fileExist=Override&separator=Auto"
            // Below 64 a link with latency is not filled; above 128 OpenSSH's window is the bound.
            + "&bulkRequests=128"
            // One attempt: repeated failed logins get an address banned.
            + "&sendNoop=false&maximumReconnectAttempts=1&connectTimeout=20000&serverAliveInterval=15000&serverAliveCountMax=4";

    private final boolean service;
    private final BandwidthLimits bandwidth;
    private final Map<Target, TargetConnection> connections = new ConcurrentHashMap<>();
    private CamelContext context;

    /**
     * @param service whether to try again, at the next poll, to log in where that was refused; in one run of the command a
     *     second refusal would only get us banned
     * @param bandwidth the limits of what goes there and back
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

    /** The connection to that job's target, held to the limit of that job and of all. */
    public TargetConnection to(Job job) {
        return to(job.target()).with(bandwidth.of(job.name(), job.limit(), job.zone()));
    }

    /** The connection to that target, made at its first use, held to the limit of all. */
    public TargetConnection to(Target target) {
        return connections.computeIfAbsent(target, this::connection);
    }

    private TargetConnection connection(Target target) {
        // The key is part of the URI so that two jobs with the same login and different keys have an endpoint each.
        String key = target.key() == null ? "" : target.key().toString();
        String sftpUri = "sftp:" + address(target) + SFTP_OPTIONS + "&username=" + raw(target.user())
                + "&privateKeyFile=" + raw(key) + "&knownHostsFile="
                + raw(target.knownHosts().toString());
        SftpEndpoint sftp = context.getEndpoint(sftpUri, SftpEndpoint.class);
        SftpConfiguration sftpSettings = sftp.getConfiguration();
        sftpSettings.setPrivateKeyPassphrase(target.passphrase());
        sftpSettings.setPassword(target.password());
        SftpSessionPool sessions = new SftpSessionPool(sftp, !service);
        RemoteExec commands = new RemoteExec(context, target, sessions);
        return new TargetConnection(
                target,
                sftpUri,
                commands,
                target.verifyLogin() == null ? commands : RemoteExec.separate(context, target.hashing()),
                sessions,
                new UploadPermits(),
                bandwidth.ofAll());
    }

    static String address(Target target) {
        String host = target.host().contains(":") ? "[" + target.host() + "]" : target.host();
        return host + ":" + target.port();
    }

    static String raw(String value) {
        return "RAW(" + value + ")";
    }

    /** Closes the connections that are idle. */
    public void closeIdle() {
        connections.values().forEach(c -> c.sessions().close());
    }

    @Override
    protected void doStop() {
        closeIdle();
    }
}
