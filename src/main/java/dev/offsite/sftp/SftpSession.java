package dev.offsite.sftp;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.SftpATTRS;
import com.jcraft.jsch.SftpException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.component.file.remote.SftpEndpoint;

/**
 * One SFTP connection for what camel-ftp's producer has no operation for: list, stat, rename, remove, make a folder,
 * read and write a small file. It logs in as {@link SftpLogin} does.
 *
 * <p>Paths are taken literally: JSch would expand {@code *} and {@code ?} in most of them. Not safe for use by several
 * threads at once.
 */
public final class SftpSession implements AutoCloseable {

    private final SftpChannels channels;

    private SftpSession(SftpChannels channels) {
        this.channels = channels;
    }

    /**
     * Connects and logs in.
     *
     * @throws SshException if the server cannot be reached, is not trusted, refuses the login, or has no SFTP
     */
    public static SftpSession open(SftpEndpoint endpoint) throws SshException {
        return new SftpSession(SftpChannels.open(endpoint, false));
    }

    /** The same for many requests at once: it has what they go through, and opens the rest at the first need. */
    static SftpSession openForMany(SftpEndpoint endpoint) throws SshException {
        return new SftpSession(SftpChannels.open(endpoint, true));
    }

    SftpChannels channels() {
        return channels;
    }

    @Override
    public void close() {
        channels.close();
    }

    /** The entries of a folder but {@code .} and {@code ..}. Their attributes do not follow symbolic links. */
    public List<RemoteFile> list(String folder) throws SftpStatusException {
        List<RemoteFile> entries = new ArrayList<>();
        channels.tell(sftp -> sftp.ls(literal(folder), entry -> {
            if (!entry.getFilename().equals(".") && !entry.getFilename().equals("..")) {
                entries.add(RemoteFile.of(entry.getFilename(), entry.getAttrs()));
            }
            return ChannelSftp.LsEntrySelector.CONTINUE;
        }));
        return entries;
    }

    /** The same; none where there is no such folder. */
    public List<RemoteFile> listIfThere(String folder) throws SftpStatusException {
        try {
            return list(folder);
        } catch (SftpStatusException e) {
            if (e.code() == SftpStatusException.NO_SUCH_FILE) {
                return List.of();
            }
            throw e;
        }
    }

    /** What is at that path, symbolic links not followed; empty where there is nothing. */
    public Optional<RemoteFile> stat(String path) throws SftpStatusException {
        return entry(path, ChannelSftp::lstat);
    }

    /** What is at that path, or what a symbolic link there leads to; empty where there is nothing. */
    public Optional<RemoteFile> follow(String path) throws SftpStatusException {
        return entry(path, ChannelSftp::stat);
    }

    /** The path without symbolic links, as the server resolves it. */
    public String resolve(String path) throws SftpStatusException {
        return channels.ask(sftp -> sftp.realpath(path));
    }

    private interface Stat {
        SftpATTRS of(ChannelSftp sftp, String path) throws SftpException;
    }

    private Optional<RemoteFile> entry(String path, Stat stat) throws SftpStatusException {
        try {
            SftpATTRS attributes = channels.ask(sftp -> stat.of(sftp, literal(path)));
            return Optional.of(RemoteFile.of(RemotePath.name(path), attributes));
        } catch (SftpStatusException e) {
            if (e.code() == SftpStatusException.NO_SUCH_FILE) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Makes one folder; its parent must exist. */
    public void mkdir(String folder) throws SftpStatusException {
        channels.tell(sftp -> sftp.mkdir(folder));
    }

    /**
     * Makes folders whose parents are there, all without waiting for one before the next where the server allows a second
     * channel. One that is there already is no failure; a symbolic link in its place is none.
     *
     * @return for each why it is not there, or empty
     * @throws IOException if the connection broke
     */
    public List<Optional<Exception>> makeFolders(List<String> folders) throws IOException {
        Optional<SftpPipeline> many = channels.pipelineFor(folders.size());
        return many.isEmpty()
                ? folders.stream()
                        .map(folder -> RemoteFolders.tryToMake(this, folder))
                        .toList()
                : RemoteFolders.make(many.get(), folders);
    }

    /** Renames, replacing what is at {@code to} in one step where the server has posix-rename (OpenSSH has). */
    public void rename(String from, String to) throws SftpStatusException {
        channels.tell(sftp -> sftp.rename(literal(from), literal(to)));
    }

    /**
     * Renames as {@link #rename} does and sets the time of last change of each, all without waiting for one before the next
     * where the server allows a second channel. A time that cannot be set is no failure: no copy is worth less for it.
     *
     * @return for each move why it was not done, or empty
     * @throws IOException if the connection broke: then nobody knows how far it came
     */
    public List<Optional<SftpStatusException>> rename(List<RemoteMove> moves) throws IOException {
        Optional<SftpPipeline> many = channels.pipelineFor(moves.size());
        List<Optional<SftpStatusException>> failures = new ArrayList<>();
        if (many.isEmpty()) {
            for (RemoteMove move : moves) {
                failures.add(move.oneByOne(this));
            }
            return failures;
        }
        List<SftpPacket.Request> requests = new ArrayList<>();
        for (RemoteMove move : moves) {
            requests.add(many.get().rename(move.from(), move.to()));
            // After the rename, lest a part file look like one that was left long ago.
            requests.add(many.get().setModified(move.to(), move.modified()));
        }
        List<SftpPipeline.Answer> answers = many.get().ask(requests);
        for (int i = 0; i < answers.size(); i += 2) {
            SftpPipeline.Answer renamed = answers.get(i);
            failures.add(
                    renamed.done()
                            ? Optional.empty()
                            : Optional.of(new SftpStatusException(renamed.code(), renamed.message())));
        }
        return failures;
    }

    /**
     * Writes small files, replacing what is there, without waiting for one before the next if that can be.
     *
     * @throws IOException if the connection broke: then nobody knows how far it came
     */
    public void write(List<BatchWrite> files) throws IOException {
        BatchWrite.write(channel(), files);
    }

    private SftpPipeline channel() throws IOException {
        return channels.pipeline()
                .orElseThrow(() -> new SftpStatusException(
                        SftpStatusException.OP_UNSUPPORTED,
                        "it allows neither a second channel nor a second connection"));
    }

    /** The sizes of those that are regular files, by path; asked without waiting for one before the next if that can be. */
    public Map<String, Long> sizes(Collection<String> paths) throws IOException {
        Optional<SftpPipeline> many = channels.pipelineFor(paths.size());
        Map<String, Long> sizes = new HashMap<>();
        if (many.isEmpty()) {
            for (String path : paths) {
                stat(path).filter(RemoteFile::file).ifPresent(entry -> sizes.put(path, entry.size()));
            }
            return sizes;
        }
        List<String> asked = List.copyOf(paths);
        List<SftpPipeline.Answer> answers =
                many.get().ask(asked.stream().map(many.get()::stat).toList());
        for (int i = 0; i < asked.size(); i++) {
            String path = asked.get(i);
            answers.get(i).size().ifPresent(size -> sizes.put(path, size));
        }
        return sizes;
    }

    /**
     * Opens a file for writing at any place in it, which others may do at the same time.
     *
     * @param afresh whether what is there goes first; otherwise the file must be there
     */
    public PositionedWrite segments(String file, boolean afresh) throws IOException {
        SftpPipeline channel = channel();
        long window = channels.link().window();
        return afresh ? PositionedWrite.create(channel, file, window) : PositionedWrite.open(channel, file, window);
    }

    /** Removes a file or a symbolic link; no error where there is none. */
    public void remove(String file) throws SftpStatusException {
        try {
            channels.tell(sftp -> sftp.rm(literal(file)));
        } catch (SftpStatusException e) {
            if (e.code() != SftpStatusException.NO_SUCH_FILE) {
                throw e;
            }
        }
    }

    /** Removes an empty folder. */
    public void rmdir(String folder) throws SftpStatusException {
        channels.tell(sftp -> sftp.rmdir(literal(folder)));
    }

    /** The text of a small UTF-8 file; empty where there is none. */
    public Optional<String> read(String file) throws SftpStatusException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            channels.tell(sftp -> sftp.get(literal(file), bytes));
        } catch (SftpStatusException e) {
            if (e.code() == SftpStatusException.NO_SUCH_FILE) {
                return Optional.empty();
            }
            throw e;
        }
        return Optional.of(bytes.toString(StandardCharsets.UTF_8));
    }

    /** Reads a whole file into a stream, which stays open. */
    public void read(String file, OutputStream into) throws SftpStatusException {
        channels.tell(sftp -> sftp.get(literal(file), into));
    }

    /** Writes a small UTF-8 file under that name, replacing what was there; not atomic: give it a temporary name. */
    public void write(String file, String text) throws IOException {
        try (var bytes = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))) {
            channels.tell(sftp -> sftp.put(bytes, literal(file)));
        }
    }

    /** Makes a symbolic link; the target need not be there. */
    public void symlink(String target, String link) throws SftpStatusException {
        channels.tell(sftp -> sftp.symlink(literal(target), literal(link)));
    }

    /** How we got in, as SSH calls it: {@code publickey}, {@code password}; empty where that is not known. */
    public String loginMethod() {
        return channels.loginMethod();
    }

    /** The folder that a login begins in, absolute, as SFTP has it. */
    public String home() throws SftpStatusException {
        return channels.ask(ChannelSftp::getHome);
    }

    /** Whether a rename there replaces what has the new name, in one step (posix-rename@openssh.com). */
    public boolean replacesByRename() throws SftpStatusException {
        return channels.ask(sftp -> sftp.getExtension("posix-rename@openssh.com") != null);
    }

    /** Writes all of a stream under that name, replacing what was there; not atomic: give it a temporary name. */
    public void write(InputStream from, String file) throws SftpStatusException {
        channels.tell(sftp -> sftp.put(from, literal(file), ChannelSftp.OVERWRITE));
    }

    /** Sets the time of last change, in whole seconds: all that SFTP can say. */
    public void setModified(String path, Instant modified) throws SftpStatusException {
        channels.tell(sftp -> sftp.setMtime(literal(path), (int) Math.max(0, modified.getEpochSecond())));
    }

    /** Bytes free for us on the file system of that folder, where the server tells (statvfs@openssh.com). */
    public Optional<Long> free(String folder) {
        try {
            return Optional.of(
                    channels.ask(sftp -> sftp.statVFS(literal(folder)).getAvailForNonRoot() * 1024));
        } catch (SftpStatusException e) {
            return Optional.empty();
        }
    }

    /** JSch reads {@code * ? \} in a path as a pattern; with a backslash before them they are plain characters. */
    public static String literal(String path) {
        return path.replaceAll("([\\\\*?])", "\\\\$1");
    }
}
