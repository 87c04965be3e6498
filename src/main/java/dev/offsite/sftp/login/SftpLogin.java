package dev.offsite.sftp.login;

import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import dev.offsite.job.Target;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.component.file.remote.RemoteFileConfiguration;
import org.apache.camel.component.file.remote.SftpConfiguration;
import org.apache.camel.component.file.remote.SftpOperations;

/** One login to a target; camel-ftp's producers log in with it, too. */
public final class SftpLogin extends SftpOperations {

    private final Target target;
    private final SftpConfiguration settings;
    private final LoginLog log = new LoginLog();
    private final QuickAckSocketFactory sockets = new QuickAckSocketFactory(TargetEndpoint.CONNECT_TIMEOUT_MILLIS);

    public SftpLogin(TargetEndpoint endpoint) {
        setEndpoint(endpoint);
        target = endpoint.target();
        settings = endpoint.getConfiguration();
    }

    public SftpConfiguration settings() {
        return settings;
    }

    /** A session that is not yet connected. */
    public Session session() throws JSchException {
        Session made = TargetSessions.user(target, sockets);
        made.setLogger(log);
        return made;
    }

    /** Another session for the same server, without the login log. */
    public Session another() throws JSchException {
        QuickAckSocketFactory plain = new QuickAckSocketFactory(TargetEndpoint.CONNECT_TIMEOUT_MILLIS);
        plain.loggedIn();
        return TargetSessions.user(target, plain);
    }

    /** What camel-ftp's producers connect with. */
    @Override
    protected Session createSession(RemoteFileConfiguration configuration) throws JSchException {
        return another();
    }

    /** Fails with {@link SshException} if known_hosts does not trust the server */
    public void connect(Session session) throws JSchException, SshException {
        try {
            session.connect(settings.getConnectTimeout());
        } catch (HostKeyRefusal e) {
            throw SshException.of(e);
        }
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
        public void log(int level, String message) {
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
