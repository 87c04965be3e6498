package dev.offsite.transfer;

import dev.offsite.io.HashingInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/** The SHA-256 of a local file. */
public final class StreamHash {

    private StreamHash() {}

    /** In lower-case hex; progress is told the number of bytes of each read. */
    static String of(Path file, LongConsumer progress) throws IOException {
        try (HashingInputStream in = new HashingInputStream(Files.newInputStream(file), progress)) {
            in.transferTo(OutputStream.nullOutputStream());
            return in.sha256();
        }
    }
}
