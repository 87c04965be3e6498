package dev.offsite.source;

import dev.offsite.age.AgeInputStream;
import dev.offsite.age.AgeKey;
import dev.offsite.io.HashingInputStream;
import dev.offsite.source.SourceChecksums.Expected;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;

/**
 * A local file as it is read to be sent.
 *
 * @param content hashes the file
 * @param sent hashes what is sent; the same stream if the copy is not encrypted
 * @param key that it is encrypted with
 */
public record SourceStream(HashingInputStream content, HashingInputStream sent, Optional<AgeKey> key) {

    /** {@code progress} receives the bytes of each read of what is sent. */
    public static SourceStream open(
            Path file, List<Expected> checksums, Optional<AgeKey> key, Executor threads, LongConsumer progress)
            throws IOException {
        InputStream opened = Files.newInputStream(file);
        HashingInputStream content = new HashingInputStream(opened, key.isEmpty() ? progress : read -> {});
        checksums.forEach(one -> content.with(one.algorithm().javaName()));
        HashingInputStream sent = content;
        if (key.isPresent()) {
            sent = new HashingInputStream(new AgeInputStream(content, key.get(), threads), progress);
        }
        return new SourceStream(content, sent, key);
    }
}
