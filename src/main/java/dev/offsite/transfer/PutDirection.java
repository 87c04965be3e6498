package dev.offsite.transfer;

import dev.offsite.age.AgeRecipients;
import dev.offsite.encryption.CopyNames;
import dev.offsite.io.HashingInputStream;
import dev.offsite.io.Permissions;
import dev.offsite.io.UploadPermits;
import dev.offsite.job.Modes;
import dev.offsite.manifest.PartNames;
import dev.offsite.resume.UploadRecords;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.RemoteFolders;
import dev.offsite.sftp.RemoteMove;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.sftp.TargetConnection;
import dev.offsite.source.ChangedFileException;
import dev.offsite.source.FileState;
import dev.offsite.upload.ResumableUploads;
import dev.offsite.upload.SegmentPlan;
import dev.offsite.upload.UploadTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;

/**
 * Uploads {@code local} to the absolute path {@code destination} on the server.
 *
 * @param recipients who can open the files there, whose names get {@code .age}; empty if they are not encrypted
 * @param threads that encrypt
 */
record PutDirection(
        TargetConnection connection,
        PartNames partNames,
        ResumableUploads uploads,
        Path local,
        String destination,
        boolean tree,
        TreeTransfer.Options options,
        Optional<AgeRecipients> recipients,
        Executor threads)
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
                .call(remote -> remote.stat(file(name)))
                .map(entry -> new There(entry.file(), entry.size(), entry.modified()));
    }

    @Override
    public long size(FileTreeEntry file) {
        return recipients.map(to -> to.size(file.size())).orElse(file.size());
    }

    @Override
    public boolean isComparable() {
        return recipients.isEmpty();
    }

    @Override
    public String hashHere(String name, LongConsumer progress) throws IOException {
        return HashingInputStream.sha256(local.resolve(name), progress);
    }

    @Override
    public String pathOfSame(String name) {
        return file(name);
    }

    @Override
    public void send(FileTreeEntry file, LongConsumer progress, BiConsumer<Sent, Exception> whenSent)
            throws IOException {
        whenSent.accept(send(file, progress), null);
    }

    private Sent send(FileTreeEntry file, LongConsumer progress) throws IOException {
        checkUnchanged(file);
        LocalSource source = new LocalSource(
                source(file.name()), recipients, threads, connection.throttle().before(progress));
        HashingInputStream sent = size(file) >= ResumableUploads.LARGE
                ? sendResumably(file, source, progress)
                : sendInOnePiece(file, source);
        checkUnchanged(file);
        if (sent.count() != size(file)) {
            throw new ChangedFileException(source(file.name()).toString());
        }
        return source.sent(sent);
    }

    private HashingInputStream sendInOnePiece(FileTreeEntry file, LocalSource source) throws IOException {
        try (HashingInputStream in = source.open(Optional.empty())) {
            sessions().run(remote -> remote.write(in, pathToVerify(file.name()), partMode(file)));
            return in;
        }
    }

    private HashingInputStream sendResumably(FileTreeEntry file, LocalSource source, LongConsumer progress)
            throws IOException {
        UploadPermits slots = connection.slots();
        // Not to wait, but for others to know how many there are.
        slots.take(Integer.MAX_VALUE);
        try {
            return uploads.send(new UploadTask(
                    connection,
                    key(file.name()),
                    "",
                    "put: " + file(file.name()),
                    source(file.name()),
                    FileState.of(source(file.name())),
                    pathToVerify(file.name()),
                    partMode(file),
                    size(file),
                    source::open,
                    recipients,
                    source::key,
                    progress,
                    () -> SegmentPlan.of(
                            size(file), options.parallel(), sessions().linkSoFar(), slots.taken()),
                    options.retries(),
                    () -> false));
        } finally {
            slots.give();
        }
    }

    private int partMode(FileTreeEntry file) {
        return connection.target().verifyLogin() == null
                ? modes().of(Permissions.PRIVATE)
                : modes().of(Permissions.PRIVATE | file.mode());
    }

    private Path source(String name) {
        return local.resolve(name).toAbsolutePath();
    }

    private String key(String name) {
        return UploadRecords.key("", connection.target().toString(), file(name), source(name));
    }

    @Override
    public void differs(String name) {
        uploads.forget(key(name));
    }

    private void checkUnchanged(FileTreeEntry file) throws IOException {
        BasicFileAttributes now = Files.readAttributes(local.resolve(file.name()), BasicFileAttributes.class);
        if (now.size() != file.size() || !now.lastModifiedTime().toInstant().equals(file.modified())) {
            throw new ChangedFileException(local.resolve(file.name()).toString());
        }
    }

    @Override
    public String pathToVerify(String name) {
        return partNames.of("", file(name), 0, 0);
    }

    @Override
    public Published publish(FileTreeEntry file, Sent sent) throws IOException {
        int mode = file.mode() < 0 ? -1 : modes().of(file.mode() | READABLE_BY_OWNER);
        RemoteMove move = new RemoteMove(pathToVerify(file.name()), file(file.name()), file.modified(), mode, false);
        Optional<SftpStatusException> refusal = sessions()
                .call(remote -> remote.rename(List.of(move), connection::modesRefused))
                .get(0);
        uploads.forget(key(file.name()));
        if (refusal.isPresent()) {
            throw refusal.get();
        }
        return new Published(file(file.name()), sent, false);
    }

    @Override
    public void discard(String name) throws IOException {
        if (!uploads.isKept(key(name))) {
            sessions().run(remote -> remote.remove(pathToVerify(name)));
        }
    }

    /** The final name of a file; that of a single file is the destination. */
    private String file(String name) {
        return tree && recipients.isPresent() ? path(name) + CopyNames.ENDING : path(name);
    }

    private String path(String name) {
        return RemotePath.below(destination, name);
    }
}
