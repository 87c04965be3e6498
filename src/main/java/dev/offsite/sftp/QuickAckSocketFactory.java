package dev.offsite.sftp;

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
 * Sockets that acknowledge at once what comes while we log in, where the system can. After a login OpenSSH sends two small
 * packets of which its kernel keeps back the second until the first is acknowledged (Nagle's algorithm), and ours would do that
 * only 40 ms later, in the hope of something to send along.
 */
public final class QuickAckSocketFactory implements SocketFactory {

    private final int timeoutMillis;
    private volatile boolean loggedIn;

    /**
     * @param timeoutMillis for a connection to be made
     */
    QuickAckSocketFactory(int timeoutMillis) {
        this.timeoutMillis = timeoutMillis;
    }

    /** From now on it is as it always is: what comes then is answered, or is long. */
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
        boolean able = socket.supportedOptions().contains(ExtendedSocketOptions.TCP_QUICKACK);
        return able ? new PromptStream(socket) : socket.getInputStream();
    }

    @Override
    public OutputStream getOutputStream(Socket socket) throws IOException {
        return socket.getOutputStream();
    }

    private final class PromptStream extends FilterInputStream {
        private final Socket socket;

        PromptStream(Socket socket) throws IOException {
            super(socket.getInputStream());
            this.socket = socket;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (!loggedIn) {
                // The system takes it back by itself.
                socket.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
            }
            return in.read(bytes, offset, length);
        }
    }
}
