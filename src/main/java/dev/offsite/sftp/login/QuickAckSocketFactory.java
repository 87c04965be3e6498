package dev.offsite.sftp.login;

import com.jcraft.jsch.SocketFactory;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import jdk.net.ExtendedSocketOptions;

/**
 * Sockets that acknowledge packets at once during login, where the system can. OpenSSH holds the second of two small
 * packets until the first is acknowledged (Nagle's algorithm), which would otherwise take 40 ms.
 */
final class QuickAckSocketFactory implements SocketFactory {

    private final int timeoutMillis;
    private volatile boolean loggedIn;

    QuickAckSocketFactory(int timeoutMillis) {
        this.timeoutMillis = timeoutMillis;
    }

    /** Ends quick acknowledgement: later packets are answered or long, so nothing is delayed. */
    void loggedIn() {
        loggedIn = true;
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getByName(host), port), timeoutMillis);
        return socket;
    }

    @Override
    public InputStream getInputStream(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        if (!socket.supportedOptions().contains(ExtendedSocketOptions.TCP_QUICKACK)) {
            return in;
        }
        return new FilterInputStream(in) {
            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                if (!loggedIn) {
                    // The system resets the option by itself, so it must be set again.
                    socket.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
                }
                return in.read(bytes, offset, length);
            }
        };
    }

    @Override
    public OutputStream getOutputStream(Socket socket) throws IOException {
        return socket.getOutputStream();
    }
}
