package dev.offsite.sftp;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.HostKey;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.JSchHostKeyException;
import com.jcraft.jsch.Logger;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.SftpATTRS;
import com.jcraft.jsch.SftpException;
import dev.offsite.exec.ExecException;
import dev.offsite.exec.ExecResult;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.component.file.remote.SftpConfiguration;
import org.apache.camel.component.file.remote.SftpEndpoint;
import org.apache.camel.component.file.remote.SftpOperations;
import org.apache.camel.util.ObjectHelper;

/**
 * One SFTP connection for what camel-ftp's producer has no operation for: list, stat, rename, remove, make a folder,
 * read and write a small file. It logs in exactly as camel-ftp does, with the same endpoint's settings.
 *
 * <p>Paths are taken literally: JSch would expand {@code *} and {@code ?} in most of them. Not safe for use by several
 * threads at once.
 */
public final class SftpSession extends SftpOperations implements AutoCloseable {

    private final SftpEndpoint endpoint;
    private Session session;
    private final LoginLog login = new LoginLog();
    private final QuickAckSocketFactory sockets;
    /** At the first need: it holds megabytes. */
    private ChannelSftp sftp;

    private boolean largeWrites;
    private SftpPipeline pipeline;
    private Session pipelineSession;
    private boolean noPipeline;

    private SftpSession(SftpEndpoint endpoint) {
        this.endpoint = endpoint;
        setEndpoint(endpoint);
        sockets = new QuickAckSocketFactory(endpoint.getConfiguration().getConnectTimeout());
    }

    /**
     * Connects and logs in.
     *
     * @throws SshException if the server cannot be reached, is not trusted, refuses the login, or has no SFTP
     */
    public static SftpSession open(SftpEndpoint endpoint) throws SshException {
        return open(endpoint, SftpSession::openSftp);
    }

    /**
     * The same for many requests at once: it has what they go through, and the rest at the first need.
     *
     * @throws SshException also if the connection broke
     */
    static SftpSession openForMany(SftpEndpoint endpoint) throws SshException {
        return open(endpoint, remote -> {
            try {
                remote.pipeline();
            } catch (IOException e) {
                throw new JSchException(e.toString(), e);
            }
        });
    }

    private interface Opening {
        void of(SftpSession remote) throws JSchException, SshException;
    }

    private static SftpSession open(SftpEndpoint endpoint, Opening opening) throws SshException {
        SftpSession remote = new SftpSession(endpoint);
        try {
            remote.login();
            opening.of(remote);
            remote.sockets.loggedIn();
            return remote;
        } catch (JSchHostKeyException e) {
            SshException refused = SshException.hostKey(e, remote.fingerprint());
            remote.close();
            throw refused;
        } catch (JSchException e) {
            remote.close();
            throw SshException.of(e);
        } catch (SshException | RuntimeException e) {
            remote.close();
            throw e;
        }
    }

    private void login() throws JSchException {
        session = newSession();
        session.setLogger(login);
        session.setSocketFactory(sockets);
        session.connect(endpoint.getConfiguration().getConnectTimeout());
    }

    private void openSftp() throws JSchException, SshException {
        int bulkRequests = endpoint.getConfiguration().getBulkRequests();
        try {
            sftp = (ChannelSftp) session.openChannel("sftp");
            sftp.setBulkRequests(bulkRequests);
            sftp.connect(endpoint.getConfiguration().getConnectTimeout());
        } catch (JSchException e) {
            sftp = null;
            throw SshException.noSftp(endpoint.getConfiguration().getUsername(), e);
        }
        sftp.setBulkRequests(bulkRequests);
        largeWrites = sftp.getExtension(SftpPipeline.LIMITS) != null;
    }

    private ChannelSftp sftp() throws SftpStatusException {
        try {
            if (sftp == null && pipeline != null) {
                openBeside();
            } else if (sftp == null) {
                openSftp();
            }
            return sftp;
        } catch (JSchException e) {
            throw new SftpStatusException(SftpStatusException.CONNECTION_LOST, e.toString(), SshException.of(e));
        } catch (SshException e) {
            throw new SftpStatusException(SftpStatusException.CONNECTION_LOST, e.toString(), e);
        }
    }

    private interface Request<T> {
        T of(ChannelSftp sftp) throws SftpException;
    }

    private interface Command {
        void to(ChannelSftp sftp) throws SftpException;
    }

    private <T> T ask(Request<T> request) throws SftpStatusException {
        ChannelSftp open = sftp();
        try {
            return request.of(open);
        } catch (SftpException e) {
            throw SftpStatusException.of(e);
        }
    }

    private void tell(Command command) throws SftpStatusException {
        ask(open -> {
            command.to(open);
            return null;
        });
    }

    private void openBeside() throws JSchException, SshException {
        try {
            openSftp();
        } catch (SshException e) {
            if (pipelineSession != null) {
                throw e;
            }
            // For servers that allow a connection one channel, such as MaxSessions 1: the pipeline keeps this one.
            pipelineSession = session;
            login();
            openSftp();
        }
    }

    private Session newSession() throws JSchException {
        SftpConfiguration settings = endpoint.getConfiguration();
        Session made = createSession(settings);
        if (ObjectHelper.isNotEmpty(settings.getPrivateKeyFile()) && settings.getPassword() == null) {
            // There is one way in: to ask which ways there are, and whether that key will do, is a round trip each.
            made.setConfig("enable_auth_none", "no");
            made.setConfig("enable_pubkey_auth_query", "no");
        }
        return made;
    }

    private String fingerprint() {
        HostKey seen = session.getHostKey();
        return seen == null ? "unknown" : seen.getType() + " " + seen.getFingerPrint(new JSch());
    }

    @Override
    public void close() {
        if (pipeline != null) {
            pipeline.close();
        }
        if (pipelineSession != null) {
            pipelineSession.disconnect();
        }
        if (sftp != null) {
            sftp.disconnect();
        }
        if (session != null) {
            session.disconnect();
        }
    }

    /** Whether the connection still stands, as far as is known on this side. */
    boolean isOpen() {
        return session.isConnected() && (sftp == null || sftp.isConnected());
    }

    /** The entries of a folder but {@code .} and {@code ..}. Their attributes do not follow symbolic links. */
    public List<RemoteFile> list(String folder) throws SftpStatusException {
        List<RemoteFile> entries = new ArrayList<>();
        tell(sftp -> sftp.ls(literal(folder), entry -> {
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
        return ask(sftp -> sftp.realpath(path));
    }

    private interface Stat {
        SftpATTRS of(ChannelSftp sftp, String path) throws SftpException;
    }

    private Optional<RemoteFile> entry(String path, Stat stat) throws SftpStatusException {
        try {
            SftpATTRS attributes = ask(sftp -> stat.of(sftp, literal(path)));
            return Optional.of(RemoteFile.of(path.substring(path.lastIndexOf('/') + 1), attributes));
        } catch (SftpStatusException e) {
            if (e.code() == SftpStatusException.NO_SUCH_FILE) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** What the link to the server is like, as {@link #open} has shown. */
    LinkQuality link() {
        return new LinkQuality(login.roundTrip, largeWrites);
    }

    /** The same; where it seems long, the server is asked once more: it may only have been busy. */
    LinkQuality confirmedLink() {
        LinkQuality seen = link();
        if (!seen.isLong()) {
            return seen;
        }
        long before = System.nanoTime();
        try {
            tell(sftp -> sftp.lstat("/"));
        } catch (SftpStatusException e) {
            // An answer is one whatever it says.
        }
        Duration again = Duration.ofNanos(System.nanoTime() - before);
        return again.compareTo(seen.roundTrip()) < 0 ? new LinkQuality(again, largeWrites) : seen;
    }

    /** Makes one folder; its parent must exist. */
    public void mkdir(String folder) throws SftpStatusException {
        tell(sftp -> sftp.mkdir(folder));
    }

    /**
     * Makes folders whose parents are there, all without waiting for one before the next where the server allows a second
     * channel. One that is there already is no failure; a symbolic link in its place is none.
     *
     * @return for each why it is not there, or empty
     * @throws IOException if the connection broke
     */
    public List<Optional<Exception>> makeFolders(List<String> folders) throws IOException {
        Optional<SftpPipeline> many = folders.size() == 1 && pipeline == null ? Optional.empty() : pipeline();
        return many.isEmpty()
                ? folders.stream()
                        .map(folder -> RemoteFolders.tryToMake(this, folder))
                        .toList()
                : RemoteFolders.make(many.get(), folders);
    }

    /** Renames, replacing what is at {@code to} in one step where the server has posix-rename (OpenSSH has). */
    public void rename(String from, String to) throws SftpStatusException {
        tell(sftp -> sftp.rename(literal(from), literal(to)));
    }

    /**
     * Renames as {@link #rename} does and sets the time of last change of each, all without waiting for one before the next
     * where the server allows a second channel. A time that cannot be set is no failure: no copy is worth less for it.
     *
     * @return for each move why it was not done, or empty
     * @throws IOException if the connection broke: then nobody knows how far it came
     */
    public List<Optional<SftpStatusException>> rename(List<RemoteMove> moves) throws IOException {
        Optional<SftpPipeline> many = moves.size() == 1 && pipeline == null ? Optional.empty() : pipeline();
        List<Optional<SftpStatusException>> failures = new ArrayList<>();
        if (many.isEmpty()) {
            for (RemoteMove move : moves) {
                failures.add(move.oneByOne(this));
            }
            return failures;
        }
        List<SftpPipeline.Request> requests = new ArrayList<>();
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
        return pipeline()
                .orElseThrow(() -> new SftpStatusException(
                        SftpStatusException.OP_UNSUPPORTED, "it allows neither a second channel nor connection"));
    }

    /** The sizes of those that are regular files, by path; asked without waiting for one before the next if that can be. */
    public Map<String, Long> sizes(Collection<String> paths) throws IOException {
        Optional<SftpPipeline> many = paths.size() == 1 && pipeline == null ? Optional.empty() : pipeline();
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
        long window = link().window();
        return afresh ? PositionedWrite.create(channel, file, window) : PositionedWrite.open(channel, file, window);
    }

    private Optional<SftpPipeline> pipeline() throws IOException {
        if (pipeline == null && !noPipeline) {
            int timeout = endpoint.getConfiguration().getConnectTimeout();
            try {
                pipeline = SftpPipeline.open(session, timeout);
            } catch (JSchException e) {
                pipeline = secondConnection(timeout).orElse(null);
                noPipeline = pipeline == null;
            }
        }
        return Optional.ofNullable(pipeline);
    }

    /** For servers that allow a connection one channel, such as MaxSessions 1. */
    private Optional<SftpPipeline> secondConnection(int timeout) throws IOException {
        try {
            pipelineSession = newSession();
            pipelineSession.connect(timeout);
            return Optional.of(SftpPipeline.open(pipelineSession, timeout));
        } catch (JSchException e) {
            return Optional.empty();
        }
    }

    /**
     * Has the server run a command, beside what SFTP does.
     *
     * @return what came of it; empty if none was started, since the server opens no other channel or the connection is lost
     * @throws ExecException if the server runs no commands, or it did not come to its end
     */
    Optional<ExecResult> run(String command, Duration deadline) throws ExecException {
        try (ExecChannel channel = new ExecChannel(session, command)) {
            boolean opened = channel.open(endpoint.getConfiguration().getConnectTimeout());
            return opened ? Optional.of(channel.await(deadline)) : Optional.empty();
        } catch (JSchException e) {
            return Optional.empty();
        }
    }

    /** Removes a file or a symbolic link; no error where there is none. */
    public void remove(String file) throws SftpStatusException {
        try {
            tell(sftp -> sftp.rm(literal(file)));
        } catch (SftpStatusException e) {
            if (e.code() != SftpStatusException.NO_SUCH_FILE) {
                throw e;
            }
        }
    }

    /** Removes an empty folder. */
    public void rmdir(String folder) throws SftpStatusException {
        tell(sftp -> sftp.rmdir(literal(folder)));
    }

    /** The text of a small UTF-8 file; empty where there is none. */
    public Optional<String> read(String file) throws SftpStatusException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            tell(sftp -> sftp.get(literal(file), bytes));
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
        tell(sftp -> sftp.get(literal(file), into));
    }

    /** Writes a small UTF-8 file under that name, replacing what was there; not atomic: give it a temporary name. */
    public void write(String file, String text) throws IOException {
        try (var bytes = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))) {
            tell(sftp -> sftp.put(bytes, literal(file)));
        }
    }

    /** Makes a symbolic link; the target need not be there. */
    public void symlink(String target, String link) throws SftpStatusException {
        tell(sftp -> sftp.symlink(literal(target), literal(link)));
    }

    /** How we got in, as SSH calls it: {@code publickey}, {@code password}; empty where that is not known. */
    public String loginMethod() {
        return login.method;
    }

    /** The folder that a login begins in, absolute, as SFTP has it. */
    public String home() throws SftpStatusException {
        return ask(ChannelSftp::getHome);
    }

    /** Whether a rename there replaces what has the new name, in one step (posix-rename@openssh.com). */
    public boolean replacesByRename() throws SftpStatusException {
        return ask(sftp -> sftp.getExtension("posix-rename@openssh.com") != null);
    }

    /** Writes all of a stream under that name, replacing what was there; not atomic: give it a temporary name. */
    public void write(InputStream from, String file) throws SftpStatusException {
        tell(sftp -> sftp.put(from, literal(file), ChannelSftp.OVERWRITE));
    }

    /** Sets the time of last change, in whole seconds: all that SFTP can say. */
    public void setModified(String path, Instant modified) throws SftpStatusException {
        tell(sftp -> sftp.setMtime(literal(path), (int) Math.max(0, modified.getEpochSecond())));
    }

    /** Bytes free for us on the file system of that folder, where the server tells (statvfs@openssh.com). */
    public Optional<Long> free(String folder) {
        try {
            return Optional.of(ask(sftp -> sftp.statVFS(literal(folder)).getAvailForNonRoot() * 1024));
        } catch (SftpStatusException e) {
            return Optional.empty();
        }
    }

    /** JSch reads {@code * ? \} in a path as a pattern; with a backslash before them they are plain characters. */
    public static String literal(String path) {
        return path.replaceAll("([\\\\*?])", "\\\\$1");
    }

    /**
     * What JSch tells only its log: by which of our credentials it got in; and how long the server took to answer what costs it
     * nothing, which is the round trip of the link and little more. Nothing else of it is kept.
     */
    private static final class LoginLog implements Logger {
        private static final Pattern SUCCESS = Pattern.compile("Authentication succeeded \\(([a-z-]+)\\)\\.");
        private static final String ASKED = "SSH_MSG_SERVICE_REQUEST sent";
        private static final String ANSWERED = "SSH_MSG_SERVICE_ACCEPT received";

        private volatile String method = "";
        private volatile Duration roundTrip = Duration.ZERO;
        private long askedNanos;

        @Override
        public boolean isEnabled(int level) {
            return level == INFO;
        }

        @Override
        public void log(int level, String message) {
            if (message.equals(ASKED)) {
                askedNanos = System.nanoTime();
            } else if (message.equals(ANSWERED)) {
                roundTrip = Duration.ofNanos(System.nanoTime() - askedNanos);
            } else {
                Matcher matcher = SUCCESS.matcher(message);
                if (matcher.matches()) {
                    method = matcher.group(1);
                }
            }
        }
    }
}
