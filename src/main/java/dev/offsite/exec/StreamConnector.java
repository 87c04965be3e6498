package dev.offsite.exec;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.Factory;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.io.DefaultIoConnectFuture;
import org.apache.sshd.common.io.IoAcceptor;
import org.apache.sshd.common.io.IoConnectFuture;
import org.apache.sshd.common.io.IoConnector;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoServiceEventListener;
import org.apache.sshd.common.io.IoServiceFactory;
import org.apache.sshd.common.io.IoServiceFactoryFactory;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.util.closeable.AbstractCloseable;
import org.apache.sshd.common.util.threads.CloseableExecutorService;

/**
 * Lets sshd's client talk over streams instead of sockets, so that a connection through jump hosts needs no port on this
 * machine, which other users could connect to.
 */
final class StreamConnector extends AbstractCloseable
        implements IoServiceFactoryFactory, IoServiceFactory, IoConnector {

    private final ServerStreams.Opener opener;
    private final Map<Long, IoSession> sessions = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private IoHandler handler;
    private IoServiceEventListener listener;

    StreamConnector(ServerStreams.Opener opener) {
        this.opener = opener;
    }

    @Override
    public IoServiceFactory create(FactoryManager manager) {
        return this;
    }

    @Override
    public void setExecutorServiceFactory(Factory<CloseableExecutorService> factory) {}

    @Override
    public IoConnector createConnector(IoHandler made) {
        handler = made;
        return this;
    }

    @Override
    public IoAcceptor createAcceptor(IoHandler made) {
        throw new UnsupportedOperationException("a client only");
    }

    /** The address is only a name: the streams lead to the server. */
    @Override
    public IoConnectFuture connect(SocketAddress address, AttributeRepository context, SocketAddress local) {
        IoConnectFuture future = new DefaultIoConnectFuture(address, null);
        Thread thread = new Thread(() -> connect((InetSocketAddress) address, context, future), "offsite-jump");
        thread.setDaemon(true);
        thread.start();
        return future;
    }

    private void connect(InetSocketAddress address, AttributeRepository context, IoConnectFuture future) {
        StreamSession session = null;
        try {
            ServerStreams streams = opener.open();
            session = new StreamSession(this, numbers.incrementAndGet(), address, streams, handler);
            if (context != null) {
                session.setAttribute(AttributeRepository.class, context);
            }
            sessions.put(session.getId(), session);
            handler.sessionCreated(session);
            future.setSession(session);
            session.read();
        } catch (Exception | Error e) {
            // Whoever waits for the connection learns why there is none.
            future.setException(e);
            if (session != null) {
                session.close(true);
            }
        }
    }

    void ended(IoSession session) throws IOException {
        if (sessions.remove(session.getId()) != null) {
            try {
                handler.sessionClosed(session);
            } catch (IOException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
    }

    @Override
    public Map<Long, IoSession> getManagedSessions() {
        return Map.copyOf(sessions);
    }

    @Override
    public IoServiceEventListener getIoServiceEventListener() {
        return listener;
    }

    @Override
    public void setIoServiceEventListener(IoServiceEventListener made) {
        listener = made;
    }

    @Override
    protected void doCloseImmediately() {
        sessions.values().forEach(session -> session.close(true));
        super.doCloseImmediately();
    }
}
