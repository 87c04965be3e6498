package dev.offsite.sftp;

import dev.offsite.exec.CamelSshExec;
import dev.offsite.exec.CommandRunner;
import dev.offsite.exec.ExecException;
import dev.offsite.exec.ExecResult;
import dev.offsite.exec.NoLoginException;
import dev.offsite.exec.StrictSshClientBuilder;
import dev.offsite.job.Target;
import java.time.Duration;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.component.ssh.SshConfiguration;
import org.apache.camel.component.ssh.SshEndpoint;

/**
 * The commands of one target. They go over a connection that SFTP has logged in, on a channel of their own; where the server
 * opens no other (MaxSessions 1), through camel-ssh, which logs in for each.
 */
public final class RemoteExec implements CommandRunner {

    private static final String OPTIONS = "?timeout=20000";
    private static final Duration LOG_IN_AGAIN = Duration.ofMinutes(1);

    private final CamelContext context;
    private final Target target;
    private final SftpSessionPool sessions;
    private StrictSshClientBuilder clients;
    private final boolean separate;
    private volatile boolean oneChannel;
    private volatile boolean run;
    private volatile NoLoginException refused;
    private volatile long refusedNanos;

    RemoteExec(CamelContext context, Target target, SftpSessionPool sessions) {
        this.context = context;
        this.target = target;
        this.sessions = sessions;
        this.separate = sessions == null;
        this.oneChannel = separate;
    }

    /** The commands of a login that runs nothing else: all of them through camel-ssh. */
    static RemoteExec separate(CamelContext context, Target login) {
        return new RemoteExec(context, login, null);
    }

    @Override
    public ExecResult run(String command, Duration deadline) throws ExecException {
        Optional<ExecResult> answer = oneChannel ? Optional.empty() : besideSftp(command, deadline);
        if (answer.isEmpty()) {
            CommandRunner ssh = new CamelSshExec(context, endpoint(), clients());
            answer = Optional.of(separate ? loggedIn(ssh, command, deadline) : ssh.run(command, deadline));
        }
        run = true;
        return answer.get();
    }

    /** Whether one has run: if so, another costs next to nothing. */
    boolean haveRun() {
        return run && !oneChannel;
    }

    /**
     * Runs it where a login that does not work is no matter of one command.
     *
     * @throws NoLoginException if the login failed; for a minute, no other is tried: servers ban who is refused too often
     */
    private ExecResult loggedIn(CommandRunner ssh, String command, Duration deadline) throws ExecException {
        NoLoginException before = refused;
        if (before != null && System.nanoTime() - refusedNanos < LOG_IN_AGAIN.toNanos()) {
            throw before;
        }
        int logins = clients.logins();
        try {
            ExecResult result = ssh.run(command, deadline);
            refused = null;
            return result;
        } catch (ExecException e) {
            if (e.hung() || clients.logins() != logins || Thread.currentThread().isInterrupted()) {
                throw e;
            }
            refusedNanos = System.nanoTime();
            refused = new NoLoginException("the login that verifies copies: " + clients.problem(e), e);
            throw refused;
        }
    }

    private Optional<ExecResult> besideSftp(String command, Duration deadline) throws ExecException {
        SftpSession session;
        try {
            session = sessions.take();
        } catch (SshException e) {
            throw ExecException.notRun(command, e);
        }
        boolean healthy = false;
        try {
            Optional<ExecResult> answer = session.run(command, deadline);
            healthy = session.isOpen();
            oneChannel = answer.isEmpty() && healthy;
            return answer;
        } catch (ExecException e) {
            healthy = !e.hung() && session.isOpen();
            throw e;
        } finally {
            sessions.give(session, healthy);
        }
    }

    /** URI of the camel-ssh endpoint, without secrets. */
    private String endpoint() {
        String key = target.key() == null ? "" : target.key().toString();
        return "ssh:" + TargetConnections.address(target) + OPTIONS + "&username="
                + TargetConnections.raw(target.user()) + "&certResource=" + TargetConnections.raw(key);
    }

    /** What makes the SSH clients of camel-ssh: at the first need, for that loads cryptography of its own. */
    public synchronized StrictSshClientBuilder clients() {
        if (clients == null) {
            clients = new StrictSshClientBuilder(target);
            SshConfiguration settings =
                    context.getEndpoint(endpoint(), SshEndpoint.class).getConfiguration();
            settings.setCertResource(null);
            settings.setKeyPairProvider(clients.userKey());
            settings.setPassword(target.password());
            settings.setClientBuilder(clients);
        }
        return clients;
    }
}
