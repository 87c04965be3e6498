package dev.offsite.migrate;

/** Why a migration does not begin, or did not succeed, in one line. */
public final class MigrationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What to do about it. */
    public enum Kind {
        /** It is the wrong place, or the wrong way. */
        REFUSED,
        /** Others have to stop first. */
        BUSY,
        /** The copy is not what it should be. */
        DIFFERENT
    }

    private final Kind kind;

    MigrationException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    static MigrationException refused(String message) {
        return new MigrationException(Kind.REFUSED, message);
    }

    public Kind kind() {
        return kind;
    }
}
