package dev.offsite.sftp;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.SftpException;
import dev.offsite.exec.ExecChannel;
import dev.offsite.exec.ExecException;
import dev.offsite.exec.ExecResult;
import dev.offsite.exec.LibraryWords;
import dev.offsite.io.Attempts;
import dev.offsite.sftp.login.FittedOutput;
import dev.offsite.sftp.login.SftpLogin;
import dev.offsite.sftp.login.SshException;
import dev.offsite.sftp.login.TargetEndpoint;
import dev.offsite.sftp.pipeline.SftpPacket;
import dev.offsite.sftp.pipeline.SftpPipeline;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.util.function.ThrowingConsumer;
import org.apache.camel.util.function.ThrowingFunction;
import org.apache.camel.util.function.ThrowingSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One login and its channels: JSch's SFTP, our {@link SftpPipeline} and commands, each opened at first use. Where the
 * server allows one channel per connection (MaxSessions 1), a second connection is made.
 */
final class SftpChannels implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SftpChannels.class);
    private static final Duration CLOSING = Duration.ofSeconds(5);
    /** MySecureShell counts a session that ended in the middle of an answer for another minute. */
    private static final Duration FORGETTING = Duration.ofSeconds(65);

    private final SftpLogin login;
    private Session session;
    /** Opened at first use: it takes megabytes of memory. */
    private ChannelSftp sftp;

    private boolean largeWrites;
    private boolean narrow;
    private SftpPipeline pipeline;
    private Session pipelineSession;
    private boolean noPipeline;
    /** The server allows one channel and no second connection. */
    private boolean oneChannel;

    private SftpChannels(TargetEndpoint endpoint) {
        login = new SftpLogin(endpoint);
    }

    /** {@code many}: whether to open the pipeline instead of JSch's SFTP */
    static SftpChannels open(TargetEndpoint endpoint, boolean many) throws SshException {
        SftpChannels channels = new SftpChannels(endpoint);
        boolean opened = false;
        try {
            channels.logIn(true);
            if (many) {
                channels.pipeline = channels.openPipeline(channels.session);
                channels.largeWrites = channels.pipeline.takesLargeWrites();
                channels.narrow = channels.pipeline.isNarrow();
            } else {
                channels.openSftp();
            }
            channels.login.done();
            opened = true;
            return channels;
        } catch (SshException e) {
            throw channels.failed(e);
        } finally {
            if (!opened) {
                channels.close();
            }
        }
    }

    private SshException failed(SshException failure) {
        // Else it would count as one that the server has taken.
        close();
        return login.refused(failure);
    }

    private void logIn(boolean needed) throws SshException {
        session = login.session();
        login.connect(session, needed);
    }

    /** What follows {@code SSH-2.0-} in the server's first line. */
    String software() {
        return session.getServerVersion().replaceFirst("^SSH-[0-9.]+-", "");
    }

    private ChannelSftp openSftp() throws SshException {
        int bulkRequests = login.settings().getBulkRequests();
        try {
            ChannelSftp channel = (ChannelSftp) ExecChannel.newChannel(session, "sftp");
            channel.setBulkRequests(bulkRequests);
            channel.connect(login.settings().getConnectTimeout());
            channel.setBulkRequests(bulkRequests);
            largeWrites = channel.getExtension(SftpPacket.LIMITS) != null;
            narrow = FittedOutput.isNarrow(channel);
            sftp = channel;
            return channel;
        } catch (JSchException e) {
            throw SshException.noSftp(login.settings().getUsername(), e);
        }
    }

    private ChannelSftp sftp() throws SftpStatusException {
        try {
            if (sftp == null && pipeline != null && pipelineSession == null) {
                openBeside();
            } else if (sftp == null) {
                reopenSftp();
            }
            return sftp;
        } catch (SshException e) {
            throw new SftpStatusException(SftpStatusException.CONNECTION_LOST, LibraryWords.of(e), e);
        }
    }

    /** Closes JSch's channel in the middle of a reply; the next request opens another. */
    void dropSftp() {
        sftp.disconnect();
        sftp = null;
    }

    private void dropPipeline() {
        pipeline.close();
        pipeline = null;
    }

    private void openBeside() throws SshException {
        if (!oneChannel) {
            try {
                openSftp();
                return;
            } catch (SshException e) {
                if (!session.isConnected()) {
                    throw e;
                }
                LOG.debug("no second channel", e);
            }
            // The pipeline uses this connection's only channel.
            Session only = session;
            try {
                logIn(false);
                openSftp();
                pipelineSession = only;
                return;
            } catch (SshException e) {
                LOG.debug("no second connection", e);
                login.disconnect(session);
                login.refused(e);
                session = only;
                oneChannel = true;
            }
        }
        dropPipeline();
        reopenSftp();
    }

    private void reopenSftp() throws SshException {
        if (within(FORGETTING, () -> tried(this::openSftp)).isEmpty()) {
            openSftp();
        }
    }

    /** Opens a channel in the place of one that the server may still be closing. */
    private <T, E extends Exception> Optional<T> within(Duration most, ThrowingSupplier<Optional<T>, E> open) throws E {
        return Attempts.within(most, session::isConnected, open);
    }

    private static <T> Optional<T> tried(ThrowingSupplier<T, SshException> opening) {
        try {
            return Optional.of(opening.get());
        } catch (SshException e) {
            LOG.debug("the server opens no channel", e);
            return Optional.empty();
        }
    }

    /** Of SFTP for the pipeline, with at least one round trip; zero without one. */
    Duration startOfPipeline() {
        return pipeline == null ? Duration.ZERO : pipeline.startTime();
    }

    /** Asks for something that takes one round trip. */
    void ping() throws IOException {
        if (pipeline != null) {
            pipeline.ask(List.of(SftpPacket.stat("/")));
        } else {
            tell(open -> open.lstat("/"));
        }
    }

    <T> T ask(ThrowingFunction<ChannelSftp, T, SftpException> request) throws SftpStatusException {
        ChannelSftp open = sftp();
        try {
            return request.apply(open);
        } catch (SftpException e) {
            throw SftpStatusException.of(e);
        }
    }

    void tell(ThrowingConsumer<ChannelSftp, SftpException> command) throws SftpStatusException {
        ask(open -> {
            command.accept(open);
            return null;
        });
    }

    /** The pipeline for this many requests; empty if it cannot be opened or is not worth opening. */
    Optional<SftpPipeline> pipelineFor(int requests) throws IOException {
        return requests == 1 && pipeline == null ? Optional.empty() : pipeline();
    }

    /**
     * The pipeline: on a second channel, over a second connection, or else instead of JSch's SFTP, which is opened again for
     * its next request. Empty if it cannot be opened.
     */
    Optional<SftpPipeline> pipeline() throws IOException {
        if (pipeline == null && !noPipeline) {
            pipeline = onThisConnection()
                    .or(this::overSecondConnection)
                    .or(this::insteadOfSftp)
                    .orElse(null);
            noPipeline = pipeline == null;
        }
        return Optional.ofNullable(pipeline);
    }

    /** A pipeline of its own, for requests that may end it. Where only one channel is allowed, JSch's gives way to it. */
    SftpPipeline newPipeline() throws JSchException, IOException {
        Optional<SftpPipeline> opened = tried(() -> openPipeline(session));
        if (opened.isEmpty() && sftp != null && isOpen()) {
            dropSftp();
            opened = within(CLOSING, () -> tried(() -> openPipeline(session)));
        }
        return opened.orElseThrow(() -> new IOException("the server opens no channel for it"));
    }

    private Optional<SftpPipeline> onThisConnection() {
        return oneChannel ? Optional.empty() : tried(() -> openPipeline(session));
    }

    private Optional<SftpPipeline> overSecondConnection() {
        if (oneChannel || !session.isConnected()) {
            return Optional.empty();
        }
        Session second = null;
        try {
            second = login.another();
            login.connect(second, false);
            Optional<SftpPipeline> opened = Optional.of(openPipeline(second));
            pipelineSession = second;
            return opened;
        } catch (JSchException | SshException e) {
            LOG.debug("no second connection", e);
            if (second != null) {
                login.disconnect(second);
            }
            login.refused(e instanceof JSchException jsch ? SshException.of(jsch) : (SshException) e);
            return Optional.empty();
        }
    }

    private Optional<SftpPipeline> insteadOfSftp() {
        oneChannel = true;
        if (sftp != null) {
            dropSftp();
        }
        return within(CLOSING, () -> tried(() -> openPipeline(session)));
    }

    private SftpPipeline openPipeline(Session over) throws SshException {
        try {
            SftpPipeline opened = SftpPipeline.open(over, login.settings().getConnectTimeout());
            opened.openOneAtATime(!software().startsWith("OpenSSH") && login.sharesHandles(opened::findSharedHandles));
            return opened;
        } catch (JSchException | IOException e) {
            throw SshException.noSftp(login.settings().getUsername(), e);
        }
    }

    /**
     * Runs a command on its own channel; empty if it was not started for lack of a channel or connection.
     *
     * @param alone whether nothing else uses this connection: where the server allows one channel at a time and no further
     *     connection, the command may then take the place of SFTP, which is opened again for its next request
     */
    Optional<ExecResult> run(String command, Duration deadline, boolean alone) throws ExecException {
        Optional<ExecResult> answer = run(command, deadline);
        if (answer.isEmpty() && alone && login.isLimited() && session.isConnected()) {
            oneChannel = pipelineSession == null;
            if (sftp != null) {
                dropSftp();
            }
            if (pipeline != null && pipelineSession == null) {
                dropPipeline();
            }
            answer = within(CLOSING, () -> run(command, deadline));
        }
        return answer;
    }

    private Optional<ExecResult> run(String command, Duration deadline) throws ExecException {
        try (ExecChannel channel = new ExecChannel(session, command)) {
            boolean opened = channel.open(login.settings().getConnectTimeout());
            return opened ? Optional.of(channel.await(deadline)) : Optional.empty();
        } catch (JSchException e) {
            return Optional.empty();
        }
    }

    LinkQuality link() {
        return new LinkQuality(login.roundTrip(), largeWrites, narrow);
    }

    String loginMethod() {
        return login.method();
    }

    /** Whether the connection is open, as far as this side knows. */
    boolean isOpen() {
        return session.isConnected() && (sftp == null || sftp.isConnected());
    }

    @Override
    public void close() {
        Optional.ofNullable(pipeline).ifPresent(SftpPipeline::close);
        Optional.ofNullable(sftp).ifPresent(ChannelSftp::disconnect);
        Stream.of(pipelineSession, session).filter(Objects::nonNull).forEach(login::disconnect);
    }
}
