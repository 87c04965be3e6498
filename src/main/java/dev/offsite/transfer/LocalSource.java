package dev.offsite.transfer;

import dev.offsite.age.AgeInputStream;
import dev.offsite.age.AgeKey;
import dev.offsite.age.AgeRecipients;
import dev.offsite.io.HashedFile;
import dev.offsite.io.HashingInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;

/** A local file as it is read to be sent, and encrypted on the way if there are recipients. */
final class LocalSource {

    private final Path file;
    private final Optional<AgeRecipients> recipients;
    private final Executor threads;
    private final LongConsumer progress;

    private HashingInputStream content;
    private Optional<AgeKey> key = Optional.empty();

    /** {@code progress} receives the bytes of each read of what is sent; {@code threads} encrypt. */
    LocalSource(Path file, Optional<AgeRecipients> recipients, Executor threads, LongConsumer progress) {
        this.file = file;
        this.recipients = recipients;
        this.threads = threads;
        this.progress = progress;
    }

    /** Opens it at its start; {@code before} is what an earlier attempt encrypted the same content with. */
    HashingInputStream open(Optional<AgeKey> before) throws IOException {
        key = recipients.map(to -> before.orElseGet(() -> AgeKey.make(to)));
        content = new HashingInputStream(Files.newInputStream(file), key.isEmpty() ? progress : read -> {});
        return key.isEmpty() ? content : sealed();
    }

    private HashingInputStream sealed() throws IOException {
        boolean done = false;
        try {
            AgeInputStream encrypted = new AgeInputStream(content, key.orElseThrow(), threads);
            done = true;
            return new HashingInputStream(encrypted, progress);
        } finally {
            if (!done) {
                content.close();
            }
        }
    }

    /** What it is encrypted with, since it was last opened. */
    Optional<AgeKey> key() {
        return key;
    }

    /** What was sent; {@code stream} is what {@link #open} gave, read to its end. */
    Sent sent(HashingInputStream stream) {
        return new Sent(
                new HashedFile(stream.sha256(), stream.count()),
                key.map(used -> new HashedFile(content.sha256(), content.count())));
    }
}
