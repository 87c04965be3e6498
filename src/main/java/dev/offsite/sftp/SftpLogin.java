package dev.offsite.sftp;

import com.jcraft.jsch.HostKey;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Logger;
import com.jcraft.jsch.Session;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.component.file.remote.SftpConfiguration;
import org.apache.camel.component.file.remote.SftpEndpoint;
import org.apache.camel.component.file.remote.SftpOperations;
import org.apache.camel.util.ObjectHelper;

/** Logs in exactly as camel-ftp does, with the settings of the same endpoint. */
final class SftpLogin extends SftpOperations {

    private final SftpConfiguration settings;
    private final LoginLog log = new LoginLog();
    private final QuickAckSocketFactory sockets;

    SftpLogin(SftpEndpoint endpoint) {
        setEndpoint(endpoint);
        settings = endpoint.getConfiguration();
        sockets = new QuickAckSocketFactory(settings.getConnectTimeout());
    }

    SftpConfiguration settings() {
        return settings;
    }

    /** A session that is not yet connected, set up as in {@link #connect}. */
    Session session() throws JSchException {
        Session made = another();
        made.setLogger(log);
        made.setSocketFactory(sockets);
        return made;
    }

    /** Another session for the same server, without the login log. */
    Session another() throws JSchException {
        Session made = createSession(settings);
        if (ObjectHelper.isNotEmpty(settings.getPrivateKeyFile()) && settings.getPassword() == null) {
            // The method is known: asking for the methods, and whether the key is accepted, costs a round trip each.
            made.setConfig("enable_auth_none", "no");
            made.setConfig("enable_pubkey_auth_query", "no");
        }
        return made;
    }

    void connect(Session session) throws JSchException {
        session.connect(settings.getConnectTimeout());
    }

    /** All channels are open: quick acknowledgement is no longer needed. */
    void done() {
        sockets.loggedIn();
    }

    /** The accepted method in SSH terms: {@code publickey}, {@code password}; empty if unknown. */
    String method() {
        return log.method;
    }

    Duration roundTrip() {
        return log.roundTrip;
    }

    /** Type and SHA-256 of the server's key, as {@code ssh-keygen -l} prints it. The session is null before it is made. */
    static String fingerprint(Session session) {
        HostKey seen = session == null ? null : session.getHostKey();
        return seen == null ? "unknown" : seen.getType() + " " + seen.getFingerPrint(new JSch());
    }

    /** Collects what JSch only logs: the login method and the time of a trivial request, about one round trip. */
    private static final class LoginLog implements Logger {
        private static final Pattern SUCCESS = Pattern.compile("Authentication succeeded \\(([a-z-]+)\\)\\.");
        private static final String ASKED = "SSH_MSG_SERVICE_REQUEST sent";
        private static final String ANSWERED = "SSH_MSG_SERVICE_ACCEPT received";

        private volatile String method = "";
        private volatile Duration roundTrip = Duration.ZERO;
        private long askedNanos;

        @Override
        public boolean isEnabled(int level) {
            return level == INFO;
        }

        @Override
        public void log(int level, String message) {
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
