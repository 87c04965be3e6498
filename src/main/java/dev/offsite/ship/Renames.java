package dev.offsite.ship;

import dev.offsite.sftp.RemoteMove;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.SftpStatusException;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** Gives verified copies their final names. */
public final class Renames {

    private Renames() {}

    /**
     * Renames all of them, over one connection and without waiting for each.
     *
     * @param failed told of each one that could not be renamed, and why
     */
    public static <T> void all(
            SftpSessionPool sessions, List<T> items, Function<T, Upload> copy, BiConsumer<T, Exception> failed) {
        if (items.isEmpty()) {
            return;
        }
        List<RemoteMove> moves = items.stream()
                .map(copy)
                .map(one -> new RemoteMove(one.part(), one.path(), one.modified()))
                .toList();
        try {
            List<Optional<SftpStatusException>> failures = sessions.call(remote -> remote.rename(moves));
            for (int i = 0; i < moves.size(); i++) {
                T item = items.get(i);
                failures.get(i).ifPresent(e -> failed.accept(item, e));
            }
        } catch (Exception e) {
            items.forEach(item -> failed.accept(item, e));
        }
    }
}
