package dev.offsite.sftp.login;

import com.jcraft.jsch.JSchAlgoNegoFailException;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import dev.offsite.io.Text;
import dev.offsite.openssh.AlgorithmMismatch;
import dev.offsite.openssh.HostKeyVerdict;
import dev.offsite.openssh.agent.AgentException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import org.apache.camel.util.ObjectHelper;

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
        /** The login succeeded, and the server ended the session before SFTP began. */
        ENDED,
        /** The server takes no more connections than those that we have. */
        NO_PLACE,
        /** The agent is not there, or has not the key. */
        NO_AGENT,
        /** A jump host does not connect to the next server. */
        NO_WAY_ON,
        /** The two sides have no algorithms in common. */
        NO_COMMON_ALGORITHM,
        OTHER
    }

    /** JSch's words for a server that closes the connection before the login is through. */
    private static final List<String> CLOSED = List.of(
            "closed by foreign host",
            "version string",
            "Connection reset",
            "Broken pipe",
            "End of IO Stream",
            "session is down");

    private final Reason reason;
    private final transient HostKeyVerdict verdict;
    private final transient AlgorithmMismatch mismatch;
    private transient JumpException jump;

    public SshException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.verdict = null;
        this.mismatch = null;
    }

    private SshException(
            Reason reason, String message, HostKeyVerdict verdict, AlgorithmMismatch mismatch, Exception original) {
        super(message, original.getCause());
        this.reason = reason;
        this.verdict = verdict;
        this.mismatch = mismatch;
        setStackTrace(original.getStackTrace());
    }

    public static SshException of(JSchException e) {
        return of(e, null);
    }

    public static SshException of(HostKeyRefusal e) {
        return new SshException(Reason.HOST_KEY, e.getMessage(), e.verdict(), null, e);
    }

    /** {@code session}: where it happened, or null if that was before there was one. */
    public static SshException of(JSchException e, Session session) {
        JumpException jump = ObjectHelper.getException(JumpException.class, e);
        if (jump != null) {
            SshException failure = new SshException(jump.failure().reason, jump.getMessage(), jump);
            failure.jump = jump;
            return failure;
        }
        JSchAlgoNegoFailException nothing = ObjectHelper.getException(JSchAlgoNegoFailException.class, e);
        NegotiationLog log =
                session != null && session.getLogger() instanceof NegotiationLog negotiation ? negotiation : null;
        AlgorithmMismatch mismatch = nothing == null ? null : SessionAlgorithms.mismatch(nothing, log);
        return new SshException(reason(e), e.getMessage(), null, mismatch, e);
    }

    /** Explains why a session that has logged in has no SFTP. */
    public static SshException noSftp(String user, Exception e) {
        String said = said(e);
        if (said.contains("too long") || said.contains("not an SFTP packet") || said.contains("answer with SFTP")) {
            return new SshException(
                    Reason.NO_SFTP,
                    ("the server sends user %s a text before SFTP begins: the login shell must print nothing where nobody types"
                                    + " (look into .bashrc and .profile there)")
                            .formatted(user),
                    // Else it would look like a refused request.
                    null);
        }
        if (said.contains("send channel request")) {
            return new SshException(
                    Reason.NO_SFTP,
                    "the server does not offer SFTP to user %s (it refuses the subsystem); see Subsystem sftp in its sshd_config"
                            .formatted(user),
                    e);
        }
        if (said.contains("timeout") || said.contains("did not answer")) {
            return new SshException(
                    Reason.TIMEOUT, "the server let user %s log in, and SFTP did not begin in time".formatted(user), e);
        }
        return new SshException(
                Reason.ENDED,
                ("the server let user %s log in, and ended the session before SFTP began: does it allow fewer sessions at a time"
                                + " than are open now, or has this user no right to use SFTP?")
                        .formatted(user),
                e);
    }

    private static String said(Throwable e) {
        String own = String.valueOf(e.getMessage());
        return e.getCause() == null || e.getCause() == e ? own : own + " " + said(e.getCause());
    }

    /** JSch gives no error codes, so its English messages are matched, here only. */
    private static Reason reason(JSchException e) {
        if (ObjectHelper.getException(AgentException.class, e) != null) {
            return Reason.NO_AGENT;
        }
        if (ObjectHelper.getException(JSchAlgoNegoFailException.class, e) != null) {
            return Reason.NO_COMMON_ALGORITHM;
        }
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
        return CLOSED.stream().anyMatch(said::contains) ? Reason.NOT_SSH : Reason.OTHER;
    }

    public Reason reason() {
        return reason;
    }

    public boolean isHostKey() {
        return reason == Reason.HOST_KEY;
    }

    /** Whether a retry would fail too: one side does not trust the other, or they have no algorithms in common. */
    public boolean isRefusal() {
        return isHostKey() || reason == Reason.LOGIN_REFUSED || reason == Reason.NO_COMMON_ALGORITHM;
    }

    /** Whether the server may have refused only because it takes no more connections. */
    boolean mayBeForLackOfPlaces() {
        return switch (reason) {
            case LOGIN_REFUSED, UNREACHABLE, TIMEOUT, NOT_SSH, NO_SFTP, ENDED, OTHER -> true;
            default -> false;
        };
    }

    /** Whether the server may take the connection a moment later, as it does when it has noticed that another was closed. */
    public boolean mayPass() {
        return reason == Reason.UNREACHABLE || reason == Reason.NOT_SSH || reason == Reason.ENDED;
    }

    /** The jump host that it is about, if it is not about the server itself. */
    public Optional<JumpException> jump() {
        return Optional.ofNullable(jump);
    }

    /** What the two sides offer, if nothing is in common. */
    public Optional<AlgorithmMismatch> mismatch() {
        return Optional.ofNullable(mismatch);
    }

    /** Why the server's key is not trusted; empty if it is, or was not seen. */
    public Optional<HostKeyVerdict> verdict() {
        return Optional.ofNullable(verdict);
    }
}
