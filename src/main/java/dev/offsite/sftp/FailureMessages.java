package dev.offsite.sftp;

import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.SftpException;
import dev.offsite.exec.LibraryWords;
import dev.offsite.io.ExplainedException;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.job.Target;
import dev.offsite.openssh.HostKeyVerdict;
import dev.offsite.sftp.SftpSession.Space;
import dev.offsite.sftp.login.HostKeyRefusal;
import dev.offsite.sftp.login.JumpException;
import dev.offsite.sftp.login.LoginFailure;
import dev.offsite.sftp.login.SshException;
import dev.offsite.source.ChangedFileException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A failure in one line: what failed, and what to do.
 *
 * @param target whether the whole target is unreachable or refuses us, not just one file
 * @param unexplained whether the server gave no reason, so that its free space should be checked
 * @param full whether its disk is full, as it reports
 * @param message one line, without a stack trace
 */
public record FailureMessages(boolean target, boolean unexplained, boolean full, String message) {

    private static final Logger LOG = LoggerFactory.getLogger(FailureMessages.class);

    private FailureMessages(boolean target, String message) {
        this(target, false, false, message);
    }

    /** With less free space than this, even a folder or a manifest cannot be written. */
    private static final long LITTLE = 64 << 10;

    private static final int FIRST_BEYOND_ASCII = 0x80;

    private static final Duration ASK_AGAIN = Duration.ofMillis(100);

    private static final String NO_SUCH_FILE = "there is no such file on the server";

    /** Explains a failure while shipping. Contains only names, addresses and the server's words, never a secret. */
    public static FailureMessages of(Throwable failure, Job job) {
        return of(failure, job.target(), "write below " + job.root());
    }

    /**
     * The message for a failure.
     *
     * @param deed what the target was asked to allow, as in {@code may not <deed>}
     */
    public static FailureMessages of(Throwable failure, Target target, String deed) {
        TargetException known = find(failure, TargetException.class);
        if (known != null) {
            return new FailureMessages(known.isWhole(), known.getMessage());
        }
        SshException ssh = ssh(failure);
        Optional<JumpException> jump = ssh == null ? Optional.empty() : ssh.jump();
        if (jump.isPresent()) {
            return new FailureMessages(
                    true,
                    "jump host on the way to %s: %s"
                            .formatted(
                                    target, of(jump.get().failure(), jump.get().hop(), deed).message));
        }
        Optional<HostKeyVerdict> untrusted = ssh == null ? Optional.empty() : ssh.verdict();
        if (untrusted.isPresent()) {
            String message = untrusted.get().message(target.toString(), target.host(), target.port());
            return new FailureMessages(true, message);
        }
        ExplainedException unverified = find(failure, ExplainedException.class);
        if (unverified != null) {
            String cause = unverified.getCause() == null ? "" : ": " + LibraryWords.of(Text.root(unverified));
            return new FailureMessages(false, oneLine(unverified.getMessage() + cause));
        }
        SftpStatusException status = status(failure);
        if (status != null) {
            return sftp(status, target, deed);
        }
        if (ssh != null) {
            return new FailureMessages(true, LoginFailure.message(ssh, target));
        }
        return new FailureMessages(false, local(Text.root(failure)));
    }

    /** Explains a failure while listing or restoring. */
    public static FailureMessages ofReading(Exception failure, Job job) {
        String message = null;
        if (failure instanceof SftpStatusException status) {
            message = lost(status)
                    ? "the connection to %s was lost; run it again, it goes on from here"
                            .formatted(job.target().withJumps())
                    : unreadable(status);
        } else if (failure instanceof NoSuchFileException) {
            message = NO_SUCH_FILE;
        } else if (failure instanceof AccessDeniedException denied) {
            message = "%s may not be written here".formatted(Text.line(denied.getFile()));
        } else if (failure instanceof FileSystemException local) {
            String reason = local.getReason() == null ? "cannot be written" : local.getReason();
            message = "%s: %s".formatted(Text.line(String.valueOf(local.getFile())), reason);
        } else if (failure instanceof InvalidPathException) {
            message = "this machine can have no file of that name (in %s)"
                    .formatted(System.getProperty("sun.jnu.encoding"));
        }
        return message == null ? of(failure, job) : new FailureMessages(false, message);
    }

    private static String unreadable(SftpStatusException failure) {
        return switch (failure.code()) {
            case SftpStatusException.NO_SUCH_FILE -> NO_SUCH_FILE;
            case SftpStatusException.PERMISSION_DENIED -> "we may not read it on the server";
            case SftpStatusException.TOO_MUCH, SftpStatusException.LEFT_ALONE, SftpStatusException.EOF ->
                failure.getMessage();
            default -> "the server cannot read it (it says: %s)".formatted(oneLine(failure.getMessage()));
        };
    }

    /** Whether the connection broke during a transfer, so that another attempt may succeed. */
    public static boolean lost(Throwable failure) {
        SftpStatusException status = status(failure);
        if (status == null) {
            return false;
        }
        Throwable root = Text.root(status);
        boolean broken = root != status && root instanceof IOException && !(root instanceof ChangedFileException);
        return broken
                || status.code() == SftpStatusException.CONNECTION_LOST
                || status.code() == SftpStatusException.NO_CONNECTION;
    }

    /** Whether the connection broke or could not be made, or the work was ended: what was transferred may be of use later. */
    public static boolean cut(Throwable failure) {
        return lost(failure) || ssh(failure) != null || find(failure, InterruptedIOException.class) != null;
    }

    /** Finds a failed request in the chain, including JSch's own exception, which camel-ftp throws. */
    private static SftpStatusException status(Throwable failure) {
        SftpStatusException known = find(failure, SftpStatusException.class);
        SftpException jsch = known == null ? find(failure, SftpException.class) : null;
        return jsch == null ? known : SftpStatusException.of(jsch);
    }

    private static SshException ssh(Throwable failure) {
        SshException known = find(failure, SshException.class);
        HostKeyRefusal refusal = known == null ? find(failure, HostKeyRefusal.class) : null;
        if (refusal != null) {
            return SshException.of(refusal);
        }
        JSchException jsch = known == null ? find(failure, JSchException.class) : null;
        return jsch == null ? known : SshException.of(jsch);
    }

    /** Explains why a file of this size, or 0, was not shipped: also by the free space on the server, and how to make room. */
    public static FailureMessages ofShip(
            Throwable failure, Job job, TargetConnection connection, long size, Duration patience) {
        String cure = "offsite prune --make-room " + job.name();
        return of(failure, job).withFree(connection, job.root(), size, cure, patience);
    }

    /**
     * Adds the free space at this place, if the server gave no reason why a file of this size cannot be written.
     *
     * @param cure the command that makes room, or empty
     * @param patience how long the server may take to free what it could not keep, before its disk counts as full
     */
    public FailureMessages withFree(
            TargetConnection connection, String place, long size, String cure, Duration patience) {
        if (!unexplained) {
            return this;
        }
        try {
            return connection
                    .sessions()
                    .call(remote -> free(remote, place, Math.max(size, LITTLE), patience))
                    .map(free -> withFree(free, size, connection.target(), place, cure))
                    .orElse(this);
        } catch (IOException | RuntimeException e) {
            LOG.debug("no free space known on {}", connection.target(), e);
            return this;
        }
    }

    /** Asks again while it looks full: the file that failed may be open there still, and takes its space until then. */
    private static Optional<Space> free(SftpSession remote, String place, long needed, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        Optional<Space> free = remote.space(place);
        while (free.isPresent() && free.get().bytes() < Math.min(needed, LITTLE) && System.nanoTime() < end) {
            LockSupport.parkNanos(ASK_AGAIN.toNanos());
            free = remote.space(place);
        }
        return free;
    }

    private FailureMessages withFree(Space free, long size, Target at, String place, String cure) {
        String space = "%s free on the server for %s".formatted(Text.size(free.bytes()), place);
        String room = cure.isEmpty() ? "make room there" : "make room there (%s)".formatted(cure);
        boolean full = true;
        String text;
        if (free.bytes() < Math.max(size, LITTLE)) {
            String file = size > 0 ? ", the file has " + Text.size(size) : "";
            text = "the disk of %s is full: %s%s; %s, or keep fewer folders".formatted(at, space, file, room);
        } else if (free.files() == 0) {
            text = "the disk of %s can take no more files (no free inodes for %s); %s, or keep fewer folders"
                    .formatted(at, place, room);
        } else {
            full = false;
            text = message + " (" + space + ")";
        }
        return new FailureMessages(target, unexplained, full, text);
    }

    /** Adds a possible reason that lies in the name of the file, if the server gave none. */
    public FailureMessages ofName(String name) {
        boolean ascii = name.chars().allMatch(c -> c < FIRST_BEYOND_ASCII);
        return !unexplained || full || ascii
                ? this
                : new FailureMessages(
                        target,
                        true,
                        false,
                        message.replaceFirst("[?]$", ", ")
                                + "or does it take no letters beyond ASCII, as this name has?");
    }

    private static <T extends Throwable> T find(Throwable failure, Class<T> type) {
        return ObjectHelper.getException(type, failure);
    }

    private static FailureMessages sftp(SftpStatusException failure, Target target, String deed) {
        String said = oneLine(String.valueOf(failure.getMessage()));
        if (failure.code() == SftpStatusException.PERMISSION_DENIED) {
            return new FailureMessages(false, "%s may not %s: %s".formatted(target, deed, said));
        }
        if (failure.code() == SftpStatusException.TOO_MUCH || failure.code() == SftpStatusException.LEFT_ALONE) {
            return new FailureMessages(false, said);
        }
        SshException ssh = find(failure, SshException.class);
        if (ssh != null && ssh.reason() == SshException.Reason.ENDED) {
            return new FailureMessages(false, LoginFailure.message(ssh, target) + " The next run tries again");
        }
        if (lost(failure)) {
            return new FailureMessages(
                    false,
                    "the connection to %s was lost during the transfer; the next run tries again"
                            .formatted(target.withJumps()));
        }
        if (failure.code() == SftpStatusException.FAILURE) {
            return new FailureMessages(
                    false,
                    true,
                    false,
                    "%s refuses without a reason: is its disk full, a quota reached, or the name too long for it?"
                            .formatted(target));
        }
        return new FailureMessages(false, "%s answers: %s, when asked to %s".formatted(target, said, deed));
    }

    private static String local(Throwable root) {
        String said = oneLine(String.valueOf(root.getMessage()));
        if (root instanceof NoSuchFileException) {
            return "it is gone: " + said;
        }
        if (root instanceof AccessDeniedException) {
            return "it may not be read here: " + said;
        }
        if (root instanceof FileSystemException) {
            return Text.reason(root);
        }
        if (root instanceof IOException || root instanceof IllegalArgumentException) {
            return said;
        }
        return root.getClass().getSimpleName().toLowerCase(Locale.ROOT) + ": " + said;
    }

    private static String oneLine(String text) {
        return text == null ? "no reason given" : Text.line(text.strip());
    }
}
