package dev.offsite.sftp.login;

import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Proxy;
import com.jcraft.jsch.SocketFactory;
import dev.offsite.job.Target;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.List;

/** Lets a session connect through jump hosts, whose sessions end with it. */
final class JumpProxy implements Proxy {

    private final List<Target> jumps;
    private Tunnel tunnel;

    JumpProxy(List<Target> jumps) {
        this.jumps = jumps;
    }

    @Override
    public void connect(SocketFactory sockets, String host, int port, int timeout) throws JSchException {
        tunnel = Tunnel.open(jumps, host, port);
    }

    @Override
    public InputStream getInputStream() {
        return tunnel.in();
    }

    @Override
    public OutputStream getOutputStream() {
        return tunnel.out();
    }

    /** For the timeouts of JSch, which only a socket has: of the login, and of the questions for a sign of life. */
    @Override
    public Socket getSocket() {
        return new Socket() {
            @Override
            public void setSoTimeout(int millis) {
                tunnel.setTimeout(millis);
            }
        };
    }

    @Override
    public void close() {
        if (tunnel != null) {
            tunnel.close();
        }
    }
}
