package dev.offsite.proof;

import java.io.IOException;
import java.net.SocketAddress;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.future.ConnectFuture;
import org.apache.sshd.client.future.DefaultConnectFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.AttributeRepository;

/**
 * An SSH client of one target that logs in only where no session is idle: camel-ssh connects, logs in and closes for each
 * command, which costs about ten round trips.
 */
final class LendingClient extends SshClient {

    private final IdleSessions idle;

    LendingClient(IdleSessions idle) {
        this.idle = idle;
    }

    @Override
    public ConnectFuture connect(
            String user, String host, int port, AttributeRepository context, SocketAddress localAddress)
            throws IOException {
        DefaultConnectFuture connected = new DefaultConnectFuture(user + "@" + host + ":" + port, null);
        ClientSession session = idle.take();
        if (session != null) {
            connected.setSession(LentSession.of(session, idle));
            return connected;
        }
        idle.checkNotRefused();
        super.connect(user, host, port, context, localAddress).addListener(done -> {
            if (done.isConnected()) {
                connected.setSession(LentSession.of(done.getSession(), idle));
            } else if (done.getException() != null) {
                connected.setException(done.getException());
            } else {
                connected.cancel();
            }
        });
        return connected;
    }
}
