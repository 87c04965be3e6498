package dev.offsite.exec;

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

/** A channel beside the SFTP of one connection, over which the server runs one command. */
public final class ExecChannel implements AutoCloseable {

    /** Bytes of either output: hashes of a few hundred files are a hundredth of it. */
    static final int MOST_OUTPUT = 8 << 20;

    private final Session session;
    private final String command;
    private final ChannelExec channel;
    /** Released when the channel closes or the output limit is exceeded. */
    private final CountDownLatch ended = new CountDownLatch(1);

    private final Output stdout = new Output();
    /** JSch closes it when the channel is closed, which is after the status has come. */
    private final Output stderr = new Output() {
        @Override
        public void close() {
            ended.countDown();
        }
    };

    /**
     * A channel that is still to be opened.
     *
     * @throws JSchException if the connection is lost
     */
    public ExecChannel(Session session, String command) throws JSchException {
        this.session = session;
        this.command = command;
        channel = (ChannelExec) session.openChannel("exec");
        channel.setCommand(command.getBytes(StandardCharsets.UTF_8));
        // What reads its input sees the end of it at once.
        channel.setInputStream(new ByteArrayInputStream(new byte[0]));
        channel.setOutputStream(stdout);
        channel.setErrStream(stderr);
    }

    /**
     * Has the command started.
     *
     * @return whether it was: not if the server opens no other channel for this connection, or the connection is lost
     * @throws ExecException if the server opens one, and runs no commands
     */
    public boolean open(int timeoutMillis) throws ExecException {
        try {
            channel.connect(timeoutMillis);
            return true;
        } catch (JSchException e) {
            // For a channel that the server has refused, JSch keeps its reason there.
            boolean refused = channel.getExitStatus() > 0;
            if (refused || !session.isConnected()) {
                return false;
            }
            throw ExecException.notRun(command, e);
        }
    }

    /**
     * Waits for its end.
     *
     * @throws ExecException if it did not come before the deadline, the command prints too much, or the thread is interrupted
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
