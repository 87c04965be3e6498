package dev.offsite.sftp;

import dev.offsite.exec.CamelSshExec;
import dev.offsite.exec.CommandRunner;
import dev.offsite.exec.ExecException;
import dev.offsite.exec.ExecResult;
import dev.offsite.exec.NoLoginException;
import dev.offsite.exec.ServerStreams;
import dev.offsite.exec.ShellQuoting;
import dev.offsite.exec.StrictSshClientBuilder;
import dev.offsite.io.Activity;
import dev.offsite.job.Target;
import dev.offsite.sftp.login.SshException;
import dev.offsite.sftp.login.Tunnel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.component.ssh.SshConfiguration;
import org.apache.camel.component.ssh.SshEndpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs commands on one target: on a second channel of an SFTP connection or, where the server allows only one channel
 * (MaxSessions 1), through camel-ssh with a login per command.
 */
public final class RemoteExec implements CommandRunner {

    private static final Logger LOG = LoggerFactory.getLogger(RemoteExec.class);
    private static final Duration DEADLINE = Duration.ofMinutes(10);
    private static final String OPTIONS = "?timeout=20000";
    private static final Duration LOG_IN_AGAIN = Duration.ofMinutes(1);

    private final CamelContext context;
    private final Target target;
    private final SftpSessionPool sessions;
    private final Activity activity;
    private StrictSshClientBuilder clients;
    private final boolean separate;
    private volatile boolean oneChannel;
    private volatile boolean run;
    private volatile NoLoginException refused;
    private volatile long refusedNanos;

    RemoteExec(CamelContext context, Target target, SftpSessionPool sessions, Activity activity) {
        this.activity = activity;
        this.context = context;
        this.target = target;
        this.sessions = sessions;
        this.separate = sessions == null;
        this.oneChannel = separate;
    }

    /** For a login that only runs commands: all go through camel-ssh. */
    static RemoteExec separate(CamelContext context, Target login, Activity activity) {
        return new RemoteExec(context, login, null, activity);
    }

    @Override
    public ExecResult run(String command, Duration deadline) throws ExecException {
        activity.expect(deadline);
        Optional<ExecResult> answer = oneChannel ? Optional.empty() : besideSftp(command, deadline);
        if (answer.isEmpty()) {
            CommandRunner ssh = new CamelSshExec(context, endpoint(), clients());
            answer = Optional.of(separate ? loggedIn(ssh, command, deadline) : ssh.run(command, deadline));
        }
        run = true;
        return answer.get();
    }

    /**
     * Runs a command that takes long and needs little of the connection: beside others on one that may be in use, so that
     * none is kept from its work.
     */
    public ExecResult runBeside(String command, Duration deadline) throws ExecException {
        Optional<SftpSession> session = oneChannel ? Optional.empty() : sessions.shared();
        if (session.isPresent()) {
            activity.expect(deadline);
            Optional<ExecResult> answer = session.get().channels().run(command, deadline);
            if (answer.isPresent()) {
                run = true;
                return answer.get();
            }
        }
        return run(command, deadline);
    }

    /** Whether a command has run and another one costs next to nothing. */
    public boolean hasRun() {
        return run && !oneChannel;
    }

    /** After a failed login none is tried for a minute: servers ban clients that are refused too often. */
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

    /** The output of a command that succeeded, else empty: many servers run no commands. */
    public Optional<String> output(String command) {
        return ask(command).filter(ExecResult::isOk).map(ExecResult::stdout);
    }

    /** The result of a command; empty if it was cut off or the server runs no commands. */
    public Optional<ExecResult> ask(String command) {
        try {
            ExecResult answer = run(command, DEADLINE);
            LOG.debug("the command ended with {}", answer.status());
            return answer.status().isPresent() ? Optional.of(answer) : Optional.empty();
        } catch (ExecException e) {
            LOG.debug("no command runs on {}", target, e);
            return Optional.empty();
        }
    }

    /** The SFTP path as a word of a command: mapped, and quoted for a POSIX shell. */
    public String path(String path) {
        return ShellQuoting.quote(target.sshPath().ofCommand(path));
    }

    /** SFTP paths as command words, in groups that each fit into one command. */
    public List<String> paths(List<String> paths) {
        List<String> groups = new ArrayList<>();
        StringBuilder group = new StringBuilder();
        for (String path : paths) {
            String word = " " + path(path);
            if (!group.isEmpty() && group.length() + word.length() > CommandRunner.MAX_COMMAND_BYTES / 2) {
                groups.add(group.toString());
                group.setLength(0);
            }
            group.append(word);
        }
        if (!group.isEmpty()) {
            groups.add(group.toString());
        }
        return groups;
    }

    private Optional<ExecResult> besideSftp(String command, Duration deadline) throws ExecException {
        SftpSession session;
        try {
            session = sessions.take();
        } catch (IOException e) {
            throw ExecException.notRun(command, e);
        }
        boolean healthy = false;
        try {
            Optional<ExecResult> answer = session.channels().run(command, deadline);
            healthy = session.channels().isOpen();
            oneChannel = answer.isEmpty() && healthy;
            return answer;
        } catch (ExecException e) {
            healthy = !e.hung() && session.channels().isOpen();
            throw e;
        } finally {
            sessions.give(session, healthy);
        }
    }

    private String endpoint() {
        String key = target.key() == null ? "" : target.key().toString();
        return "ssh:" + TargetConnections.address(target, OPTIONS) + "&certResource=" + TargetConnections.raw(key);
    }

    private ServerStreams tunnel() throws IOException {
        try {
            return Tunnel.open(target);
        } catch (SshException e) {
            IOException explained =
                    new IOException(FailureMessages.of(e, target, "be reached").message());
            explained.addSuppressed(e);
            throw explained;
        }
    }

    /** The builder of camel-ssh's clients. Created at first use, because it loads its own cryptography. */
    public synchronized StrictSshClientBuilder clients() {
        if (clients == null) {
            clients = new StrictSshClientBuilder(target, target.way().jumps().isEmpty() ? null : this::tunnel);
            SshConfiguration settings =
                    context.getEndpoint(endpoint(), SshEndpoint.class).getConfiguration();
            settings.setHost(target.host());
            settings.setUsername(target.user());
            settings.setCertResource(null);
            settings.setKeyPairProvider(clients.userKey());
            settings.setPassword(target.password());
            settings.setClientBuilder(clients);
        }
        return clients;
    }
}
