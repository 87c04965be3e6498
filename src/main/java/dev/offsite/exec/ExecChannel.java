package dev.offsite.exec;

import com.jcraft.jsch.Channel;
import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Runs one command on a channel beside the SFTP of the same connection. */
public final class ExecChannel implements AutoCloseable {

    /** Maximum bytes of stdout and of stderr, a hundred times the hashes of a few hundred files. */
    static final int MOST_OUTPUT = 8 << 20;

    private final Session session;
    private final String command;
    private final ChannelExec channel;
    /** Released when the channel closes or the output limit is exceeded. */
    private final CountDownLatch ended = new CountDownLatch(1);

    private final Output stdout = new Output();
    /** JSch closes this stream when the channel closes, which is after the exit status has arrived. */
    private final Output stderr = new Output() {
        @Override
        public void close() {
            ended.countDown();
        }
    };

    /** The channel is not open yet; fails if the connection is lost. */
    public ExecChannel(Session session, String command) throws JSchException {
        this.session = session;
        this.command = command;
        channel = (ChannelExec) newChannel(session, "exec");
        channel.setCommand(command.getBytes(StandardCharsets.UTF_8));
        // The command sees the end of its input at once.
        channel.setInputStream(new ByteArrayInputStream(new byte[0]));
        channel.setOutputStream(stdout);
        channel.setErrStream(stderr);
    }

    /** A channel that is not open yet. JSch gives none, without a word, if the connection is lost just then. */
    public static Channel newChannel(Session session, String type) throws JSchException {
        Channel made = session.openChannel(type);
        if (made == null) {
            throw new JSchException("session is down");
        }
        return made;
    }

    /**
     * Starts the command; false if the server opens no further channel or the connection is lost.
     *
     * @throws ExecException if the server opens the channel but runs no commands
     */
    public boolean open(int timeoutMillis) throws ExecException {
        try {
            channel.connect(timeoutMillis);
            return true;
        } catch (JSchException e) {
            // For a refused channel, JSch keeps the reason here.
            boolean refused = channel.getExitStatus() > 0;
            if (refused || !session.isConnected()) {
                return false;
            }
            throw ExecException.notRun(command, e);
        }
    }

    /**
     * Fails with {@link ExecException} at the deadline, if the command prints too much, or if the thread is interrupted
     */
    public ExecResult await(Duration deadline) throws ExecException {
        try {
            if (!ended.await(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                throw ExecException.hung(command, deadline, null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ExecException.interrupted(command, e);
        }
        if (stdout.cut || stderr.cut) {
            throw ExecException.tooLong(command, MOST_OUTPUT);
        }
        int status = channel.getExitStatus();
        return new ExecResult(
                status < 0 ? Optional.empty() : Optional.of(status),
                stdout.toString(StandardCharsets.UTF_8),
                stderr.toString(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        channel.disconnect();
    }

    private class Output extends ByteArrayOutputStream {
        private volatile boolean cut;

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            if (cut || count + length > MOST_OUTPUT) {
                cut = true;
                ended.countDown();
            } else {
                super.write(bytes, offset, length);
            }
        }
    }
}
