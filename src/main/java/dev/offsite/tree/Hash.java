package dev.offsite.tree;

import dev.offsite.transfer.HashingStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/** The SHA-256 of a local file. */
final class Hash {

    private Hash() {}

    /** In lower-case hex; progress is told the number of bytes of each read. */
    static String of(Path file, LongConsumer progress) throws IOException {
        try (HashingStream in = new HashingStream(Files.newInputStream(file), progress)) {
            in.transferTo(OutputStream.nullOutputStream());
            return in.sha256();
        }
    }
}
