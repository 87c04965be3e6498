package dev.offsite.transfer;

import dev.offsite.io.HashedFile;
import dev.offsite.io.HashingInputStream;
import dev.offsite.io.Permissions;
import dev.offsite.job.Modes;
import dev.offsite.manifest.PartNames;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.RemoteFolders;
import dev.offsite.sftp.RemoteMove;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.sftp.TargetConnection;
import dev.offsite.source.ChangedFileException;
import dev.offsite.source.FileState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;

/** Uploads {@code local} to the absolute path {@code destination} on the server. */
public record PutDirection(
        TargetConnection connection, PartNames partNames, Path local, String destination, boolean tree)
        implements Direction {

    private static final int READABLE_BY_OWNER = 0400;

    private SftpSessionPool sessions() {
        return connection.sessions();
    }

    private Modes modes() {
        return connection.target().modes();
    }

    @Override
    public String verb() {
        return "put";
    }

    @Override
    public String source() {
        return local.toString();
    }

    @Override
    public String done() {
        return "put";
    }

    String folder() {
        int end = tree ? destination.length() : destination.lastIndexOf('/');
        return end == 0 ? "/" : destination.substring(0, end);
    }

    @Override
    public void makeTop() throws IOException {
        String folder = folder();
        int mode = tree ? Permissions.ofOwner(FileState.of(local).mode()) : -1;
        sessions().run(remote -> {
            // The user named this folder, so a symbolic link is fine here.
            if (remote.follow(folder).filter(RemoteFile::directory).isEmpty()) {
                RemoteFolders.make(remote, folder, modes().of(mode));
            }
        });
    }

    @Override
    public void makeFolder(String name, int mode) throws IOException {
        sessions().run(remote -> RemoteFolders.make(remote, path(name), modes().of(Permissions.ofOwner(mode))));
    }

    @Override
    public void setModified(String folder, Instant modified) throws IOException {
        sessions().run(remote -> remote.setModified(path(folder), modified));
    }

    @Override
    public Optional<There> there(String name) throws IOException {
        return sessions()
                .call(remote -> remote.stat(path(name)))
                .map(entry -> new There(entry.file(), entry.size(), entry.modified()));
    }

    @Override
    public String hashHere(String name, LongConsumer progress) throws IOException {
        return HashingInputStream.sha256(local.resolve(name), progress);
    }

    @Override
    public String pathOfSame(String name) {
        return path(name);
    }

    @Override
    public void send(FileTreeEntry file, LongConsumer progress, BiConsumer<HashedFile, Exception> whenSent)
            throws IOException {
        whenSent.accept(send(file, progress), null);
    }

    private HashedFile send(FileTreeEntry file, LongConsumer progress) throws IOException {
        Path local = this.local.resolve(file.name());
        checkUnchanged(file);
        try (HashingInputStream in = new HashingInputStream(
                Files.newInputStream(local), connection.throttle().before(progress))) {
            int mode = connection.target().verifyLogin() == null
                    ? modes().of(Permissions.PRIVATE)
                    : modes().of(Permissions.PRIVATE | file.mode());
            sessions().run(remote -> remote.write(in, pathToVerify(file.name()), mode));
            checkUnchanged(file);
            return new HashedFile(in.sha256(), in.count());
        }
    }

    private void checkUnchanged(FileTreeEntry file) throws IOException {
        BasicFileAttributes now = Files.readAttributes(local.resolve(file.name()), BasicFileAttributes.class);
        if (now.size() != file.size() || !now.lastModifiedTime().toInstant().equals(file.modified())) {
            throw new ChangedFileException(local.resolve(file.name()).toString());
        }
    }

    @Override
    public String pathToVerify(String name) {
        return partNames.of("", path(name), 0, 0);
    }

    @Override
    public void publish(FileTreeEntry file) throws IOException {
        int mode = file.mode() < 0 ? -1 : modes().of(file.mode() | READABLE_BY_OWNER);
        RemoteMove move = new RemoteMove(pathToVerify(file.name()), path(file.name()), file.modified(), mode, false);
        Optional<SftpStatusException> refusal = sessions()
                .call(remote -> remote.rename(List.of(move), connection::modesRefused))
                .get(0);
        if (refusal.isPresent()) {
            throw refusal.get();
        }
    }

    @Override
    public void discard(String name) throws IOException {
        sessions().run(remote -> remote.remove(pathToVerify(name)));
    }

    private String path(String name) {
        return RemotePath.below(destination, name);
    }
}
