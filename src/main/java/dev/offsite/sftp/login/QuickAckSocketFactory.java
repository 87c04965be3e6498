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
        InetAddress from = way.bindAddress() == null ? null : ownAddress();
        InetAddress to = address(host, from);
        Socket socket = new Socket();
        try {
            if (from != null) {
                bind(socket, from);
            }
            socket.connect(
                    new InetSocketAddress(to, port), (int) way.connectTimeout().toMillis());
            return socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private InetAddress ownAddress() throws IOException {
        try {
            return InetAddress.getByName(way.bindAddress());
        } catch (UnknownHostException e) {
            throw notOurs(e);
        }
    }

    private void bind(Socket socket, InetAddress from) throws IOException {
        try {
            socket.bind(new InetSocketAddress(from, 0));
        } catch (IOException e) {
            throw notOurs(e);
        }
    }

    /** Without a cause: the message says all. */
    private IOException notOurs(IOException failure) {
        IOException explained = new IOException("this machine has no address %s, which %s wants (BindAddress)"
                .formatted(way.bindAddress(), way.file()));
        explained.addSuppressed(failure);
        return explained;
    }

    /** Of the family that is asked for, or that {@code from} has. */
    private InetAddress address(String host, InetAddress from) throws IOException {
        if (way.addressFamily() == null && from == null) {
            return InetAddress.getByName(host);
        }
        boolean six = way.addressFamily() == null
                ? from instanceof Inet6Address
                : way.addressFamily().equals("inet6");
        Class<?> family = six ? Inet6Address.class : Inet4Address.class;
        return Stream.of(InetAddress.getAllByName(host))
                .filter(family::isInstance)
                .findFirst()
                .orElseThrow(() -> new IOException("%s has no %s address, which %s wants (%s)"
                        .formatted(
                                host,
                                six ? "IPv6" : "IPv4",
                                way.file(),
                                way.addressFamily() == null ? "BindAddress" : "AddressFamily")));
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
