package dev.offsite.sftp;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.SftpATTRS;
import com.jcraft.jsch.SftpException;
import com.jcraft.jsch.SftpStatVFS;
import dev.offsite.sftp.login.SftpLogin;
import dev.offsite.sftp.login.SshException;
import dev.offsite.sftp.login.TargetEndpoint;
import dev.offsite.sftp.pipeline.BatchWrite;
import dev.offsite.sftp.pipeline.PositionedWrite;
import dev.offsite.sftp.pipeline.SftpPacket;
import dev.offsite.sftp.pipeline.SftpPipeline;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.apache.camel.util.function.ThrowingFunction;
import org.apache.camel.util.function.ThrowingSupplier;

/**
 * One SFTP connection for what camel-ftp's producer cannot do: list, stat, rename, remove, make folders, and read and
 * write small files. It logs in as {@link SftpLogin} does.
 *
 * <p>Paths are taken literally, although JSch expands {@code *} and {@code ?} in most of them. Not thread-safe.
 */
public final class SftpSession implements AutoCloseable {

    /** Limit for the memory that the names of one listing may take, in bytes. */
    public static final long MOST_MEMORY = Runtime.getRuntime().maxMemory() / 2;

    private final SftpChannels channels;
    private final SftpFiles files = new SftpFiles(this);

    private SftpSession(SftpChannels channels) {
        this.channels = channels;
    }

    /**
     * Fails with {@link SshException} if the server cannot be reached, is not trusted, refuses the login, or has no SFTP
     */
    public static SftpSession open(TargetEndpoint endpoint) throws SshException {
        return new SftpSession(SftpChannels.open(endpoint, false));
    }

    /** Opens a session for many requests: with the pipeline, and the rest at first use. */
    static SftpSession openForMany(TargetEndpoint endpoint) throws SshException {
        return new SftpSession(SftpChannels.open(endpoint, true));
    }

    SftpChannels channels() {
        return channels;
    }

    /** What the server calls itself, such as {@code OpenSSH_9.2p1}. */
    public String software() {
        return channels.software();
    }

    @Override
    public void close() {
        channels.close();
    }

    /** The entries of a folder without {@code .} and {@code ..}. Symbolic links are not followed. */
    public List<RemoteFile> list(String folder) throws SftpStatusException {
        return list(folder, new FolderReader.Allowance(MOST_MEMORY));
    }

    List<RemoteFile> list(String folder, FolderReader.Allowance allowance) throws SftpStatusException {
        return FolderListing.entries(this, folder, allowance);
    }

    /** The entries of a folder; empty if it does not exist. */
    public List<RemoteFile> listIfThere(String folder) throws SftpStatusException {
        return ifThere(() -> list(folder)).orElse(List.of());
    }

    /** The entry at this path, without following a symbolic link; empty if there is none. */
    public Optional<RemoteFile> stat(String path) throws SftpStatusException {
        return RemoteStat.of(this, path);
    }

    /** What the server says of the entry itself; some follow links here. */
    Optional<RemoteFile> attributes(String path) throws SftpStatusException {
        return entry(path, sftp -> sftp.lstat(literal(path)));
    }

    /** The entry at this path, following a symbolic link; empty if there is none. */
    public Optional<RemoteFile> follow(String path) throws SftpStatusException {
        return RemoteStat.follow(this, path);
    }

    /** Like {@link #follow}, with JSch. */
    Optional<RemoteFile> followUnpipelined(String path) throws SftpStatusException {
        return entry(path, sftp -> sftp.stat(literal(path)));
    }

    /** The path without symbolic links, as the server resolves it. */
    public String resolve(String path) throws SftpStatusException {
        return channels.ask(sftp -> sftp.realpath(path));
    }

    private Optional<RemoteFile> entry(String path, ThrowingFunction<ChannelSftp, SftpATTRS, SftpException> request)
            throws SftpStatusException {
        return ifThere(() -> RemoteFile.of(RemotePath.name(path), channels.ask(request)));
    }

    /** Empty if the server has no such file. */
    static <T> Optional<T> ifThere(ThrowingSupplier<T, SftpStatusException> request) throws SftpStatusException {
        try {
            return Optional.of(request.get());
        } catch (SftpStatusException e) {
            if (e.code() == SftpStatusException.NO_SUCH_FILE) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The parent must exist. */
    public void mkdir(String folder) throws SftpStatusException {
        channels.tell(sftp -> sftp.mkdir(folder));
    }

    /** Sets the permissions. */
    public void setMode(String path, int mode) throws SftpStatusException {
        channels.tell(sftp -> sftp.chmod(mode, literal(path)));
    }

    /**
     * Creates folders whose parents exist, pipelined if possible. An existing folder is fine, and keeps its mode; a
     * symbolic link to one is not.
     *
     * @param mode of each path; -1 leaves it to the server
     */
    public List<RemoteFolders.Made> makeFolders(List<String> folders, ToIntFunction<String> mode) throws IOException {
        Optional<SftpPipeline> many = channels.pipelineFor(folders.size());
        return many.isEmpty()
                ? folders.stream()
                        .map(folder -> RemoteFolders.tryToMake(this, folder, mode.applyAsInt(folder)))
                        .toList()
                : RemoteFolders.make(many.get(), folders, mode);
    }

    /** Whether the server can be asked to write files to its disk ({@link #sync}). */
    public boolean syncs() throws IOException {
        return channels.pipeline().filter(SftpPipeline::syncs).isPresent();
    }

    /** Has the server write files to its disk, pipelined; returns why it did not, by path. */
    public Map<String, SftpStatusException> sync(List<String> files) throws IOException {
        return BatchWrite.sync(channel(), files);
    }

    /** The SHA-256 of a small file as the server's check-file says; empty if the server does not have that. */
    public Optional<String> checkFile(String file) throws SftpStatusException {
        return CheckFile.tried(channels, file);
    }

    /** The SHA-256 of files as the server's check-file says, in lower-case hex. Files that it refuses are left out. */
    public Map<String, String> checkFiles(Collection<String> files, Duration deadline) throws IOException {
        return CheckFile.of(channels, files, deadline);
    }

    /** Renames, replacing {@code to}; atomic where the server has posix-rename, as OpenSSH does. */
    public void rename(String from, String to) throws SftpStatusException {
        channels.tell(sftp -> sftp.rename(literal(from), literal(to)));
    }

    /**
     * Renames like {@link #rename} and sets modification times, pipelined if possible; returns why each rename failed,
     * or empty. A time that cannot be set is ignored.
     *
     * @param refusedMode called for each mode that cannot be set
     * @throws IOException if the connection broke; it is then unknown which moves were done
     */
    public List<Optional<SftpStatusException>> rename(List<RemoteMove> moves, Consumer<SftpStatusException> refusedMode)
            throws IOException {
        Optional<SftpPipeline> many = channels.pipelineFor(moves.size());
        List<Optional<SftpStatusException>> failures = new ArrayList<>();
        if (many.isEmpty()) {
            for (RemoteMove move : moves) {
                failures.add(move.oneByOne(this, refusedMode));
            }
            return failures;
        }
        return RemoteMove.all(many.get(), moves, refusedMode);
    }

    /** Writes small files, replacing existing ones, pipelined. */
    public void write(List<BatchWrite> files) throws IOException {
        BatchWrite.write(channel(), files);
    }

    /** The pipeline; fails if the server allows none. */
    public SftpPipeline channel() throws IOException {
        return channels.pipeline()
                .orElseThrow(() -> new SftpStatusException(
                        SftpStatusException.OP_UNSUPPORTED,
                        "it allows neither a second channel nor a second connection"));
    }

    /** The sizes of the paths that are regular files, pipelined if possible. */
    public Map<String, Long> sizes(Collection<String> paths) throws IOException {
        return files.sizes(paths);
    }

    /** Creates a file for writing at any offset; an existing one is removed first. {@code mode} may be -1. */
    public PositionedWrite create(String file, int mode) throws IOException {
        return PositionedWrite.create(channel(), file, mode, channels.link().window());
    }

    /** Opens a file that another connection has created, for writing at any offset. */
    public PositionedWrite segments(String file) throws IOException {
        return PositionedWrite.open(channel(), file, channels.link().window());
    }

    /** Creates an empty file that camel-ftp may open: nothing but a regular file has that name then. */
    public void createEmpty(String file, int mode) throws IOException {
        files.createEmpty(file, mode);
    }

    /** Removes a file or a symbolic link, if it exists. */
    public void remove(String file) throws SftpStatusException {
        ifThere(() -> channels.ask(sftp -> {
            sftp.rm(literal(file));
            return file;
        }));
    }

    /** The same; false if the server refuses, as one does where files can only be added. */
    public boolean removeIfAllowed(String file) throws SftpStatusException {
        try {
            remove(file);
            return true;
        } catch (SftpStatusException e) {
            if (!e.answered()) {
                throw e;
            }
            return false;
        }
    }

    public void rmdir(String folder) throws SftpStatusException {
        channels.tell(sftp -> sftp.rmdir(literal(folder)));
    }

    /** The text of a small UTF-8 file, of which it reads the beginning only if it is large; empty if it does not exist. */
    public Optional<String> read(String file) throws SftpStatusException {
        return files.read(file);
    }

    /** Reads a file into a stream, which stays open: all of it, or until there is {@code enough}. */
    public void read(String file, OutputStream into, BooleanSupplier enough) throws SftpStatusException {
        files.read(file, into, enough);
    }

    void read(String file, OutputStream into, Duration patience) throws SftpStatusException {
        files.read(file, into, () -> false, patience);
    }

    /** Writes a small UTF-8 file, replacing an existing one. Not atomic: use a temporary name. */
    public void write(String file, String text) throws IOException {
        write(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), file, SftpPacket.NO_MODE);
    }

    /** Creates a symbolic link; the target need not exist. */
    public void symlink(String target, String link) throws SftpStatusException {
        channels.tell(sftp -> sftp.symlink(literal(target), literal(link)));
    }

    /** The login method in SSH terms: {@code publickey}, {@code password}; empty if unknown. */
    public String loginMethod() {
        return channels.loginMethod();
    }

    /** The folder that a login starts in, absolute. */
    public String home() throws SftpStatusException {
        return channels.ask(ChannelSftp::getHome);
    }

    /** Whether a rename replaces an existing file atomically (posix-rename@openssh.com). */
    public boolean replacesByRename() throws SftpStatusException {
        return channels.ask(sftp -> sftp.getExtension(SftpPacket.POSIX_RENAME) != null);
    }

    /**
     * Writes a whole stream to a file, which is created anew: what has its name is removed, and no link is followed. It is
     * on the server's disk then, where the server can be asked for that. Not atomic: use a temporary name.
     *
     * @param mode -1 leaves it to the server
     */
    public void write(InputStream from, String file, int mode) throws IOException {
        files.write(from, file, mode);
    }

    /** Creates a small UTF-8 file exclusively, at most 32 KiB; returns why it was not created, or empty. */
    public Optional<SftpStatusException> create(String file, String text) throws IOException {
        return files.create(file, text);
    }

    /** Sets the modification time, in whole seconds. */
    public void setModified(String path, Instant modified) throws SftpStatusException {
        channels.tell(sftp -> sftp.setMtime(literal(path), (int) Math.max(0, modified.getEpochSecond())));
    }

    /** Free bytes, and how many more files fit, on a file system. */
    public record Space(long bytes, long files) {}

    /** What is free on the folder's file system, where the server reports it (statvfs@openssh.com). */
    public Optional<Space> space(String folder) {
        try {
            SftpStatVFS there = channels.ask(sftp -> sftp.statVFS(literal(folder)));
            // Some file systems have no fixed number of files, and report none.
            long files = there.getINodes() == 0 ? Long.MAX_VALUE : there.getAvailINodes();
            return Optional.of(new Space(there.getAvailForNonRoot() * 1024, files));
        } catch (SftpStatusException e) {
            return Optional.empty();
        }
    }

    /** Escapes the characters {@code * ? \} that JSch would take as a pattern. */
    public static String literal(String path) {
        return path.replaceAll("([\\\\*?])", "\\\\$1");
    }
}
