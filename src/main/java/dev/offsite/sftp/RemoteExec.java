package dev.offsite.sftp;

import dev.offsite.exec.CamelSshExec;
import dev.offsite.exec.CommandRunner;
import dev.offsite.exec.ExecException;
import dev.offsite.exec.ExecResult;
import dev.offsite.exec.NoLoginException;
import dev.offsite.exec.ServerStreams;
import dev.offsite.exec.ShellQuoting;
import dev.offsite.exec.SingleLoginExec;
import dev.offsite.exec.StrictSshClientBuilder;
import dev.offsite.io.Activity;
import dev.offsite.job.Target;
import dev.offsite.sftp.login.Places;
import dev.offsite.sftp.login.SshException;
import dev.offsite.sftp.login.Tunnel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
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
    /** After which a server has noticed that another connection was closed. */
    private static final Duration PAUSE = Duration.ofMillis(500);

    private static final Duration LOG_IN_AGAIN = Duration.ofMinutes(1);

    private final CamelContext context;
    private final Target target;
    private final SftpSessionPool sessions;
    private final Places places;
    private final Activity activity;
    private StrictSshClientBuilder clients;
    private final boolean separate;
    private volatile boolean oneChannel;
    private volatile boolean run;
    private volatile NoLoginException refused;
    private volatile long refusedNanos;

    RemoteExec(CamelContext context, Target target, SftpSessionPool sessions, Places places, Activity activity) {
        this.places = places;
        this.activity = activity;
        this.context = context;
        this.target = target;
        this.sessions = sessions;
        this.separate = sessions == null;
        this.oneChannel = separate;
    }

    /** For a login that only runs commands: all go through camel-ssh. */
    static RemoteExec separate(CamelContext context, Target login, Places places, Activity activity) {
        return new RemoteExec(context, login, null, places, activity);
    }

    @Override
    public ExecResult run(String command, Duration deadline) throws ExecException {
        activity.expect(deadline);
        Optional<ExecResult> answer = Optional.empty();
        while (answer.isEmpty()) {
            if (isBesideSftp()) {
                answer = besideSftp(command, deadline);
            }
            if (answer.isEmpty()) {
                answer = overCamelSsh(command, deadline);
            }
        }
        run = true;
        return answer.get();
    }

    /** Also on a connection of one channel, if the server takes few connections: then the channel is used in turn. */
    private boolean isBesideSftp() {
        return !separate && (!oneChannel || places.isLimited());
    }

    /** Empty if the server takes no more connections than we have, or none yet: then there is another way, or another try. */
    private Optional<ExecResult> overCamelSsh(String command, Duration deadline) throws ExecException {
        CommandRunner ssh = new CamelSshExec(context, endpoint(), clients());
        int logins = clients.logins();
        AtomicBoolean open = new AtomicBoolean(true);
        try (Places.Turn turn = places.turn(activity)) {
            clients.onLogin(() -> turn.opened(target, open::get));
            return Optional.of(separate ? loggedIn(ssh, command, deadline) : ssh.run(command, deadline));
        } catch (ExecException | NoLoginException e) {
            open.set(false);
            boolean hung = e instanceof ExecException cut && cut.hung();
            if (hung || clients.logins() != logins || Thread.currentThread().isInterrupted() || !isFull(e)) {
                throw e;
            }
            refused = null;
            return Optional.empty();
        } catch (IOException e) {
            throw ExecException.notRun(command, e);
        } finally {
            open.set(false);
            places.changed();
        }
    }

    /**
     * Logs in once for many commands, for one thread that uses SFTP as well: the login is closed where its place is needed.
     *
     * @param stop called repeatedly while a command runs; an exception from it ends the command
     */
    public SingleLoginExec console(Runnable stop) throws IOException {
        while (true) {
            int logins = clients().logins();
            try (Places.Turn turn = places.turn(activity)) {
                SingleLoginExec console = SingleLoginExec.open(clients(), stop);
                turn.opened(target, console::isOpen);
                places.addIdle(console::closeIfOpen);
                return console;
            } catch (IOException e) {
                if (clients().logins() != logins || !isFull(e)) {
                    throw e;
                }
            }
        }
    }

    private boolean isFull(Exception failure) {
        if (clients.hasRefusedServer()) {
            return false;
        }
        SshException.Reason reason =
                clients.wasNotReached() ? SshException.Reason.NOT_SSH : SshException.Reason.LOGIN_REFUSED;
        SshException login = places.refused(target, new SshException(reason, failure.getMessage(), failure));
        if (login.reason() == SshException.Reason.NO_PLACE) {
            return true;
        }
        boolean again = login.mayPass() && places.patience().mayTryAgain();
        if (again) {
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        return again;
    }

    /**
     * Runs a command that takes long and needs little of the connection: beside others on one that may be in use, so that
     * none is kept from its work.
     */
    public ExecResult runBeside(String command, Duration deadline) throws ExecException {
        Optional<SftpSession> session = oneChannel ? Optional.empty() : sessions.shared();
        if (session.isPresent()) {
            activity.expect(deadline);
            Optional<ExecResult> answer = session.get().channels().run(command, deadline, false);
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
            Optional<ExecResult> answer = session.channels().run(command, deadline, true);
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
            clients = new StrictSshClientBuilder(target, target.way().isDirect() ? null : this::tunnel);
            SshConfiguration settings =
                    context.getEndpoint(endpoint(), SshEndpoint.class).getConfiguration();
            settings.setHost(target.host());
            settings.setUsername(target.user());
            settings.setCertResource(null);
            settings.setPassword(clients.passwordOrNone());
            settings.setClientBuilder(clients);
        }
        return clients;
    }
}
