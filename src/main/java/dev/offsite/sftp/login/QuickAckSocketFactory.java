package dev.offsite.sftp.login;

import com.jcraft.jsch.SocketFactory;
import dev.offsite.job.Way;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.stream.Stream;
import jdk.net.ExtendedSocketOptions;

/**
 * Sockets that acknowledge packets at once during login, where the system can. OpenSSH holds the second of two small
 * packets until the first is acknowledged (Nagle's algorithm), which would otherwise take 40 ms.
 */
final class QuickAckSocketFactory implements SocketFactory {

    private final Way way;
    private volatile boolean loggedIn;

    QuickAckSocketFactory(Way way) {
        this.way = way;
    }

    /** Ends quick acknowledgement: later packets are answered or long, so nothing is delayed. */
    void loggedIn() {
        loggedIn = true;
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        Socket socket = new Socket();
        try {
            if (way.bindAddress() != null) {
                socket.bind(new InetSocketAddress(way.bindAddress(), 0));
            }
            socket.connect(new InetSocketAddress(address(host), port), (int)
                    way.connectTimeout().toMillis());
            return socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private InetAddress address(String host) throws IOException {
        if (way.addressFamily() == null) {
            return InetAddress.getByName(host);
        }
        Class<?> family = way.addressFamily().equals("inet") ? Inet4Address.class : Inet6Address.class;
        return Stream.of(InetAddress.getAllByName(host))
                .filter(family::isInstance)
                .findFirst()
                .orElseThrow(() -> new UnknownHostException(
                        "%s has no address of the family %s".formatted(host, way.addressFamily())));
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
