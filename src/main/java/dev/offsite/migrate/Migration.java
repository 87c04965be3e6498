package dev.offsite.migrate;

import dev.offsite.cluster.Cluster;
import dev.offsite.cluster.MigratableCluster;
import dev.offsite.cluster.MigrationMark;
import dev.offsite.cluster.SingleNode;
import dev.offsite.io.PrivateFiles;
import dev.offsite.io.StateException;
import dev.offsite.io.StateFolder;
import dev.offsite.ledger.LedgerMove;
import dev.offsite.ledger.LedgerStore;
import dev.offsite.migrate.MigrationException.Kind;
import dev.offsite.owner.Owner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/**
 * Takes what one machine knows into the database of a cluster, or back. The side that is left stays as it is, and says that
 * it has moved. At any time at most one of both may be used:
 *
 * <ol>
 *   <li>The database gets a {@link MigrationMark}, so that no node starts; on the way back, the folder gets one, too.
 *   <li>All is copied, and compared.
 *   <li>The side that is left gets a mark that all has moved.
 *   <li>The mark of the other one goes.
 * </ol>
 *
 * <p>A migration that was interrupted at any of these is run again from its start.
 */
public final class Migration {

    /**
     * What was or would be moved.
     *
     * @param isVerified whether both sides were compared; not if nothing was to be copied
     */
    public record Result(long entries, int texts, boolean isVerified) {}

    /** Hears how far it is. */
    public interface Progress extends LongConsumer {
        /** How many entries are to be copied and compared. */
        void total(long entries);
    }

    private final StateFolder folder;

    private final MigratableCluster cluster;
    private final TextMove texts;
    private final Clock clock;
    private final Progress progress;
    private final Path file;

    /**
     * Begins nothing yet.
     *
     * @param folder in which nobody else works now
     */
    public Migration(Path folder, MigratableCluster cluster, Clock clock, Progress progress) {
        this.folder = new StateFolder(folder);
        this.cluster = cluster;
        this.texts = new TextMove(this.folder, cluster);
        this.clock = clock;
        this.progress = progress;
        this.file = folder.resolve(LedgerStore.NAME);
    }

    /** Fails with {@link MigrationException} */
    public Result toCluster() {
        return alone(lock -> {
            Optional<MigrationMark> here = MigrationMark.of(folder);
            Optional<MigrationMark> there = MigrationMark.of(cluster.state());
            if (isWayBack(here)) {
                return stay(here.orElseThrow(), there);
            }
            refuseToCluster(here, there);
            return toCluster(there, lock);
        });
    }

    private Result toCluster(Optional<MigrationMark> there, Cluster.Lock lock) {
        MigrationMark mark = mark(true, new Owner(new SingleNode(folder)).id());
        Result result;
        try (LedgerStore ledger = LedgerStore.open(file)) {
            LedgerMove entries = new LedgerMove(ledger::map, cluster::map, progress);
            result = new Result(LedgerMove.size(ledger::map), texts.here().size(), true);
            boolean isThere = there.isEmpty() && isOfShips();
            if (isThere && difference(entries, false).isPresent()) {
                throw MigrationException.refused(
                        "the cluster's database (%s) knows what others have shipped: nothing is replaced there; name an empty one"
                                .formatted(cluster.place()));
            }
            begin(mark, there);
            if (!isThere) {
                progress.total(2 * result.entries());
                cluster.clear(MigrationMark.NAME);
                entries.toShared();
                texts.toCluster();
                cluster.sync();
                verify(entries, false, "--to-cluster");
            }
        }
        lock.check();
        mark.finish(clock.instant()).write(folder);
        cluster.state().delete(MigrationMark.NAME);
        return result;
    }

    /** Fails with {@link MigrationException} */
    public Result toFolder() {
        return alone(lock -> {
            Optional<MigrationMark> here = MigrationMark.of(folder);
            Optional<MigrationMark> there = MigrationMark.of(cluster.state());
            refuseToFolder(here, there);
            return toFolder(there, lock);
        });
    }

    private Result toFolder(Optional<MigrationMark> there, Cluster.Lock lock) {
        MigrationMark mark = mark(false, new Owner(cluster).id());
        begin(mark, there);
        mark.write(folder);
        Result result = new Result(LedgerMove.size(cluster::map), texts.there().size(), true);
        progress.total(2 * result.entries());
        texts.clearFolder();
        forgetLedger();
        try (LedgerStore ledger = LedgerStore.open(file)) {
            new LedgerMove(ledger::map, cluster::map, progress).toFile(() -> ledger.flush(false));
            texts.toFolder();
        }
        try (LedgerStore ledger = LedgerStore.open(file)) {
            verify(new LedgerMove(ledger::map, cluster::map, progress), true, "--to-folder");
        }
        lock.check();
        mark.finish(clock.instant()).write(cluster.state());
        unmarkFolder();
        return result;
    }

    /** What would be moved. Copies nothing. Fails with {@link MigrationException} */
    public Result look(boolean toCluster) {
        Optional<MigrationMark> here = MigrationMark.of(folder);
        Optional<MigrationMark> there = MigrationMark.of(cluster.state());
        if (!toCluster) {
            refuseToFolder(here, there);
            return new Result(LedgerMove.size(cluster::map), texts.there().size(), false);
        }
        if (isWayBack(here)) {
            return new Result(0, 0, false);
        }
        refuseToCluster(here, there);
        return new Result(
                LedgerStore.sizes(file).values().stream()
                        .mapToLong(Long::longValue)
                        .sum(),
                texts.here().size(),
                false);
    }

    private Result alone(Function<Cluster.Lock, Result> work) {
        try (Cluster.Lock lock = cluster.lock("migration", Duration.ZERO)
                .orElseThrow(() -> new MigrationException(
                        Kind.BUSY,
                        "another migration of the cluster's database (%s) is active".formatted(cluster.place())))) {
            return work.apply(lock);
        }
    }

    private MigrationMark mark(boolean toCluster, String owner) {
        return new MigrationMark(
                toCluster,
                false,
                owner,
                Owner.host(),
                folder.path().toAbsolutePath().toString(),
                cluster.place(),
                clock.instant());
    }

    private void refuseToCluster(Optional<MigrationMark> here, Optional<MigrationMark> there) {
        String owner = new Owner(new SingleNode(folder)).known().orElse("");
        Predicate<MigrationMark> isOurs = mark -> mark.owner().equals(owner);
        if (here.isPresent()
                && there.filter(isOurs).filter(MigrationMark::toCluster).isEmpty()) {
            throw MigrationException.refused("what %s knew has moved to the cluster's database (%s) already, at %s"
                    .formatted(folder.path(), here.get().database(), here.get().at()));
        }
        if (there.isPresent()
                && (!isOurs.test(there.get())
                        || (isWayBack(there) && !there.get().finished()))) {
            throw MigrationException.refused("the cluster's database (%s) %s"
                    .formatted(cluster.place(), there.get().refusalOfDatabase()));
        }
        if (!Files.exists(file) && texts.here().isEmpty()) {
            throw MigrationException.refused(
                    "offsite.state: %s has nothing to move: no ledger, and no texts".formatted(folder.path()));
        }
    }

    private void refuseToFolder(Optional<MigrationMark> here, Optional<MigrationMark> there) {
        if (there.isPresent() && (there.get().toCluster() || (there.get().finished() && !isWayBackOf(here, there)))) {
            throw MigrationException.refused("the cluster's database (%s) %s"
                    .formatted(cluster.place(), there.get().refusalOfDatabase()));
        }
        if (!isOfShips() && cluster.texts().stream().noneMatch(SharedTexts::contains)) {
            throw MigrationException.refused("the cluster's database (%s) has nothing to move: no ledger, and no texts"
                    .formatted(cluster.place()));
        }
        boolean isUsed = LedgerStore.sizes(file).values().stream().anyMatch(size -> size > 0)
                || texts.here().stream().anyMatch(Migration::isOfVerification);
        if (here.isEmpty() && isUsed) {
            throw MigrationException.refused(
                    ("offsite.state: %s knows what this machine has shipped alone: nothing is replaced there; move what is in"
                                    + " it away, or name another folder")
                            .formatted(folder.path()));
        }
    }

    private static boolean isWayBack(Optional<MigrationMark> mark) {
        return mark.filter(one -> !one.toCluster()).isPresent();
    }

    /** Whether both sides have the mark of the same one. */
    private static boolean isWayBackOf(Optional<MigrationMark> here, Optional<MigrationMark> there) {
        return isWayBack(here) && isWayBack(there) && here.orElseThrow().hasFolderOf(there.orElseThrow());
    }

    private static boolean isOfVerification(String text) {
        return text.startsWith("verifications/") || text.startsWith("proofs/");
    }

    /** Whether the cluster has shipped, or verified copies. One that only started is as good as an empty one. */
    private boolean isOfShips() {
        return LedgerMove.isOfShips(cluster::map) || cluster.texts().stream().anyMatch(Migration::isOfVerification);
    }

    /** From now on no node starts; fails if one is alive. */
    private void begin(MigrationMark mark, Optional<MigrationMark> before) {
        mark.write(cluster.state());
        List<String> alive = cluster.expelSilent();
        if (!alive.isEmpty()) {
            before.ifPresentOrElse(
                    old -> old.write(cluster.state()), () -> cluster.state().delete(MigrationMark.NAME));
            throw new MigrationException(
                    Kind.BUSY,
                    "nodes of the cluster are alive (%s): stop Offsite there; one that was killed counts as stopped after 20 seconds"
                            .formatted(String.join(", ", alive)));
        }
    }

    /** The way back was not finished, and is not wanted any more. All is in the cluster still. */
    private Result stay(MigrationMark here, Optional<MigrationMark> there) {
        if (!isWayBackOf(Optional.of(here), there)) {
            throw MigrationException.refused(
                    "offsite.state: a migration from the cluster's database (%s) into %s is not finished, and offsite.cluster is %s"
                            .formatted(here.database(), folder.path(), cluster.place()));
        }
        Result result = new Result(LedgerMove.size(cluster::map), texts.there().size(), false);
        new MigrationMark(true, true, here.owner(), here.host(), here.folder(), here.database(), clock.instant())
                .write(folder);
        cluster.state().delete(MigrationMark.NAME);
        return result;
    }

    /** The first difference between both sides, in one line. */
    private Optional<String> difference(LedgerMove entries, boolean alone) {
        return entries.difference().or(() -> texts.difference(alone));
    }

    private void verify(LedgerMove entries, boolean alone, String option) {
        difference(entries, alone).ifPresent(different -> {
            throw new MigrationException(
                    Kind.DIFFERENT,
                    "%s and the cluster's database (%s) are not the same after all was copied (%s): does anything else use them? Run again: offsite migrate %s"
                            .formatted(folder.path(), cluster.place(), different, option));
        });
    }

    private void forgetLedger() {
        try {
            Files.deleteIfExists(file);
            Files.deleteIfExists(file.resolveSibling("ledger.check"));
        } catch (IOException e) {
            throw StateException.unwritable(file, e);
        }
    }

    private void unmarkFolder() {
        folder.delete(MigrationMark.NAME);
        try {
            // If it came back after a power cut, all would be copied once more, over what was shipped since.
            PrivateFiles.syncFolder(folder.path());
        } catch (IOException e) {
            throw StateException.unwritable(folder.path(), e);
        }
    }
}
