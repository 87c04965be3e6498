package dev.offsite.transfer;

import dev.offsite.download.Downloads;
import dev.offsite.download.PartFile;
import dev.offsite.io.HashingInputStream;
import dev.offsite.io.Permissions;
import dev.offsite.job.Modes;
import dev.offsite.job.VerificationMethod;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.TargetConnection;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;

/**
 * Downloads the absolute path {@code source} on the server to the absolute path {@code local}.
 *
 * @param decryption of files that are encrypted; without it they come as they are
 * @param overwrite whether a decrypted file may replace another
 */
record GetDirection(
        TargetConnection connection,
        Downloads downloads,
        String source,
        Path local,
        boolean tree,
        Optional<TreeFileDecryption> decryption,
        boolean overwrite)
        implements Direction {

    private SftpSessionPool sessions() {
        return connection.sessions();
    }

    @Override
    public String verb() {
        return "get";
    }

    @Override
    public String done() {
        return "got";
    }

    @Override
    public String destination() {
        return local.toString();
    }

    @Override
    public void makeTop() throws IOException {
        Path folder = tree ? local : local.getParent();
        try {
            if (!Files.exists(folder)) {
                int mode = tree
                        ? sessions()
                                .call(remote -> remote.follow(source))
                                .map(RemoteFile::mode)
                                .orElse(-1)
                        : -1;
                Files.createDirectories(folder, with(folder, mode));
            }
            Files.createDirectories(folder);
        } catch (FileAlreadyExistsException e) {
            // Without the cause, as its message says less.
            throw new IOException("%s here is no folder; move it away or name another".formatted(e.getFile()));
        }
    }

    @Override
    public void makeFolder(String name, int mode) throws IOException {
        Path folder = local.resolve(name);
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            try {
                Files.createDirectory(folder, with(folder, mode));
            } catch (FileAlreadyExistsException e) {
                throw new IOException("something that is no folder has its name here");
            }
        }
    }

    private FileAttribute<?>[] with(Path folder, int mode) {
        return Permissions.with(folder, Permissions.ofOwner(modes().of(mode)));
    }

    private Modes modes() {
        return connection.target().modes();
    }

    @Override
    public void setModified(String folder, Instant modified) throws IOException {
        Files.setLastModifiedTime(local.resolve(folder), FileTime.from(modified));
    }

    @Override
    public Optional<There> there(String name) throws IOException {
        if (decrypting(name).isPresent()) {
            // What is there is compared when what is inside, and so its name, is known.
            return Optional.empty();
        }
        try {
            BasicFileAttributes is =
                    Files.readAttributes(local.resolve(name), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            Instant modified = is.lastModifiedTime().toInstant();
            return Optional.of(new There(is.isRegularFile(), is.size(), modified));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private Optional<TreeFileDecryption> decrypting(String name) {
        return decryption.filter(how -> TreeFileDecryption.isCandidate(pathToVerify(name)));
    }

    private Path arrival(String name) {
        Path to = local.resolve(name);
        return decrypting(name).map(how -> how.arrival(to)).orElse(to);
    }

    @Override
    public String hashHere(String name, LongConsumer progress) throws IOException {
        return HashingInputStream.sha256(local.resolve(name), progress);
    }

    @Override
    public void send(FileTreeEntry file, LongConsumer progress, BiConsumer<Sent, Exception> whenSent) {
        boolean resume = connection.target().verification() != VerificationMethod.SIZE;
        downloads.add(new TreeFileDownload(
                file, pathToVerify(file.name()), arrival(file.name()), resume, progress, whenSent));
    }

    @Override
    public String pathToVerify(String name) {
        return RemotePath.below(source, name);
    }

    @Override
    public Published publish(FileTreeEntry file, Sent got) throws IOException {
        Path to = local.resolve(file.name());
        int mode = modes().of(file.mode());
        Optional<TreeFileDecryption> decrypting = decrypting(file.name());
        if (decrypting.isPresent()) {
            return decrypting.get().publish(file, to, got.copy(), mode, overwrite);
        }
        PartFile.publish(to, file.modified(), mode);
        return new Published(to.toString(), got, false);
    }

    @Override
    public void discard(String name) throws IOException {
        PartFile.discard(arrival(name));
    }

    @Override
    public void end() {
        downloads.close();
    }
}
