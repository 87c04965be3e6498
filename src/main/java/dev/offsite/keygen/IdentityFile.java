package dev.offsite.keygen;

import dev.offsite.age.AgeKeyPair;
import dev.offsite.io.Permissions;
import dev.offsite.io.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;

/** Writes a new secret key to a file, as {@code age-keygen} does. */
public final class IdentityFile {

    private IdentityFile() {}

    static String text(AgeKeyPair pair, Instant created) {
        return """
                # created: %s
                # public key: %s
                %s
                """
                .formatted(created.truncatedTo(ChronoUnit.SECONDS), pair.recipient(), pair.identity());
    }

    public static void write(Path file, AgeKeyPair pair, Instant created) throws IOException {
        create(file, text(pair, created));
    }

    /**
     * Writes a file that only its owner can read, and returns after it is on disk.
     *
     * @throws java.nio.file.FileAlreadyExistsException if there is something of that name, which is left as it is
     */
    static void create(Path file, String text) throws IOException {
        Set<StandardOpenOption> how = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(file, how, Permissions.with(file, Permissions.PRIVATE))) {
            try {
                PrivateFiles.write(channel, text);
                channel.force(true);
            } catch (IOException e) {
                // Half a key is worse than none.
                Files.deleteIfExists(file);
                throw e;
            }
        }
        PrivateFiles.syncFolder(file.toAbsolutePath().getParent());
    }
}
