package dev.offsite.sftp;

/** The target as a whole cannot be used now, so that it is no use to try the next file. */
public final class TargetException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public TargetException(String message, Throwable cause) {
        super(message, cause);
    }
}
