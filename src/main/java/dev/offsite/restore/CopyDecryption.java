package dev.offsite.restore;

import dev.offsite.age.AgeException;
import dev.offsite.age.AgeIdentities;
import dev.offsite.download.PartFile;
import dev.offsite.io.HashedFile;
import dev.offsite.manifest.PlainFile;
import dev.offsite.verify.VerificationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/**
 * Decrypts a copy that has arrived, into a second file with a hidden name.
 *
 * @param inside what must come out
 * @param alive called as long as it goes on: a large file takes minutes
 */
record CopyDecryption(AgeIdentities identities, PlainFile inside, Runnable alive) {

    /** Gives the file its final name if its bytes are right; else nothing is left of it. */
    HashedFile publish(PartFile encrypted, Path to, int mode) throws IOException, VerificationException {
        PartFile plain = new PartFile(to, some -> alive.run());
        boolean done = false;
        try {
            plain.begin(inside.size(), false);
            try (InputStream sealed = encrypted.content();
                    InputStream content = identities.open(sealed)) {
                if (!plain.write(content, inside.size())) {
                    throw new VerificationException(
                            "what is inside differs: it has more than %d bytes".formatted(inside.size()));
                }
            } catch (AgeException e) {
                throw new VerificationException("it cannot be decrypted: " + e.getMessage());
            }
            HashedFile decrypted = plain.end();
            if (decrypted.size() != inside.size() || !decrypted.sha256().equals(inside.sha256())) {
                throw new VerificationException("what is inside differs: its SHA-256 is %s, it should be %s"
                        .formatted(decrypted.sha256(), inside.sha256()));
            }
            plain.publish(inside.modified(), mode);
            done = true;
            return decrypted;
        } finally {
            if (!done) {
                plain.discard();
            }
        }
    }
}
