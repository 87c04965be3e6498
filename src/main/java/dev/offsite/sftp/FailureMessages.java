package dev.offsite.sftp;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchChangedHostKeyException;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.JSchHostKeyException;
import com.jcraft.jsch.KeyPair;
import com.jcraft.jsch.SftpException;
import dev.offsite.io.ExplainedException;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.job.Target;
import dev.offsite.prune.PruneException;
import dev.offsite.source.ChangedFileException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.camel.util.ObjectHelper;

/**
 * A failure in one line: what failed, and what to do.
 *
 * @param target whether the target cannot be reached or refuses us, rather than one file having failed
 * @param unexplained whether the server gave no reason: then its free space is worth a look
 * @param message without a stack trace, without a line break
 */
public record FailureMessages(boolean target, boolean unexplained, String message) {

    private FailureMessages(boolean target, String message) {
        this(target, false, message);
    }

    /** With less than this free, not even a folder or a list can be made. */
    private static final long LITTLE = 64 << 10;

    /** What a failure while shipping means. Never with a secret: only names, addresses and the server's words. */
    public static FailureMessages of(Throwable failure, Job job) {
        return of(failure, job.target(), "write below " + job.root());
    }

    /**
     * What a failure means.
     *
     * @param deed what the target was to let us do, as in "may not <deed>"
     */
    public static FailureMessages of(Throwable failure, Target target, String deed) {
        TargetException known = find(failure, TargetException.class);
        if (known != null) {
            return new FailureMessages(true, known.getMessage());
        }
        HostKeyException seen = find(failure, HostKeyException.class);
        if (seen != null) {
            return new FailureMessages(true, hostKey(seen.changed(), " " + seen.fingerprint(), target));
        }
        JSchHostKeyException unseen = find(failure, JSchHostKeyException.class);
        if (unseen != null) {
            return new FailureMessages(true, hostKey(unseen instanceof JSchChangedHostKeyException, "", target));
        }
        PruneException refused = find(failure, PruneException.class);
        if (refused != null) {
            return new FailureMessages(false, refused.getMessage());
        }
        ExplainedException unverified = find(failure, ExplainedException.class);
        if (unverified != null) {
            String cause =
                    unverified.getCause() == null ? "" : ": " + root(unverified).getMessage();
            return new FailureMessages(false, oneLine(unverified.getMessage() + cause));
        }
        SftpException sftp = find(failure, SftpException.class);
        if (sftp != null) {
            return sftp(sftp, target, deed);
        }
        NoSftpException noSftp = find(failure, NoSftpException.class);
        if (noSftp != null) {
            return new FailureMessages(true, oneLine(noSftp.getMessage()));
        }
        JSchException ssh = find(failure, JSchException.class);
        if (ssh != null) {
            return new FailureMessages(true, connection(ssh, target));
        }
        return new FailureMessages(false, local(root(failure)));
    }

    /** Whether one of the two sides does not trust the other: trying again changes nothing. */
    static boolean refused(JSchException failure) {
        return failure instanceof HostKeyException
                || failure instanceof JSchHostKeyException
                || refusesLogin(String.valueOf(failure.getMessage()));
    }

    /** Whether the connection broke while something was under way: another attempt may well succeed. */
    public static boolean lost(Throwable failure) {
        SftpException sftp = find(failure, SftpException.class);
        Throwable root = sftp == null ? null : root(sftp);
        return root != sftp
                && (root instanceof java.io.IOException || root instanceof JSchException)
                && !(root instanceof ChangedFileException);
    }

    /** The same failure, when that many bytes are free on the server for a file of that size. */
    public FailureMessages withFree(long free, long size, Job job) {
        return withFree(free, size, job.target(), job.root());
    }

    /** The same failure, when that many bytes are free on the target at that place for a file of that size. */
    public FailureMessages withFree(long free, long size, Target at, String place) {
        String space = "%s free on the server for %s".formatted(Text.size(free), place);
        return new FailureMessages(
                target,
                free < Math.max(size, LITTLE)
                        ? "the disk of %s is full: %s, the file has %s; make room there, or keep fewer folders"
                                .formatted(at, space, Text.size(size))
                        : message + " (" + space + ")");
    }

    private static <T extends Throwable> T find(Throwable failure, Class<T> type) {
        return ObjectHelper.getException(type, failure);
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root;
    }

    private static String hostKey(boolean changed, String seen, Target target) {
        String entry = target.port() == 22 ? target.host() : "[" + target.host() + "]:" + target.port();
        String scan = "ssh-keyscan -p %d %s".formatted(target.port(), target.host());
        return changed
                ? ("the host key of %s has CHANGED: it showed%s, %s has another for %s. If the server was set up anew, "
                                + "check the fingerprint there, remove the old line (ssh-keygen -R '%s' -f %s) and add "
                                + "the new one (%s); if not, somebody may be in between")
                        .formatted(target, seen, target.knownHosts(), entry, entry, target.knownHosts(), scan)
                : ("the host key of %s is unknown: it showed%s, %s has none for %s. Check the fingerprint on the server, "
                                + "then add the key: %s >> %s")
                        .formatted(target, seen, target.knownHosts(), entry, scan, target.knownHosts());
    }

    private static String connection(JSchException failure, Target target) {
        Throwable root = root(failure);
        String said = String.valueOf(failure.getMessage());
        if (said.contains("passphrase")) {
            return "the passphrase for the key %s is wrong (offsite.passphrase or offsite.passphrase-file)"
                    .formatted(target.key());
        }
        if (target.passphrase() == null && encrypted(target.key())) {
            return "the key %s has a passphrase and none is configured: set offsite.passphrase={{env:NAME}} or offsite.passphrase-file"
                    .formatted(target.key());
        }
        if (refusesLogin(said)) {
            return "%s refuses the login: is %s right, and is its public key in the server's authorized_keys for user %s?"
                    .formatted(
                            target, target.key() == null ? "the password" : "the key " + target.key(), target.user());
        }
        if (said.startsWith("invalid privatekey") || said.contains("privatekey")) {
            return "the key %s cannot be read as a private key: is its passphrase right?".formatted(target.key());
        }
        if (root instanceof UnknownHostException) {
            return "%s cannot be reached: the name %s is unknown here (DNS, or a misspelt offsite.host)"
                    .formatted(target, target.host());
        }
        if (root instanceof ConnectException || root instanceof NoRouteToHostException) {
            return "%s cannot be reached: %s (is the server up, the port right, the firewall open?)"
                    .formatted(target, root.getMessage());
        }
        if (root instanceof SocketTimeoutException || said.contains("timeout") || said.contains("timed out")) {
            return "%s does not answer in time".formatted(target);
        }
        if (said.contains("closed by foreign host") || said.contains("version string")) {
            return "%s is no SSH server, or closed the connection at once: is the port right, and is this address not banned there?"
                    .formatted(target);
        }
        return oneLine("the connection to %s failed: %s".formatted(target, root.getMessage()));
    }

    private static boolean refusesLogin(String said) {
        return said.startsWith("Auth fail") || said.startsWith("Auth cancel") || said.startsWith("USERAUTH fail");
    }

    private static boolean encrypted(Path key) {
        try {
            return key != null && KeyPair.load(new JSch(), key.toString()).isEncrypted();
        } catch (JSchException e) {
            return false;
        }
    }

    private static FailureMessages sftp(SftpException failure, Target target, String deed) {
        String said = oneLine(String.valueOf(failure.getMessage()));
        if (failure.id == ChannelSftp.SSH_FX_PERMISSION_DENIED) {
            return new FailureMessages(false, "%s may not %s: %s".formatted(target, deed, said));
        }
        if (lost(failure)) {
            return new FailureMessages(
                    false,
                    "the connection to %s was lost during the transfer; the next run tries again".formatted(target));
        }
        if (failure.id == ChannelSftp.SSH_FX_FAILURE) {
            return new FailureMessages(
                    false,
                    true,
                    "%s refuses without a reason: is its disk full, a quota reached, or the name too long for it?"
                            .formatted(target));
        }
        return new FailureMessages(false, "%s answers: %s".formatted(target, said));
    }

    private static String local(Throwable root) {
        String said = oneLine(String.valueOf(root.getMessage()));
        if (root instanceof NoSuchFileException) {
            return "it is gone: " + said;
        }
        if (root instanceof AccessDeniedException) {
            return "it may not be read here: " + said;
        }
        if (root instanceof java.io.IOException || root instanceof IllegalArgumentException) {
            return said;
        }
        return root.getClass().getSimpleName().toLowerCase(Locale.ROOT) + ": " + said;
    }

    private static String oneLine(String text) {
        return text == null ? "no reason given" : Text.line(text.strip());
    }
}
