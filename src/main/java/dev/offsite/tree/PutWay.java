package dev.offsite.tree;

import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.SftpException;
import dev.offsite.transfer.ChangedFileException;
import dev.offsite.transfer.HashingStream;
import dev.offsite.transfer.RemoteEntry;
import dev.offsite.transfer.RemoteSessions;
import dev.offsite.transfer.RemoteTree;
import dev.offsite.transfer.TemporaryName;
import dev.offsite.transfer.Throttle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * From here to the server.
 *
 * @param throttle what goes through it waits for its limits
 * @param local the file or folder here
 * @param destination its path on the server, absolute
 */
record PutWay(RemoteSessions sessions, Throttle throttle, Path local, String destination, boolean tree) implements Way {

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

    /** The folder that all goes into. */
    String folder() {
        int end = tree ? destination.length() : destination.lastIndexOf('/');
        return end == 0 ? "/" : destination.substring(0, end);
    }

    @Override
    public void makeTop() throws JSchException, SftpException, IOException {
        String folder = folder();
        sessions.call(remote -> {
            // The user has named it: it may well be a symbolic link.
            if (remote.follow(folder).filter(RemoteEntry::directory).isEmpty()) {
                RemoteTree.make(remote, folder);
            }
            return null;
        });
    }

    @Override
    public void makeFolder(String name) throws JSchException, SftpException, IOException {
        sessions.call(remote -> {
            RemoteTree.make(remote, path(name));
            return null;
        });
    }

    @Override
    public void setModified(String folder, Instant modified) throws JSchException, SftpException, IOException {
        sessions.call(remote -> {
            remote.setModified(path(folder), modified);
            return null;
        });
    }

    @Override
    public Optional<There> there(String name) throws JSchException, SftpException, IOException {
        return sessions.call(remote -> remote.stat(path(name)))
                .map(entry -> new There(entry.file(), entry.size(), entry.modified()));
    }

    @Override
    public String hashHere(String name, LongConsumer progress) throws IOException {
        return Hash.of(local(name), progress);
    }

    @Override
    public String pathOfSame(String name) {
        return path(name);
    }

    @Override
    public Sent send(TreeFile file, LongConsumer progress) throws JSchException, SftpException, IOException {
        Path local = local(file.name());
        checkUnchanged(file);
        try (HashingStream in = new HashingStream(throttle.limited(Files.newInputStream(local)), progress)) {
            sessions.call(remote -> {
                remote.write(in, pathToProve(file.name()));
                return null;
            });
            checkUnchanged(file);
            return new Sent(in.sha256(), in.count());
        }
    }

    private void checkUnchanged(TreeFile file) throws IOException {
        BasicFileAttributes now = Files.readAttributes(local(file.name()), BasicFileAttributes.class);
        if (now.size() != file.size() || !now.lastModifiedTime().toInstant().equals(file.modified())) {
            throw new ChangedFileException(local(file.name()).toString());
        }
    }

    @Override
    public String pathToProve(String name) {
        return TemporaryName.of(path(name));
    }

    @Override
    public void publish(TreeFile file) throws JSchException, SftpException, IOException {
        sessions.call(remote -> {
            remote.setModified(pathToProve(file.name()), file.modified());
            remote.rename(pathToProve(file.name()), path(file.name()));
            return null;
        });
    }

    @Override
    public void discard(String name) throws JSchException, SftpException, IOException {
        sessions.call(remote -> {
            remote.remove(pathToProve(name));
            return null;
        });
    }

    private String path(String name) {
        return Tree.below(destination, name);
    }

    private Path local(String name) {
        return name.isEmpty() ? local : local.resolve(name);
    }
}
