package dev.offsite.sftp;

/** The target as a whole is unusable now: trying the next file is pointless. */
public final class TargetException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public TargetException(String message, Throwable cause) {
        super(message, cause);
    }
}
