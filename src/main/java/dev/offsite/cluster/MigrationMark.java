package dev.offsite.cluster;

import dev.offsite.io.StateStore;
import dev.offsite.io.Text;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The text {@code migration} of a state that nobody may use now: a migration has begun to fill it, or all of it has moved
 * elsewhere. The one that may be used has none.
 *
 * @param toCluster whether the migration goes from the folder into the database; else it goes back
 * @param finished whether all has moved; else this state may be incomplete, or about to move
 * @param owner whose state it is
 * @param host the machine of the folder
 * @param database host and database
 */
public record MigrationMark(
        boolean toCluster, boolean finished, String owner, String host, String folder, String database, Instant at) {

    public static final String NAME = "migration";

    private static final String FIRST = "offsite-migration 1";

    /** Empty if the state may be used. Fails with {@link ClusterException} if it cannot be understood. */
    public static Optional<MigrationMark> of(StateStore state) {
        return state.text(NAME).map(text -> parse(text, state.place(NAME)));
    }

    /** Fails with {@link ClusterException} if the state in a folder may not be used now. */
    public static void requireNone(StateStore folder) {
        of(folder).ifPresent(mark -> {
            throw new ClusterException(mark.refusalOfFolder(), null);
        });
    }

    /**
     * Reads its text. Fails with {@link ClusterException} if that cannot be understood.
     *
     * @param place for messages
     */
    public static MigrationMark parse(String text, String place) {
        Map<String, String> values = new HashMap<>();
        List<String> lines = text.lines().toList();
        for (String line : lines) {
            int space = line.indexOf(' ');
            values.put(line.substring(0, Math.max(0, space)), line.substring(space + 1));
        }
        try {
            if (!lines.isEmpty() && lines.get(0).equals(FIRST)) {
                return new MigrationMark(
                        Boolean.parseBoolean(values.get("to-cluster")),
                        Boolean.parseBoolean(values.get("finished")),
                        values.getOrDefault("owner", ""),
                        values.getOrDefault("host", ""),
                        values.getOrDefault("folder", ""),
                        values.getOrDefault("database", ""),
                        Instant.parse(values.getOrDefault("at", "")));
            }
        } catch (DateTimeException damaged) {
            // As if it were of a later version.
        }
        throw new ClusterException(
                "%s is damaged, or of a later version of Offsite: use that one".formatted(place), null);
    }

    public void write(StateStore state) {
        state.replace(
                NAME,
                "%s%nto-cluster %s%nfinished %s%nowner %s%nhost %s%nfolder %s%ndatabase %s%nat %s%n"
                        .formatted(
                                FIRST,
                                toCluster,
                                finished,
                                owner,
                                Text.line(host),
                                Text.line(folder),
                                Text.line(database),
                                at),
                true);
    }

    public MigrationMark finish(Instant now) {
        return new MigrationMark(toCluster, true, owner, host, folder, database, now);
    }

    /** Whether both are about the same folder. */
    public boolean hasFolderOf(MigrationMark other) {
        return owner.equals(other.owner) && host.equals(other.host) && folder.equals(other.folder);
    }

    /** Where the folder is, for people. */
    public String machine() {
        return "%s on %s".formatted(Text.line(folder), Text.line(host));
    }

    /** Why a folder with this mark may not be used, and what to do. */
    private String refusalOfFolder() {
        return finished
                ? ("offsite.state: what %s knew moved to the cluster's database (%s) at %s: set offsite.cluster again; to use"
                                + " this machine alone, then run: offsite migrate --to-folder")
                        .formatted(folder, database, at)
                : ("offsite.state: a migration from the cluster's database (%s) into %s is not finished: set offsite.cluster"
                                + " and run: offsite migrate --to-folder")
                        .formatted(database, folder);
    }

    /** Why a database with this mark may not be used, and what to do; to be said after which database it is. */
    public String refusalOfDatabase() {
        if (toCluster) {
            return "has a migration that is not finished: run again, with %s: offsite migrate --to-cluster"
                    .formatted(machine());
        }
        return finished
                ? ("is not used any more: what it knew moved to %s at %s; remove offsite.cluster, or move it back there with:"
                                + " offsite migrate --to-cluster")
                        .formatted(machine(), at)
                : ("is being moved to %s, and that is not finished: run there offsite migrate --to-folder again, or"
                                + " offsite migrate --to-cluster to stay in the cluster")
                        .formatted(machine());
    }
}
