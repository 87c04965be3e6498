package dev.offsite.sftp.login;

import com.jcraft.jsch.JSchException;
import dev.offsite.io.Text;
import dev.offsite.openssh.HostKeyVerdict;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Optional;

/** The target cannot be reached, is not trusted, refuses the login, or lost the connection. */
public final class SshException extends IOException {

    private static final long serialVersionUID = 1L;

    public enum Reason {
        /** known_hosts does not trust the server's key. */
        HOST_KEY,
        BAD_PASSPHRASE,
        LOGIN_REFUSED,
        /** The private key file cannot be parsed. */
        BAD_KEY,
        NAME_UNKNOWN,
        UNREACHABLE,
        TIMEOUT,
        /** Not an SSH server, or it closed the connection before saying anything. */
        NOT_SSH,
        /** The login succeeded, but there is no SFTP. */
        NO_SFTP,
        OTHER
    }

    private final Reason reason;
    private final transient HostKeyVerdict verdict;

    public SshException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.verdict = null;
    }

    private SshException(Reason reason, String message, HostKeyVerdict verdict, Exception original) {
        super(message, original.getCause());
        this.reason = reason;
        this.verdict = verdict;
        setStackTrace(original.getStackTrace());
    }

    public static SshException of(JSchException e) {
        return new SshException(reason(e), e.getMessage(), null, e);
    }

    public static SshException of(HostKeyRefusal e) {
        return new SshException(Reason.HOST_KEY, e.getMessage(), e.verdict(), e);
    }

    public static SshException noSftp(String user, JSchException e) {
        String message = "the server does not offer SFTP to user %s (%s); see Subsystem sftp in its sshd_config"
                .formatted(user, e.getMessage());
        return new SshException(Reason.NO_SFTP, message, null, e);
    }

    /** JSch gives no error codes, so its English messages are matched, here only. */
    private static Reason reason(JSchException e) {
        String said = String.valueOf(e.getMessage());
        if (said.contains("passphrase")) {
            return Reason.BAD_PASSPHRASE;
        }
        if (said.startsWith("Auth fail") || said.startsWith("Auth cancel") || said.startsWith("USERAUTH fail")) {
            return Reason.LOGIN_REFUSED;
        }
        if (said.contains("privatekey")) {
            return Reason.BAD_KEY;
        }
        Throwable root = Text.root(e);
        if (root instanceof UnknownHostException) {
            return Reason.NAME_UNKNOWN;
        }
        if (root instanceof ConnectException || root instanceof NoRouteToHostException) {
            return Reason.UNREACHABLE;
        }
        if (root instanceof SocketTimeoutException || said.contains("timeout") || said.contains("timed out")) {
            return Reason.TIMEOUT;
        }
        return said.contains("closed by foreign host") || said.contains("version string")
                ? Reason.NOT_SSH
                : Reason.OTHER;
    }

    public Reason reason() {
        return reason;
    }

    public boolean isHostKey() {
        return reason == Reason.HOST_KEY;
    }

    /** Whether one side does not trust the other, so that a retry would fail too. */
    public boolean isRefusal() {
        return isHostKey() || reason == Reason.LOGIN_REFUSED;
    }

    /** Why the server's key is not trusted; empty if it is, or was not seen. */
    public Optional<HostKeyVerdict> verdict() {
        return Optional.ofNullable(verdict);
    }
}
