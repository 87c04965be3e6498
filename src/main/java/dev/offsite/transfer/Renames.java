package dev.offsite.transfer;

import com.jcraft.jsch.SftpException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives proven copies their final names: over one connection, or over several where the link is slow. */
final class Renames {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");
    /** What one connection may take before another is worth its login. */
    private static final double NANOS_PER_CONNECTION = 1e9;

    private Renames() {}

    /**
     * Renames all of them.
     *
     * @param failed told of each one that could not be renamed, and why
     */
    static <T> void all(
            Run run, ExecutorService executor, List<T> items, Function<T, Copy> copy, BiConsumer<T, Exception> failed) {
        if (items.isEmpty()) {
            return;
        }
        long before = System.nanoTime();
        rename(run, items.get(0), copy, failed);
        List<T> others = items.subList(1, items.size());
        int lanes =
                connections(others.size(), System.nanoTime() - before, run.job().parallel());
        Lanes.run(others, lanes, executor, item -> rename(run, item, copy, failed));
    }

    /** How many connections that many renames are worth, when one took that long. */
    static int connections(int renames, long nanosEach, int most) {
        double wanted = Math.ceil(renames * (double) nanosEach / NANOS_PER_CONNECTION);
        return (int) Math.max(1, Math.min(most, wanted));
    }

    private static <T> void rename(Run run, T item, Function<T, Copy> copy, BiConsumer<T, Exception> failed) {
        Copy one = copy.apply(item);
        try {
            run.connection().sessions().call(remote -> {
                remote.rename(one.part(), one.path());
                keepTime(remote, one);
                return null;
            });
        } catch (Exception e) {
            failed.accept(item, e);
        }
    }

    /**
     * The copy's time of last change is its file's, for whoever restores it. After the rename, lest a part file look like one
     * that was left long ago; and no copy is worth less on a server that lets nobody set times.
     */
    private static void keepTime(RemoteSession remote, Copy copy) {
        try {
            remote.setModified(copy.path(), copy.modified());
        } catch (SftpException e) {
            LOG.debug("{}: the time of {} is not kept", copy.job().name(), copy.path(), e);
        }
    }
}
