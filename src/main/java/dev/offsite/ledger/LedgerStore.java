package dev.offsite.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.FileStore;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;

/**
 * The file behind a {@link Ledger}. Each run appends, and the store reuses space only later than a run lasts. So that
 * the file is not nearly all waste after thousands of runs, it is rewritten when much of it is.
 */
public final class LedgerStore {

    private static final long WORTH_COMPACTING = 1 << 20;
    private static final int WASTEFUL_PERCENT = 30;

    private final Path file;
    private final MVStore store;
    private final long openedVersion;

    private LedgerStore(Path file) {
        this.file = file;
        this.store = builder(file).open();
        this.openedVersion = store.getCurrentVersion();
    }

    private static MVStore.Builder builder(Path file) {
        return new MVStore.Builder().fileName(file.toString()).cacheSize(8);
    }

    static LedgerStore open(Path file) {
        try {
            return new LedgerStore(file);
        } catch (RuntimeException e) {
            if (e instanceof MVStoreException mv && mv.getErrorCode() == DataUtils.ERROR_FILE_LOCKED) {
                throw new UncheckedIOException(new IOException(
                        "the state folder %s is in use by another run or application; each needs one of its own"
                                .formatted(file.getParent())));
            }
            // Not set as the cause: users see the deepest message.
            IOException damaged = new IOException(
                    "the ledger %s is damaged; move it away, and all files are shipped again".formatted(file));
            damaged.addSuppressed(e);
            throw new UncheckedIOException(damaged);
        }
    }

    MVMap<String, String> map(String name) {
        return store.openMap(name);
    }

    void flush() {
        store.commit();
    }

    void close() {
        store.commit();
        if (store.getCurrentVersion() > openedVersion && isWasteful()) {
            compact();
        }
        store.close();
    }

    private boolean isWasteful() {
        FileStore<?> size = store.getFileStore();
        return size.size() > WORTH_COMPACTING && size.getFillRate() * size.getChunksFillRate() / 100 < WASTEFUL_PERCENT;
    }

    /** A crash leaves either the old file or the complete new one. The old one stays locked until it is replaced. */
    private void compact() {
        Path smaller = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.deleteIfExists(smaller);
            try (MVStore copy = builder(smaller).open()) {
                for (String name : store.getMapNames()) {
                    MVMap<String, String> to = copy.openMap(name);
                    store.<String, String>openMap(name).forEach(to::put);
                }
                copy.commit();
                copy.sync();
            }
            Files.move(smaller, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + smaller, e);
        }
    }
}
