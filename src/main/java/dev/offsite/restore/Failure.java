package dev.offsite.restore;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.SftpException;
import dev.offsite.catalog.RestoreException;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.TargetException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;

/**
 * Why something did not come back.
 *
 * @param target whether the target cannot be reached or refuses us, so that no other file will fare better
 * @param message in one line
 */
public record Failure(boolean target, String message) {

    /** What that exception means to somebody who restores. */
    public static Failure of(Exception e, Job job) {
        if (e instanceof RestoreException known) {
            return new Failure(false, known.getMessage());
        }
        if (e instanceof SftpException sftp && !lost(sftp)) {
            return new Failure(false, refusal(sftp));
        }
        if (e instanceof SftpException) {
            return new Failure(
                    false, "the connection to %s was lost; run it again, it goes on from here".formatted(job.target()));
        }
        if (e instanceof NoSuchFileException) {
            return new Failure(false, "there is no such file on the server");
        }
        if (e instanceof AccessDeniedException denied) {
            return new Failure(false, "%s may not be written here".formatted(Text.line(denied.getFile())));
        }
        if (e instanceof FileSystemException local) {
            String reason = local.getReason() == null ? "cannot be written" : local.getReason();
            return new Failure(false, "%s: %s".formatted(Text.line(String.valueOf(local.getFile())), reason));
        }
        if (e instanceof InvalidPathException) {
            return new Failure(
                    false,
                    "this machine can have no file of that name (in %s)"
                            .formatted(System.getProperty("sun.jnu.encoding")));
        }
        FailureMessages problem = FailureMessages.of(e, job);
        return new Failure(
                problem.target() || e instanceof JSchException || e instanceof TargetException, problem.message());
    }

    private static String refusal(SftpException e) {
        return switch (e.id) {
            case ChannelSftp.SSH_FX_NO_SUCH_FILE -> "there is no such file on the server";
            case ChannelSftp.SSH_FX_PERMISSION_DENIED -> "we may not read it on the server";
            default -> "the server cannot read it (it says: %s)".formatted(Text.line(String.valueOf(e.getMessage())));
        };
    }

    /** Whether the connection broke: another attempt may succeed. */
    public static boolean lost(SftpException e) {
        Throwable root = e;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return e.id == ChannelSftp.SSH_FX_CONNECTION_LOST
                || e.id == ChannelSftp.SSH_FX_NO_CONNECTION
                || (root != e && root instanceof IOException)
                || root instanceof JSchException;
    }
}
