package dev.offsite.sftp;

/** The target as a whole is unusable now, or the job's root or a folder there: trying the next file is pointless. */
public final class TargetException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean whole;

    public TargetException(String message, Throwable cause) {
        this(message, cause, true);
    }

    /**
     * Also for the root or one folder.
     *
     * @param whole whether the target cannot be reached or refuses us; false if only the root or a folder cannot be used
     */
    public TargetException(String message, Throwable cause, boolean whole) {
        super(message, cause);
        this.whole = whole;
    }

    public boolean isWhole() {
        return whole;
    }
}
