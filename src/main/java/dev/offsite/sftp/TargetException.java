package dev.offsite.sftp;

/** The target as a whole is unusable now, or one folder on it: trying the next file there is pointless. */
public final class TargetException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean whole;

    public TargetException(String message, Throwable cause) {
        this(message, cause, true);
    }

    /**
     * Also for one folder.
     *
     * @param whole whether the target cannot be reached or refuses us; false if one folder cannot be used
     */
    public TargetException(String message, Throwable cause, boolean whole) {
        super(message, cause);
        this.whole = whole;
    }

    boolean isWhole() {
        return whole;
    }
}
