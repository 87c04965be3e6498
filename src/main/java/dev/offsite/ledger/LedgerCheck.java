package dev.offsite.ledger;

import dev.offsite.io.StateFile;
import dev.offsite.io.StateFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What the ledger's file must be: {@code ledger.check} beside it. The store itself opens an older state if its file is
 * damaged, and checks no entries.
 *
 * @param counter of the last change known to be on disk
 * @param version of the store then
 * @param bytes length and checksum of the closed file; empty while it is open
 */
record LedgerCheck(long counter, long version, String bytes) {

    private static final int BUFFER = 256 << 10;

    private static final LedgerCheck NONE = new LedgerCheck(0, 0, "");

    private static StateFile file(Path ledger) {
        return new StateFile(new StateFolder(ledger.getParent()), "ledger.check");
    }

    /** Asks for nothing if it is missing or was cut by a crash. */
    static LedgerCheck of(Path ledger) {
        Optional<List<String>> lines = file(ledger).read();
        String[] parts = lines.map(all -> String.join(" ", all).split(" ", 3)).orElse(new String[0]);
        try {
            return new LedgerCheck(
                    Long.parseLong(parts[0]), Long.parseLong(parts[1]), parts.length > 2 ? parts[2] : "");
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return NONE;
        }
    }

    /** With the bytes of the file as they are now. */
    LedgerCheck closed(Path ledger) throws IOException {
        return new LedgerCheck(counter, version, bytesOf(ledger));
    }

    /** Whether the file has other bytes than when it was closed. */
    boolean differs(Path ledger) throws IOException {
        return !bytes.isEmpty() && !bytes.equals(bytesOf(ledger));
    }

    private static String bytesOf(Path ledger) throws IOException {
        CRC32C checksum = new CRC32C();
        byte[] bytes = new byte[BUFFER];
        long length = 0;
        try (InputStream in = Files.newInputStream(ledger)) {
            for (int read = in.read(bytes); read > 0; read = in.read(bytes)) {
                checksum.update(bytes, 0, read);
                length += read;
            }
        }
        return length + ":" + Long.toHexString(checksum.getValue());
    }

    void write(Path ledger, boolean durable) throws IOException {
        file(ledger).replace("%d %d %s%n".formatted(counter, version, bytes), durable);
    }
}
