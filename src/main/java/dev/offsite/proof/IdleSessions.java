package dev.offsite.proof;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.sshd.client.future.AuthFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.util.buffer.Buffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sessions of one target that are logged in and run no command now. */
final class IdleSessions {

    private static final Logger LOG = LoggerFactory.getLogger(IdleSessions.class);
    /** A server that takes longer to answer is not waited for: another session is opened. */
    private static final Duration ALIVE_WITHIN = Duration.ofSeconds(5);

    private static final String KEEP_ALIVE = "keepalive@openssh.com";

    private final Deque<ClientSession> idle = new ArrayDeque<>();
    private Throwable refusal;

    /** One whose other end answers, or null. */
    ClientSession take() {
        for (ClientSession session = poll(); session != null; session = poll()) {
            if (isAlive(session)) {
                return session;
            }
            session.close(true);
        }
        return null;
    }

    private synchronized ClientSession poll() {
        return idle.poll();
    }

    /** A server that lets us run one command only has ended the connection by now, and one that is gone says nothing. */
    private static boolean isAlive(ClientSession session) {
        if (!session.isOpen()) {
            return false;
        }
        try {
            Buffer request = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
            request.putString(KEEP_ALIVE);
            request.putBoolean(true);
            session.request(KEEP_ALIVE, request, ALIVE_WITHIN);
            return true;
        } catch (IOException | RuntimeException e) {
            LOG.debug("{} is no longer of use", session, e);
            return false;
        }
    }

    /** It has done its work. */
    void give(ClientSession session) {
        if (session.isOpen() && session.isAuthenticated()) {
            synchronized (this) {
                idle.push(session);
            }
        } else {
            session.close(true);
        }
    }

    /** How a login ended. */
    synchronized void loggedIn(AuthFuture login) {
        boolean refused = login.getException() instanceof SshException e
                && e.getDisconnectCode() == SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE;
        refusal = refused ? login.getException() : null;
    }

    /**
     * Whoever was refused is not to try again: that gets an address banned.
     *
     * @throws SshException if a login was refused since the last {@link #close}
     */
    synchronized void checkNotRefused() throws SshException {
        if (refusal != null) {
            throw new SshException(refusal.getMessage(), refusal);
        }
    }

    /** Closes them; more may be opened later. */
    synchronized void close() {
        idle.forEach(session -> session.close(true));
        idle.clear();
        refusal = null;
    }
}
