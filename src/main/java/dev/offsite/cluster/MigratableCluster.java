package dev.offsite.cluster;

import java.io.InputStream;
import java.util.List;

/** A cluster that is filled or left by a migration, whatever {@link MigrationMark} it has. No node needs to join it. */
public interface MigratableCluster extends Cluster {

    /** Takes nodes for dead that are silent; returns the others that are alive, in words. */
    List<String> expelSilent();

    /** Forgets all maps, and all texts but this one. */
    void clear(String kept);

    /** The names of all texts. */
    List<String> texts();

    /** A whole text, which may be larger than the memory. Nobody may change it meanwhile. */
    InputStream read(String text);
}
