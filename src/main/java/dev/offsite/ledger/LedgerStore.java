package dev.offsite.ledger;

import static java.lang.Integer.parseUnsignedInt;

import dev.offsite.cluster.TextMap;
import dev.offsite.io.PrivateFiles;
import dev.offsite.io.StateException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.util.ObjectHelper;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.FileStore;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;

/**
 * The file behind a {@link Ledger}. Each run appends, and the store reuses space only later than a run lasts. So that
 * the file is not nearly all waste after thousands of runs, it is rewritten when much of it is.
 *
 * <p>All failures are {@link StateException}s. After a failed write the store is closed.
 */
public final class LedgerStore implements LedgerMaps {

    /** In the state folder. */
    public static final String NAME = "ledger.mv";

    private static final long WORTH_COMPACTING = 1 << 20;
    private static final int WASTEFUL_PERCENT = 30;

    private static final Pattern VERSION =
            Pattern.compile("\\A(H:2,[^\n]*version:(\\p{XDigit}+)),fletcher:(\\p{XDigit}+)");

    /** Bytes of the store's own header. */
    private static final int HEADER = 4096;

    /** Map of what the store says of itself. */
    private static final String ABOUT = "about";

    private static final String COUNTER = "counter";
    private static final String BORN = "born";

    private final Path file;
    private final MVStore store;
    private final MVMap<String, String> about;
    private final long openedVersion;
    private LedgerCheck check;

    private LedgerStore(Path file, LedgerCheck check) {
        this.file = file;
        this.check = check;
        this.store = builder(file).open();
        try {
            this.openedVersion = store.getCurrentVersion();
            this.about = store.openMap(ABOUT);
        } catch (RuntimeException e) {
            store.closeImmediately();
            throw e;
        }
    }

    /** It writes only when told to, so that no thread of its own meets a full disk. */
    private static MVStore.Builder builder(Path file) {
        return new MVStore.Builder().fileName(file.toString()).cacheSize(8).autoCommitDisabled();
    }

    /** The number of entries of each map of a ledger, which is not changed; none if there is no such file. */
    public static Map<String, Long> sizes(Path file) {
        if (!Files.exists(file)) {
            return Map.of();
        }
        try (MVStore store = builder(file).readOnly().open()) {
            return LedgerMove.MAPS.stream()
                    .filter(store::hasMap)
                    .collect(Collectors.toMap(
                            name -> name, name -> store.openMap(name).sizeAsLong()));
        } catch (MVStoreException e) {
            throw explained(file, e);
        }
    }

    /** Opens a ledger; makes it if it is missing. */
    public static LedgerStore open(Path file) {
        try {
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                create(file);
            } else if (!Files.isRegularFile(file)) {
                throw damaged(file, "it is no file", null);
            } else if (Files.size(file) == 0) {
                throw damaged(file, "it is empty", null);
            }
            LedgerCheck check = LedgerCheck.of(file);
            if (check.differs(file) && version(file) <= check.version()) {
                throw damaged(file, "its bytes are not those that were written", null);
            }
            return open(file, check);
        } catch (MVStoreException e) {
            throw explained(file, e);
        } catch (AccessDeniedException e) {
            throw StateException.unwritable(file, e);
        } catch (StateException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw damaged(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static LedgerStore open(Path file, LedgerCheck check) {
        LedgerStore opened = new LedgerStore(file, check);
        if (opened.counter() < check.counter()) {
            opened.store.closeImmediately();
            throw damaged(file, "it is older than what was written", null);
        }
        return opened;
    }

    /** In one step, so that an empty file is always a damaged one. */
    private static void create(Path file) {
        Path young = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.deleteIfExists(young);
            PrivateFiles.open(young).close();
            try (MVStore store = builder(young).open()) {
                store.<String, String>openMap(ABOUT).put(BORN, "");
                store.commit();
                store.sync();
            }
            // What a ledger that is gone had to be says nothing about this one.
            Files.deleteIfExists(file.resolveSibling("ledger.check"));
            Files.move(young, file, StandardCopyOption.ATOMIC_MOVE);
            PrivateFiles.syncFolder(file.getParent());
        } catch (MVStoreException e) {
            throw explained(young, e);
        } catch (IOException e) {
            throw StateException.unwritable(file, e);
        }
    }

    /** An earlier version of Offsite, which knows no check, may have written to it since: then it is higher. */
    private static long version(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(HEADER);
            Matcher header = VERSION.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
            return header.find()
                            && DataUtils.getFletcher32(bytes, 0, header.end(1)) == parseUnsignedInt(header.group(3), 16)
                    ? Long.parseLong(header.group(2), 16)
                    : 0;
        }
    }

    private static StateException damaged(Path file, String why, Exception reason) {
        return StateException.of(
                ("the ledger %s is damaged (%s); move it away: nothing is lost, and copies that are on the server are "
                                + "verified again and not sent again")
                        .formatted(file, why),
                reason);
    }

    private static StateException explained(Path file, MVStoreException e) {
        IOException io = ObjectHelper.getException(IOException.class, e);
        return switch (e.getErrorCode()) {
            case DataUtils.ERROR_FILE_LOCKED ->
                StateException.of(
                        "the state folder %s is in use by another run or application; each needs one of its own"
                                .formatted(file.getParent()),
                        e);
            case DataUtils.ERROR_UNSUPPORTED_FORMAT ->
                StateException.of(
                        ("the ledger %s has the format of another version of Offsite; use that version, or move the file "
                                        + "away: nothing is lost, and copies that are on the server are verified again "
                                        + "and not sent again")
                                .formatted(file),
                        e);
            case DataUtils.ERROR_WRITING_FAILED, DataUtils.ERROR_CLOSED ->
                StateException.unwritable(file, io == null ? new IOException("an earlier write to it failed") : io);
            default ->
                io instanceof AccessDeniedException || io instanceof FileNotFoundException
                        ? StateException.unwritable(file, new AccessDeniedException(file.toString()))
                        : damaged(file, String.valueOf(e.getMessage()).split(" \\[", 2)[0], e);
        };
    }

    @Override
    public TextMap map(String name) {
        return call(() -> new StoreMap(this, store.openMap(name)));
    }

    /** Whether the file was made by this version, so that an earlier one may be lost. */
    @Override
    public boolean isBorn() {
        return about.containsKey(BORN);
    }

    @Override
    public boolean isClosed() {
        return store.isClosed();
    }

    private long counter() {
        return Long.parseLong(about.getOrDefault(COUNTER, "0"));
    }

    /** Fails with {@link StateException} if the store is closed, or an access to it fails. */
    <T> T call(Supplier<T> access) {
        try {
            return access.get();
        } catch (MVStoreException e) {
            throw explained(file, e);
        }
    }

    @Override
    public String node() {
        return "";
    }

    @Override
    public Set<String> alive() {
        return Set.of(node());
    }

    @Override
    public synchronized void flush(boolean durable) {
        try {
            if (store.hasUnsavedChanges()) {
                if (!check.bytes().isEmpty()) {
                    // On disk before the file has other bytes.
                    check = new LedgerCheck(counter(), store.getCurrentVersion(), "");
                    check.write(file, true);
                }
                about.put(COUNTER, String.valueOf(counter() + 1));
                store.commit();
            }
            if (durable) {
                store.sync();
                if (counter() > check.counter()) {
                    check = new LedgerCheck(counter(), store.getCurrentVersion(), "");
                    check.write(file, false);
                }
            }
        } catch (MVStoreException e) {
            throw explained(file, e);
        } catch (IOException e) {
            throw StateException.unwritable(file, e);
        }
    }

    @Override
    public synchronized void close() {
        if (store.isClosed()) {
            // A write failed, which was said then.
            return;
        }
        try {
            flush(false);
            long counter = counter();
            long version = store.getCurrentVersion();
            if (version > openedVersion && isWasteful()) {
                version = compact();
            }
            store.close();
            if (check.bytes().isEmpty()) {
                try (FileChannel written = PrivateFiles.open(file)) {
                    written.force(true);
                }
                new LedgerCheck(counter, version, "").closed(file).write(file, false);
            }
        } catch (MVStoreException e) {
            throw explained(file, e);
        } catch (IOException e) {
            throw StateException.unwritable(file, e);
        } finally {
            store.closeImmediately();
        }
    }

    private boolean isWasteful() {
        FileStore<?> size = store.getFileStore();
        return size.size() > WORTH_COMPACTING && size.getFillRate() * size.getChunksFillRate() / 100 < WASTEFUL_PERCENT;
    }

    /**
     * A crash leaves either the old file or the complete new one. The old one stays locked until it is replaced. Returns
     * the version of the new one.
     */
    private long compact() throws IOException {
        Path smaller = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(smaller);
        PrivateFiles.open(smaller).close();
        long version;
        try (MVStore copy = builder(smaller).open()) {
            for (String name : store.getMapNames()) {
                MVMap<String, String> to = copy.openMap(name);
                store.<String, String>openMap(name).forEach(to::put);
            }
            copy.commit();
            copy.sync();
            version = copy.getCurrentVersion();
        }
        Files.move(smaller, file, StandardCopyOption.ATOMIC_MOVE);
        PrivateFiles.syncFolder(file.getParent());
        return version;
    }
}
