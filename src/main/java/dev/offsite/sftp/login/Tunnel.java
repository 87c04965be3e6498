package dev.offsite.sftp.login;

import com.jcraft.jsch.Channel;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import dev.offsite.exec.ServerStreams;
import dev.offsite.job.Target;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.List;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to a server through its jump hosts. Each has a login of its own, with its host key checked, and is only asked to
 * connect to the next one; no port is opened on this machine.
 */
public final class Tunnel implements ServerStreams {

    /** In SSH's refusal of a channel. */
    private static final int PROHIBITED = 1;

    private static final int REFUSED = 2;

    private static final Logger LOG = LoggerFactory.getLogger(Tunnel.class);

    private final Session last;
    private final Channel channel;
    private final TimedPipe in;
    private final OutputStream out;

    private Tunnel(Session last, Channel channel, TimedPipe in) throws IOException {
        this.last = last;
        this.channel = channel;
        this.in = in;
        this.out = channel.getOutputStream();
    }

    /** Fails with a {@link JumpException} that names the jump host. */
    static Tunnel open(List<Target> jumps, String host, int port) throws JSchException {
        Target hop = jumps.get(jumps.size() - 1);
        int timeout = (int) hop.way().connectTimeout().toMillis();
        Session session = null;
        Channel channel = null;
        try {
            session =
                    TargetSessions.user(hop, new QuickAckSocketFactory(hop.way()), jumps.subList(0, jumps.size() - 1));
            session.connect(timeout);
            channel = session.getStreamForwarder(host, port);
            TimedPipe pipe = new TimedPipe();
            channel.setOutputStream(pipe.sink());
            Tunnel tunnel = new Tunnel(session, channel, pipe);
            channel.connect(timeout);
            return tunnel;
        } catch (JSchException | IOException e) {
            boolean onward = channel != null && session.isConnected();
            SshException failure = onward
                    ? new SshException(SshException.Reason.NO_WAY_ON, onward(channel, host, port), e)
                    : SshException.of(
                            e instanceof JSchException jsch ? jsch : new JSchException(e.toString(), e), session);
            if (session != null) {
                session.disconnect();
            }
            JumpException before = ObjectHelper.getException(JumpException.class, e);
            throw before == null ? new JumpException(hop, failure) : before;
        } catch (HostKeyRefusal e) {
            session.disconnect();
            throw new JumpException(hop, SshException.of(e));
        }
    }

    /** To the target, also without jump hosts. */
    public static ServerStreams open(Target target) throws IOException {
        if (target.way().jumps().isEmpty()) {
            return new Direct(socket(target));
        }
        try {
            return open(target.way().jumps(), target.host(), target.port());
        } catch (JSchException e) {
            throw SshException.of(e);
        }
    }

    /** A socket of this machine that is connected to the target itself. */
    public static Socket socket(Target target) throws IOException {
        return new QuickAckSocketFactory(target.way()).createSocket(target.host(), target.port());
    }

    /** A socket of this machine. */
    private record Direct(Socket socket, InputStream in, OutputStream out) implements ServerStreams {
        Direct(Socket socket) throws IOException {
            this(socket, socket.getInputStream(), socket.getOutputStream());
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                LOG.debug("a socket cannot be closed", e);
            }
        }
    }

    private static String onward(Channel channel, String host, int port) {
        return switch (channel.getExitStatus()) {
            case PROHIBITED -> "does not let its users connect onward (see AllowTcpForwarding in its sshd_config)";
            case REFUSED ->
                "cannot connect to %s port %d: is that the server's address as seen from there?".formatted(host, port);
            default -> "does not connect to %s port %d in time".formatted(host, port);
        };
    }

    @Override
    public InputStream in() {
        return in;
    }

    @Override
    public OutputStream out() {
        return out;
    }

    /** How long a read may wait; zero for as long as the connection lasts. */
    void setTimeout(int millis) {
        in.setTimeout(millis);
    }

    @Override
    public void close() {
        in.close();
        channel.disconnect();
        last.disconnect();
    }
}
