package dev.offsite.sftp;

/** The target, or the job's root, as a whole is unusable now: trying the next file is pointless. */
public final class TargetException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean target;

    public TargetException(String message, Throwable cause) {
        this(message, cause, true);
    }

    /** {@code target}: whether the target is at fault, and not something in the root */
    public TargetException(String message, Throwable cause, boolean target) {
        super(message, cause);
        this.target = target;
    }

    public boolean isTargetAtFault() {
        return target;
    }
}
