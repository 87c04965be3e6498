package dev.offsite.proof;

/** How a copy was checked. */
public enum Proof {
    /** The server hashed it. */
    SHA256SUM;

    /** As it is written in logs. */
    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
