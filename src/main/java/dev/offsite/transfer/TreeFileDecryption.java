package dev.offsite.transfer;

import dev.offsite.age.AgeException;
import dev.offsite.age.AgeHeader;
import dev.offsite.age.AgeIdentities;
import dev.offsite.download.PartFile;
import dev.offsite.encryption.CopyNames;
import dev.offsite.io.HashedFile;
import dev.offsite.io.HashingInputStream;
import dev.offsite.manifest.TemporaryName;
import dev.offsite.sftp.RemotePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Decrypts files of a get that end with {@code .age}, after each has arrived under a hidden name and was verified. Only its
 * first bytes then tell whether it is encrypted, and what its name here is.
 *
 * @param named whether the user gave the name of a single file, which it has then in any case
 * @param taken names of the tree that another file there has without {@code .age}
 * @param alive called as long as it goes on: a large file takes minutes
 */
record TreeFileDecryption(AgeIdentities identities, boolean named, Set<String> taken, Runnable alive) {

    private static final String IN_THE_WAY =
            "another file has its name here when it is decrypted, %s; --overwrite replaces it";

    /** {@code name} is on the server. */
    static boolean isCandidate(String name) {
        String last = RemotePath.name(name);
        return last.endsWith(CopyNames.ENDING) && last.length() > CopyNames.ENDING.length();
    }

    /** The name of what is inside a candidate. */
    static String withoutEnding(String name) {
        return name.substring(0, name.length() - CopyNames.ENDING.length());
    }

    /** Where a file arrives, hidden; {@code asItIs} is its final name if it is not encrypted. */
    Path arrival(Path asItIs) {
        // Never the hidden name of what is inside.
        return named ? asItIs.resolveSibling(asItIs.getFileName() + CopyNames.ENDING) : asItIs;
    }

    private Path decrypted(Path asItIs) {
        String name = asItIs.getFileName().toString();
        return named || !isCandidate(name) ? asItIs : asItIs.resolveSibling(withoutEnding(name));
    }

    /** Gives a file its final name; {@code got} is what has arrived. */
    Published publish(FileTreeEntry file, Path asItIs, HashedFile got, int mode, boolean overwrite) throws IOException {
        Path arrived = hidden(arrival(asItIs));
        if (!AgeHeader.isIn(arrived)) {
            return asItIs(file, asItIs, got, mode, overwrite);
        }
        if (taken.contains(file.name())) {
            throw new IOException(
                    "it would have the name of %s, which is there too; get it by itself, with a name that you choose"
                            .formatted(RemotePath.name(withoutEnding(file.name()))));
        }
        Path to = decrypted(asItIs);
        PartFile plain = new PartFile(to, written -> alive.run());
        try {
            HashedFile inside = decrypt(arrived, file.size(), plain);
            boolean present = isPresent(to, inside, overwrite);
            if (!present) {
                plain.publish(file.modified(), mode);
            }
            Files.deleteIfExists(arrived);
            return new Published(to.toString(), new Sent(got, Optional.of(inside)), present);
        } finally {
            // Nothing, if it was published.
            plain.leave(false);
        }
    }

    private Published asItIs(FileTreeEntry file, Path to, HashedFile got, int mode, boolean overwrite)
            throws IOException {
        boolean present = isPresent(to, got, overwrite);
        Path arrived = hidden(arrival(to));
        if (present) {
            Files.deleteIfExists(arrived);
        } else {
            if (!arrived.equals(hidden(to))) {
                Files.move(arrived, hidden(to));
            }
            PartFile.publish(to, file.modified(), mode);
        }
        return new Published(to.toString(), Sent.plain(got), present);
    }

    private HashedFile decrypt(Path arrived, long size, PartFile plain) throws IOException {
        // The content is always smaller than that, so it is never kept in memory.
        plain.begin(size, false);
        try (InputStream sealed = Files.newInputStream(arrived, LinkOption.NOFOLLOW_LINKS);
                InputStream content = identities.open(sealed)) {
            if (!plain.write(content, size)) {
                throw new IOException("it has more inside than fits into a file of its size");
            }
            return plain.end();
        } catch (AgeException e) {
            throw new IOException("it cannot be decrypted: " + e.getMessage());
        }
    }

    /** Whether the same file is there; fails if another is, and may not be replaced. */
    private boolean isPresent(Path to, HashedFile inside, boolean overwrite) throws IOException {
        if (!Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        if (!Files.isRegularFile(to, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("something that is no regular file has its name here, %s; it is left alone"
                    .formatted(to.getFileName()));
        }
        if (Files.size(to) == inside.size()
                && HashingInputStream.sha256(to, read -> alive.run()).equals(inside.sha256())) {
            return true;
        }
        if (!overwrite) {
            throw new IOException(IN_THE_WAY.formatted(to.getFileName()));
        }
        return false;
    }

    private static Path hidden(Path of) {
        return of.resolveSibling(TemporaryName.of(of.getFileName().toString()));
    }
}
