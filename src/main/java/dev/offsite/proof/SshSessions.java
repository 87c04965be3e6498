package dev.offsite.proof;

import dev.offsite.job.Target;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.future.ConnectFuture;
import org.apache.sshd.client.future.DefaultConnectFuture;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;

/**
 * The connections over which commands run on one target. A command takes one that is logged in already, if there is one, and
 * leaves it to the next; each serves one command at a time. All belong to one client, which is started at the first need.
 */
final class SshSessions {

    /** For the connection, for the login and for the opening of a channel, each. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private final SshClients clients;
    private final Target target;
    private final Deque<SharedSession> idle = new ArrayDeque<>();
    private SshClient client;
    private int users;
    private int lent;
    private IOException failedAhead;
    private IOException refusal;
    private int cuts;

    SshSessions(SshClients clients, Target target) {
        this.clients = clients;
        this.target = target;
    }

    /**
     * An idle connection or a new one; who has it gives it back by {@link SharedSession#giveBack}.
     *
     * @throws IOException if there is none and the login fails, failed when it was made ahead, or was refused before
     */
    SharedSession take() throws IOException {
        synchronized (this) {
            if (failedAhead != null) {
                IOException failed = failedAhead;
                failedAhead = null;
                throw failed;
            }
            for (SharedSession session = idle.poll(); session != null; session = idle.poll()) {
                if (session.isUsable()) {
                    lent++;
                    return session.lend();
                }
                session.close();
            }
        }
        return logIn();
    }

    /** A new connection, as {@link #take()} gives it. */
    SharedSession logIn() throws IOException {
        SshClient started = started();
        try {
            return new SharedSession(this, clients.logIn(started, PATIENCE)).lend();
        } catch (IOException | RuntimeException e) {
            IOException failure = e instanceof IOException io ? io : new IOException(e);
            failed(failure);
            throw failure;
        }
    }

    private synchronized SshClient started() throws IOException {
        if (refusal != null) {
            throw refusal;
        }
        if (client == null) {
            client = clients.newClient();
            client.start();
        }
        lent++;
        return client;
    }

    private synchronized void failed(IOException failure) {
        lent--;
        // To try that again gets an address banned.
        if (failure instanceof SshException e
                && e.getDisconnectCode() == SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE) {
            refusal = failure;
        }
    }

    /** Keeps a connection for the next command, if it is usable. */
    synchronized boolean takesBack(SharedSession session) {
        lent--;
        boolean usable = session.isUsable();
        if (usable) {
            idle.push(session);
        }
        return usable;
    }

    /**
     * Logs in before the first command comes, unless there is a connection. If that fails, that command fails by it: no login
     * is tried twice.
     */
    void prepare() {
        synchronized (this) {
            if (lent > 0 || !idle.isEmpty() || failedAhead != null) {
                return;
            }
        }
        try {
            logIn().giveBack();
        } catch (IOException e) {
            synchronized (this) {
                failedAhead = e;
            }
        }
    }

    /** Whether there is a connection that no command uses now. */
    synchronized boolean isIdle() {
        return idle.stream().anyMatch(SharedSession::isUsable);
    }

    /** How often commands were cut so far: what was cut is not to be run again. */
    synchronized int cuts() {
        return cuts;
    }

    synchronized void cut() {
        cuts++;
    }

    /** Closes the idle connections; more may be opened later, also where a login was refused. */
    void closeIdle() {
        SshClient unused = null;
        synchronized (this) {
            failedAhead = null;
            refusal = null;
            idle.forEach(SharedSession::close);
            idle.clear();
            if (lent == 0) {
                unused = client;
                client = null;
            }
        }
        if (unused != null) {
            unused.stop();
        }
    }

    /** What camel-ssh takes for a client of its own: it has it connect, and gets a connection that is logged in. */
    SshClient asClient() {
        return new Facade();
    }

    private synchronized void used() {
        users++;
    }

    private void unused() {
        synchronized (this) {
            users--;
            if (users > 0) {
                return;
            }
        }
        closeIdle();
    }

    private final class Facade extends SshClient {
        @Override
        public void start() {
            used();
        }

        @Override
        public void stop() {
            unused();
        }

        @Override
        public ConnectFuture connect(
                String user, String host, int port, AttributeRepository context, SocketAddress local)
                throws IOException {
            ConnectFuture connected = new DefaultConnectFuture(target, null);
            connected.setSession(take().asSession());
            return connected;
        }
    }
}
