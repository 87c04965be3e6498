package dev.offsite.restore;

import dev.offsite.catalog.RestoreException;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.sftp.SshException;
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
        if (e instanceof SftpStatusException sftp && !lost(sftp)) {
            return new Failure(false, refusal(sftp));
        }
        if (e instanceof SftpStatusException) {
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
                problem.target() || e instanceof SshException || e instanceof TargetException, problem.message());
    }

    private static String refusal(SftpStatusException e) {
        return switch (e.code()) {
            case SftpStatusException.NO_SUCH_FILE -> "there is no such file on the server";
            case SftpStatusException.PERMISSION_DENIED -> "we may not read it on the server";
            default -> "the server cannot read it (it says: %s)".formatted(Text.line(String.valueOf(e.getMessage())));
        };
    }

    /** Whether the connection broke: another attempt may succeed. */
    public static boolean lost(SftpStatusException e) {
        Throwable root = e;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return e.code() == SftpStatusException.CONNECTION_LOST
                || e.code() == SftpStatusException.NO_CONNECTION
                || (root != e && root instanceof IOException);
    }
}
