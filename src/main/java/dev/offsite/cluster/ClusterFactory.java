package dev.offsite.cluster;

/** Opens a cluster of one kind. */
public interface ClusterFactory {

    /**
     * Joins the cluster. Fails with {@link ClusterException} if the settings are wrong, and with {@link
     * dev.offsite.io.StateException} if the database cannot be reached now.
     *
     * @param version of this program
     */
    Cluster open(ClusterSettings settings, String version);

    /** The same, for a migration: whatever mark of one is there. */
    MigratableCluster toMigrate(ClusterSettings settings, String version);
}
