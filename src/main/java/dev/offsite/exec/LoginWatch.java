package dev.offsite.exec;

import dev.offsite.openssh.AlgorithmMismatch;
import java.net.SocketAddress;
import java.security.PublicKey;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.client.keyverifier.ServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;

/**
 * The connections of one builder's clients, and how far their logins got, because camel-ssh does not say why one failed.
 */
final class LoginWatch implements ServerKeyVerifier, SessionListener {

    private final ServerKeyVerifier known;
    private final AtomicInteger logins = new AtomicInteger();
    private volatile boolean reached;
    private volatile Runnable loggedIn = () -> {};
    private volatile AlgorithmMismatch mismatch;
    private final Set<Session> open = ConcurrentHashMap.newKeySet();

    LoginWatch(ServerKeyVerifier known) {
        this.known = known;
    }

    @Override
    public boolean verifyServerKey(ClientSession session, SocketAddress address, PublicKey key) {
        reached = true;
        return known.verifyServerKey(session, address, key);
    }

    /** Called in the thread of the connection when the next one has logged in. */
    void onLogin(Runnable action) {
        loggedIn = action;
    }

    @Override
    public void sessionCreated(Session session) {
        reached = false;
        open.add(session);
    }

    @Override
    public void sessionClosed(Session session) {
        open.remove(session);
    }

    @Override
    public void sessionNegotiationEnd(
            Session session,
            Map<KexProposalOption, String> ours,
            Map<KexProposalOption, String> theirs,
            Map<KexProposalOption, String> agreed,
            Throwable failure) {
        mismatch = failure == null ? null : MinaAlgorithms.mismatch(ours, theirs);
    }

    @Override
    public void sessionEvent(Session session, Event event) {
        if (event == Event.Authenticated) {
            logins.incrementAndGet();
            loggedIn.run();
        }
    }

    /** Closes all connections, which ends their commands. */
    void closeAll() {
        open.forEach(session -> session.close(true));
    }

    int logins() {
        return logins.get();
    }

    /** Whether the server showed a key to the last connection. */
    boolean reached() {
        return reached;
    }

    /** What the two sides offer, if the last connection failed for that; else null. */
    AlgorithmMismatch mismatch() {
        return mismatch;
    }
}
