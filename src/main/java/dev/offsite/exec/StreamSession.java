package dev.offsite.exec;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.sshd.common.io.AbstractIoWriteFuture;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoService;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.common.util.closeable.AbstractCloseable;

/** One connection of {@link StreamConnector}. It writes at once, and reads in the thread that made the connection. */
final class StreamSession extends AbstractCloseable implements IoSession {

    private static final int BUFFER = 32 << 10;

    private final StreamConnector service;
    private final long id;
    private final InetSocketAddress address;
    private final ServerStreams streams;
    private final IoHandler handler;
    private final Map<Object, Object> attributes = new ConcurrentHashMap<>();

    /** The result of a write that is over. */
    private static final class Written extends AbstractIoWriteFuture {
        Written(Object id, Object value) {
            super(id, null);
            setValue(value);
        }
    }

    StreamSession(
            StreamConnector service, long id, InetSocketAddress address, ServerStreams streams, IoHandler handler) {
        this.service = service;
        this.id = id;
        this.address = address;
        this.streams = streams;
        this.handler = handler;
    }

    /** Reads until the connection ends. */
    void read() {
        byte[] bytes = new byte[BUFFER];
        try {
            InputStream in = streams.in();
            for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                Buffer buffer = new ByteArrayBuffer(n);
                buffer.putRawBytes(bytes, 0, n);
                handler.messageReceived(this, buffer);
            }
        } catch (Exception e) {
            failed(e);
        } finally {
            close(true);
        }
    }

    private void failed(Exception failure) {
        try {
            if (!isClosing()) {
                handler.exceptionCaught(this, failure);
            }
        } catch (Exception e) {
            log.debug("the end of {} cannot be told", this, e);
        }
    }

    @Override
    public IoWriteFuture writeBuffer(Buffer buffer) {
        synchronized (streams) {
            try {
                streams.out().write(buffer.array(), buffer.rpos(), buffer.available());
                streams.out().flush();
                buffer.rpos(buffer.wpos());
                return new Written(id, true);
            } catch (IOException e) {
                return new Written(id, e);
            }
        }
    }

    @Override
    protected void doCloseImmediately() {
        streams.close();
        try {
            service.ended(this);
        } catch (IOException e) {
            log.debug("the end of {} cannot be told", this, e);
        }
        super.doCloseImmediately();
    }

    @Override
    public void shutdownOutputStream() {
        close(false);
    }

    @Override
    public void suspendRead() {}

    @Override
    public void resumeRead() {}

    @Override
    public long getId() {
        return id;
    }

    @Override
    public IoService getService() {
        return service;
    }

    @Override
    public SocketAddress getRemoteAddress() {
        return address;
    }

    @Override
    public SocketAddress getLocalAddress() {
        return new InetSocketAddress(0);
    }

    @Override
    public SocketAddress getAcceptanceAddress() {
        return null;
    }

    @Override
    public Object getAttribute(Object key) {
        return attributes.get(key);
    }

    @Override
    public Object setAttribute(Object key, Object value) {
        return attributes.put(key, value);
    }

    @Override
    public Object setAttributeIfAbsent(Object key, Object value) {
        return attributes.putIfAbsent(key, value);
    }

    @Override
    public Object removeAttribute(Object key) {
        return attributes.remove(key);
    }
}
