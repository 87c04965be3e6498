package dev.offsite.sftp;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.SftpException;
import dev.offsite.exec.ExecChannel;
import dev.offsite.exec.ExecException;
import dev.offsite.exec.ExecResult;
import dev.offsite.sftp.login.SftpLogin;
import dev.offsite.sftp.login.SshException;
import dev.offsite.sftp.login.TargetEndpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.apache.camel.util.function.ThrowingConsumer;
import org.apache.camel.util.function.ThrowingFunction;

/**
 * One login and its channels: JSch's SFTP, our {@link SftpPipeline} and commands, each opened at first use. Where the
 * server allows one channel per connection (MaxSessions 1), a second connection is made.
 */
final class SftpChannels implements AutoCloseable {

    private final SftpLogin login;
    private Session session;
    /** Opened at first use: it takes megabytes of memory. */
    private ChannelSftp sftp;

    private boolean largeWrites;
    private SftpPipeline pipeline;
    private Session pipelineSession;
    private boolean noPipeline;

    private SftpChannels(TargetEndpoint endpoint) {
        login = new SftpLogin(endpoint);
    }

    /**
     * @param many whether to open the pipeline instead of JSch's SFTP
     */
    static SftpChannels open(TargetEndpoint endpoint, boolean many) throws SshException {
        SftpChannels channels = new SftpChannels(endpoint);
        boolean opened = false;
        try {
            channels.logIn();
            if (many) {
                channels.pipeline();
            } else {
                channels.openSftp();
            }
            channels.login.done();
            opened = true;
            return channels;
        } catch (JSchException e) {
            throw SshException.of(e, channels.session);
        } catch (SshException e) {
            throw e;
        } catch (IOException e) {
            throw new SshException(SshException.Reason.OTHER, e.toString(), e);
        } finally {
            if (!opened) {
                channels.close();
            }
        }
    }

    private void logIn() throws JSchException, SshException {
        session = login.session();
        login.connect(session);
    }

    private void openSftp() throws SshException {
        int bulkRequests = login.settings().getBulkRequests();
        try {
            ChannelSftp channel = (ChannelSftp) session.openChannel("sftp");
            channel.setBulkRequests(bulkRequests);
            channel.connect(login.settings().getConnectTimeout());
            channel.setBulkRequests(bulkRequests);
            largeWrites = channel.getExtension(SftpPacket.LIMITS) != null;
            sftp = channel;
        } catch (JSchException e) {
            throw SshException.noSftp(login.settings().getUsername(), e);
        }
    }

    private ChannelSftp sftp() throws SftpStatusException {
        try {
            if (sftp == null && pipeline != null) {
                openBeside();
            } else if (sftp == null) {
                openSftp();
            }
            return sftp;
        } catch (JSchException | SshException e) {
            SshException cause = e instanceof JSchException jsch ? SshException.of(jsch) : (SshException) e;
            throw new SftpStatusException(SftpStatusException.CONNECTION_LOST, e.toString(), cause);
        }
    }

    /** Closes JSch's channel in the middle of a reply; the next request opens another. */
    void dropSftp() {
        sftp.disconnect();
        sftp = null;
    }

    private void openBeside() throws JSchException, SshException {
        try {
            openSftp();
        } catch (SshException e) {
            if (pipelineSession != null) {
                throw e;
            }
            // The pipeline uses this connection's only channel.
            pipelineSession = session;
            logIn();
            openSftp();
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

    /** The pipeline; empty if the server allows neither a second channel nor a second connection. */
    Optional<SftpPipeline> pipeline() throws IOException {
        if (pipeline == null && !noPipeline) {
            int timeout = login.settings().getConnectTimeout();
            try {
                pipeline = SftpPipeline.open(session, timeout);
            } catch (JSchException e) {
                pipeline = overSecondConnection(timeout).orElse(null);
                noPipeline = pipeline == null;
            }
        }
        return Optional.ofNullable(pipeline);
    }

    /** A pipeline of its own, for requests that may end it. Where only one channel is allowed, JSch's gives way to it. */
    SftpPipeline newPipeline() throws JSchException, IOException {
        int timeout = login.settings().getConnectTimeout();
        try {
            return SftpPipeline.open(session, timeout);
        } catch (JSchException | IOException e) {
            if (sftp == null || !isOpen()) {
                throw e;
            }
            dropSftp();
            return SftpPipeline.open(session, timeout);
        }
    }

    private Optional<SftpPipeline> overSecondConnection(int timeout) throws IOException {
        try {
            pipelineSession = login.another();
            login.connect(pipelineSession);
            return Optional.of(SftpPipeline.open(pipelineSession, timeout));
        } catch (JSchException e) {
            return Optional.empty();
        }
    }

    /** Runs a command on its own channel; empty if it was not started for lack of a channel or connection. */
    Optional<ExecResult> run(String command, Duration deadline) throws ExecException {
        try (ExecChannel channel = new ExecChannel(session, command)) {
            boolean opened = channel.open(login.settings().getConnectTimeout());
            return opened ? Optional.of(channel.await(deadline)) : Optional.empty();
        } catch (JSchException e) {
            return Optional.empty();
        }
    }

    LinkQuality link() {
        return new LinkQuality(login.roundTrip(), largeWrites);
    }

    /** The link quality. A link that seems long is measured once more, as the server may only have been busy. */
    LinkQuality confirmedLink() {
        LinkQuality seen = link();
        if (!seen.isLong()) {
            return seen;
        }
        long before = System.nanoTime();
        try {
            tell(open -> open.lstat("/"));
        } catch (SftpStatusException e) {
            // Only the time matters, not the answer.
        }
        Duration again = Duration.ofNanos(System.nanoTime() - before);
        return again.compareTo(seen.roundTrip()) < 0 ? new LinkQuality(again, largeWrites) : seen;
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
}
