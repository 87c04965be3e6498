package dev.offsite.sftp;

import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.SftpException;
import dev.offsite.exec.LibraryWords;
import dev.offsite.io.Text;
import dev.offsite.sftp.login.SshException;
import java.io.IOException;
import java.util.Set;

/** A failed SFTP request: the server refused it, or the connection broke first. The message has the server's words. */
public final class SftpStatusException extends IOException {

    private static final long serialVersionUID = 1L;

    // Numbers from draft-ietf-secsh-filexfer-02.
    public static final int OK = 0;
    public static final int EOF = 1;
    public static final int NO_SUCH_FILE = 2;
    public static final int PERMISSION_DENIED = 3;
    public static final int FAILURE = 4;
    public static final int NO_CONNECTION = 6;
    public static final int CONNECTION_LOST = 7;
    public static final int OP_UNSUPPORTED = 8;
    /** From a later draft. */
    public static final int FILE_ALREADY_EXISTS = 11;

    /** Not in the draft: the server sends more than we take. */
    public static final int TOO_MUCH = 1000;

    /** Not in the draft: what is there is left alone, since it may lead elsewhere. */
    public static final int LEFT_ALONE = 1001;

    /** A server may say anything, and a run keeps the reason for each file. */
    private static final int LONGEST = 1000;

    /** JSch's own words that come without a cause. */
    private static final Set<String> NOT_THE_SERVER = Set.of("inputstream is closed", "channel is down");

    private final int code;

    public SftpStatusException(int code, String message) {
        this(code, message, null);
    }

    public SftpStatusException(int code, String message, Throwable cause) {
        super(message == null || message.length() <= LONGEST ? message : message.substring(0, LONGEST), cause);
        this.code = code;
    }

    /** {@code message}: a line for the user */
    public static SftpStatusException tooMuch(String message) {
        return new SftpStatusException(TOO_MUCH, Text.line(message));
    }

    /** {@code message}: a line for the user */
    public static SftpStatusException leftAlone(String message) {
        return new SftpStatusException(LEFT_ALONE, Text.line(message));
    }

    /** The connection is lost, or of no use any more, for this reason. */
    public static SftpStatusException lost(Exception cause) {
        return cause instanceof SftpStatusException known
                ? known
                : new SftpStatusException(CONNECTION_LOST, cause.toString(), cause);
    }

    static SftpStatusException of(SftpException e) {
        Throwable cause = e.getCause() instanceof JSchException ssh ? SshException.of(ssh) : e.getCause();
        // With a cause, it is not the server that speaks.
        boolean library = e.getCause() != null || NOT_THE_SERVER.contains(String.valueOf(e.getMessage()));
        String said = library ? LibraryWords.of(Text.root(e)) : e.getMessage();
        SftpStatusException translated = new SftpStatusException(e.id, said, cause);
        translated.setStackTrace(e.getStackTrace());
        return translated;
    }

    public int code() {
        return code;
    }

    /** Whether the server answered, so that only this request failed and the connection is fine. */
    public boolean answered() {
        return code > EOF && getCause() == null;
    }
}
