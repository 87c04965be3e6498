package dev.offsite.sftp.login;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import dev.offsite.job.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.component.file.GenericFileOperationFailedException;
import org.apache.camel.component.file.remote.RemoteFileConfiguration;
import org.apache.camel.component.file.remote.SftpConfiguration;
import org.apache.camel.component.file.remote.SftpOperations;
import org.apache.camel.util.ObjectHelper;
import org.apache.camel.util.function.ThrowingSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One login to a target; camel-ftp's producers log in with it, too. */
public final class SftpLogin extends SftpOperations {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private final Target target;
    private final Places places;
    private final SftpConfiguration settings;
    private final AtomicReference<Boolean> sharesHandles;
    /** Of camel-ftp's producer. */
    private Session producers;

    private final LoginLog log = new LoginLog();
    private final QuickAckSocketFactory sockets;

    public SftpLogin(TargetEndpoint endpoint) {
        setEndpoint(endpoint);
        target = endpoint.target();
        places = endpoint.places();
        sockets = new QuickAckSocketFactory(target.way());
        settings = endpoint.getConfiguration();
        sharesHandles = endpoint.sharesHandles();
    }

    /** What the certificate of a key has to do with a login that was refused: the end of a question, or empty. */
    public static String certificateHint(Path key) {
        Path certificate = TargetSessions.certificate(key);
        if (!Files.exists(certificate)) {
            return "";
        }
        return SessionAlgorithms.knowsCertificates()
                ? ", or is its certificate %s valid and its authority trusted there (TrustedUserCAKeys)?"
                        .formatted(certificate)
                : " Its certificate %s is not used: this application's JSch %s knows none, 2.28.4 does"
                        .formatted(certificate, JSch.VERSION);
    }

    public SftpConfiguration settings() {
        return settings;
    }

    /** A session that is not yet connected. */
    public Session session() throws SshException {
        try {
            Session made = TargetSessions.user(target, sockets);
            made.setLogger(log);
            return made;
        } catch (JSchException e) {
            throw SshException.of(e);
        }
    }

    /** Another session for the same server, without the login log. */
    public Session another() throws JSchException {
        QuickAckSocketFactory plain = new QuickAckSocketFactory(target.way());
        plain.loggedIn();
        return TargetSessions.user(target, plain);
    }

    /** What camel-ftp's producers connect with. */
    @Override
    protected Session createSession(RemoteFileConfiguration configuration) throws JSchException {
        producers = another();
        return producers;
    }

    /** camel-ftp's way to connect; its failure has a cause of {@link SshException} if the server takes no more. */
    @Override
    public boolean connect(RemoteFileConfiguration configuration, Exchange exchange) {
        if (isConnected()) {
            return true;
        }
        try {
            return places.patience().patiently(() -> logIn(configuration, exchange));
        } catch (SshException e) {
            throw new GenericFileOperationFailedException(e.getMessage(), e);
        }
    }

    private boolean logIn(RemoteFileConfiguration configuration, Exchange exchange) throws SshException {
        try (Places.Turn turn = places.turn(false)) {
            boolean connected = connected(configuration, exchange);
            turn.opened(target, producers::isConnected);
            return connected;
        }
    }

    private boolean connected(RemoteFileConfiguration configuration, Exchange exchange) throws SshException {
        try {
            return super.connect(configuration, exchange);
        } catch (NullPointerException e) {
            // camel-ftp trusts JSch to make a channel.
            disconnect();
            throw refused(SshException.of(new JSchException("session is down", e)));
        } catch (GenericFileOperationFailedException e) {
            JSchException jsch = ObjectHelper.getException(JSchException.class, e);
            disconnect();
            if (jsch == null) {
                throw e;
            }
            throw refused(SshException.of(jsch));
        }
    }

    @Override
    public void disconnect() {
        super.disconnect();
        places.changed();
    }

    /**
     * Waits for its turn; fails with {@link SshException} if the server takes no more connections ({@link
     * SshException.Reason#NO_PLACE}), or known_hosts does not trust it.
     *
     * @param needed whether an idle connection is closed for it
     */
    public void connect(Session session, boolean needed) throws SshException {
        try (Places.Turn turn = places.turn(needed)) {
            try {
                session.connect(settings.getConnectTimeout());
            } catch (HostKeyRefusal e) {
                throw SshException.of(e);
            } catch (JSchException e) {
                // Before the next one's turn: it would be refused as well.
                throw refused(SshException.of(e, session));
            }
            turn.opened(target, session::isConnected);
        }
    }

    public void disconnect(Session session) {
        session.disconnect();
        places.changed();
    }

    /** What to fail with after a login or a session failed that is closed now: see {@link Places#refused}. */
    public SshException refused(SshException failure) {
        return places.refused(target, failure);
    }

    /** Whether the server takes no more connections than are known. */
    public boolean isLimited() {
        return places.isLimited();
    }

    /** Whether the server mixes up what is open at the same time: asked over one connection, known to all. */
    public boolean sharesHandles(ThrowingSupplier<Boolean, IOException> question) throws IOException {
        if (sharesHandles.get() == null && sharesHandles.compareAndSet(null, question.get()) && sharesHandles.get()) {
            LOG.info("{} mixes up files that are open at the same time: it gets one at a time", target);
        }
        return sharesHandles.get();
    }

    /** All channels are open: quick acknowledgement is no longer needed. */
    public void done() {
        sockets.loggedIn();
    }

    /** The accepted method in SSH terms: {@code publickey}, {@code password}; empty if unknown. */
    public String method() {
        return log.method;
    }

    public Duration roundTrip() {
        return log.roundTrip;
    }

    /** Collects what JSch only logs: the login method and the time of a trivial request, about one round trip. */
    private static final class LoginLog extends NegotiationLog {
        private static final Pattern SUCCESS = Pattern.compile("Authentication succeeded \\(([a-z-]+)\\)\\.");
        private static final String ASKED = "SSH_MSG_SERVICE_REQUEST sent";
        private static final String ANSWERED = "SSH_MSG_SERVICE_ACCEPT received";

        private volatile String method = "";
        private volatile Duration roundTrip = Duration.ZERO;
        private long askedNanos;

        @Override
        public synchronized void log(int level, String message) {
            super.log(level, message);
            if (message.equals(ASKED)) {
                askedNanos = System.nanoTime();
            } else if (message.equals(ANSWERED)) {
                roundTrip = Duration.ofNanos(System.nanoTime() - askedNanos);
            } else {
                Matcher matcher = SUCCESS.matcher(message);
                if (matcher.matches()) {
                    method = matcher.group(1);
                }
            }
        }
    }
}
