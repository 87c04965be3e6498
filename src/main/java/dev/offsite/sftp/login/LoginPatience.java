package dev.offsite.sftp.login;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.util.function.ThrowingSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How often a login to one server is repeated that was refused for no reason. */
public final class LoginPatience {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private static final List<Duration> PAUSES =
            List.of(Duration.ofMillis(200), Duration.ofSeconds(1), Duration.ofSeconds(3));

    /** For a server that is busy, and slow to notice that a session has ended (MySecureShell). */
    private static final Duration LAST_PAUSE = Duration.ofSeconds(6);

    private final String server;

    /** How often a login may still be repeated until one succeeds. */
    private int again;

    LoginPatience(String server) {
        this.server = server;
    }

    synchronized void worked() {
        again = PAUSES.size();
    }

    /** A server that has let us in may need a moment to notice that another connection was closed, ours or somebody else's. */
    public <T> T patiently(ThrowingSupplier<T, SshException> login) throws SshException {
        for (Duration pause : PAUSES) {
            try {
                return login.get();
            } catch (SshException e) {
                // One that let us in may not have noticed yet that the last connection of another run was closed.
                boolean letIn = e.reason() == SshException.Reason.ENDED;
                if (!e.mayPass() || !(mayTryAgain() || letIn)) {
                    throw e;
                }
                LOG.debug("{} takes no connection now", server, e);
                LockSupport.parkNanos(pause.toNanos());
            }
        }
        try {
            return login.get();
        } catch (SshException e) {
            if (e.reason() != SshException.Reason.ENDED) {
                throw e;
            }
            LockSupport.parkNanos(LAST_PAUSE.toNanos());
            return login.get();
        }
    }

    /** Whether a login that was refused for no reason may be repeated: something has logged in, and it was not repeated often. */
    public synchronized boolean mayTryAgain() {
        boolean may = again > 0;
        again--;
        return may;
    }
}
