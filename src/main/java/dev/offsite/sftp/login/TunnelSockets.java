package dev.offsite.sftp.login;

import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.SocketFactory;
import dev.offsite.job.Target;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.List;

/** Gives a session a connection through jump hosts, whose sessions end with it. */
record TunnelSockets(List<Target> jumps) implements SocketFactory {

    /** Not a socket of the system: it has what JSch uses of one. */
    private static final class TunnelSocket extends Socket {
        private final Tunnel tunnel;

        TunnelSocket(Tunnel tunnel) {
            this.tunnel = tunnel;
        }

        @Override
        public InputStream getInputStream() {
            return tunnel.in();
        }

        @Override
        public OutputStream getOutputStream() {
            return tunnel.out();
        }

        /** JSch's deadline for the login, and its questions for a sign of life, depend on it. */
        @Override
        public synchronized void setSoTimeout(int millis) {
            tunnel.setTimeout(millis);
        }

        @Override
        public void setTcpNoDelay(boolean on) {}

        @Override
        public synchronized void close() throws IOException {
            super.close();
            tunnel.close();
        }
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        try {
            return new TunnelSocket(Tunnel.open(jumps, host, port));
        } catch (JSchException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public InputStream getInputStream(Socket socket) throws IOException {
        return socket.getInputStream();
    }

    @Override
    public OutputStream getOutputStream(Socket socket) throws IOException {
        return socket.getOutputStream();
    }
}
