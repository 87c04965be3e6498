package dev.offsite.cluster;

import java.util.Optional;

/** Finds the cluster that is configured. */
public final class Clusters {

    /** By name: its libraries are there only for those who have a cluster. */
    private static final String POSTGRES = "dev.offsite.cluster.postgres.PostgresClusterFactory";

    /** Of the one library that is not loaded at once. */
    private static final String BUCKETS = "io.github.bucket4j.postgresql.Bucket4jPostgreSQL";

    private Clusters() {}

    /**
     * Joins the cluster; empty for a single machine. Fails as {@link ClusterFactory#open} does.
     *
     * @param version of this program
     * @param loader has the libraries of the database
     */
    public static Optional<Cluster> open(ClusterSettings settings, String version, ClassLoader loader) {
        return settings.url().map(url -> factory(loader).open(settings, version));
    }

    /** The same, for a migration. */
    public static MigratableCluster toMigrate(ClusterSettings settings, String version, ClassLoader loader) {
        return factory(loader).toMigrate(settings, version);
    }

    private static ClusterFactory factory(ClassLoader loader) {
        try {
            Class.forName(BUCKETS, false, loader);
            return Class.forName(POSTGRES, true, loader)
                    .asSubclass(ClusterFactory.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new ClusterException(
                    "offsite.cluster: the libraries of the database are missing (%s); an application needs"
                                    .formatted(e.getMessage())
                            + " org.postgresql:postgresql, com.zaxxer:HikariCP, org.flywaydb:flyway-database-postgresql"
                            + " and com.bucket4j:bucket4j_jdk17-postgresql",
                    e);
        }
    }
}
