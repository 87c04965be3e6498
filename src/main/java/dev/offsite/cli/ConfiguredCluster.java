package dev.offsite.cli;

import dev.offsite.cluster.Cluster;
import dev.offsite.cluster.ClusterSettings;
import dev.offsite.cluster.Clusters;
import dev.offsite.cluster.MigratableCluster;
import dev.offsite.cluster.SingleNode;
import dev.offsite.io.StateFolder;
import dev.offsite.job.Setting;

/** The cluster that a configuration names. */
final class ConfiguredCluster {

    private ConfiguredCluster() {}

    static ClusterSettings settings(Configuration configuration) {
        return ClusterSettings.of(
                configuration.resolved(Setting.CLUSTER),
                configuration.resolved(Setting.CLUSTER_USER),
                configuration.resolved(Setting.CLUSTER_PASSWORD_FILE));
    }

    /** The nodes and what is known; this machine alone where there is no cluster. Close it after use. */
    static Cluster open(Configuration configuration) {
        ClassLoader loader = Extensions.load(configuration, false);
        return Clusters.open(settings(configuration), Offsite.version(), loader)
                .orElseGet(() -> SingleNode.in(new StateFolder(configuration.state())));
    }

    /** The nodes and what they share, for a migration. Close it after use. */
    static MigratableCluster toMigrate(Configuration configuration) {
        ClassLoader loader = Extensions.load(configuration, false);
        return Clusters.toMigrate(settings(configuration), Offsite.version(), loader);
    }
}
