package dev.offsite.cluster.postgres;

import dev.offsite.cluster.Cluster;
import dev.offsite.cluster.ClusterFactory;
import dev.offsite.cluster.ClusterSettings;
import dev.offsite.cluster.MigratableCluster;

/** Made by its name, by {@link dev.offsite.cluster.Clusters}. */
public final class PostgresClusterFactory implements ClusterFactory {

    @Override
    public Cluster open(ClusterSettings settings, String version) {
        return PostgresCluster.open(settings, version, Times.USUAL);
    }

    @Override
    public MigratableCluster toMigrate(ClusterSettings settings, String version) {
        return PostgresCluster.toMigrate(settings, version, Times.USUAL);
    }
}
