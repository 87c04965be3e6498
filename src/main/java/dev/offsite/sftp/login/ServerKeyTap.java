package dev.offsite.sftp.login;

import com.jcraft.jsch.SocketFactory;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Sees the host key that a server sends, in the part of a connection that is not encrypted yet: JSch hands out a certificate's key
 * only, never the certificate.
 */
final class ServerKeyTap {

    /** A server's greeting, its proposal and its key take a few KiB. */
    private static final int MOST = 256 << 10;

    private static final int NEW_KEYS = 21;
    /** Has the key, with most key exchanges; with negotiated groups, a group. */
    private static final int REPLY = 31;
    /** Has the key, with negotiated groups. */
    private static final int GROUP_REPLY = 33;

    private ByteArrayOutputStream begun = new ByteArrayOutputStream();
    private boolean greeted;
    private byte[] key;

    /** The last key that was sent, not yet verified; empty if there was none. */
    synchronized Optional<byte[]> key() {
        return Optional.ofNullable(key);
    }

    /** The same stream, listened to. */
    InputStream listen(InputStream in) {
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                int b = in.read();
                if (b >= 0) {
                    see(new byte[] {(byte) b}, 0, 1);
                }
                return b;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                int read = in.read(bytes, offset, length);
                if (read > 0) {
                    see(bytes, offset, read);
                }
                return read;
            }
        };
    }

    /** The same sockets, listened to. */
    SocketFactory listen(SocketFactory sockets) {
        return new SocketFactory() {
            @Override
            public Socket createSocket(String host, int port) throws IOException {
                return sockets.createSocket(host, port);
            }

            @Override
            public InputStream getInputStream(Socket socket) throws IOException {
                return listen(sockets.getInputStream(socket));
            }

            @Override
            public OutputStream getOutputStream(Socket socket) throws IOException {
                return sockets.getOutputStream(socket);
            }
        };
    }

    private synchronized void see(byte[] bytes, int offset, int length) {
        if (begun == null) {
            return;
        }
        begun.write(bytes, offset, length);
        ByteBuffer all = ByteBuffer.wrap(begun.toByteArray());
        boolean more = true;
        while (more && begun != null) {
            all.mark();
            more = greeted ? packet(all) : line(all);
        }
        if (begun == null || begun.size() > MOST) {
            begun = null;
            return;
        }
        all.reset();
        begun.reset();
        begun.write(all.array(), all.position(), all.remaining());
    }

    /** Lines may come before the one that begins with SSH-. */
    private boolean line(ByteBuffer all) {
        StringBuilder line = new StringBuilder();
        while (all.hasRemaining()) {
            char c = (char) all.get();
            if (c == '\n') {
                greeted = line.indexOf("SSH-") == 0;
                return true;
            }
            line.append(c);
        }
        return false;
    }

    private boolean packet(ByteBuffer all) {
        if (all.remaining() < Integer.BYTES) {
            return false;
        }
        int length = all.getInt();
        if (length < 2 || length > MOST) {
            begun = null;
            return false;
        }
        if (all.remaining() < length) {
            return false;
        }
        ByteBuffer packet = all.slice(all.position(), length);
        all.position(all.position() + length);
        packet.get();
        int message = packet.get();
        if (message == NEW_KEYS) {
            begun = null;
        } else if (message == REPLY || message == GROUP_REPLY) {
            key = first(packet);
        }
        return true;
    }

    private static byte[] first(ByteBuffer packet) {
        int length = packet.remaining() < Integer.BYTES ? -1 : packet.getInt();
        if (length < 0 || length > packet.remaining()) {
            return null;
        }
        byte[] first = new byte[length];
        packet.get(first);
        return first;
    }
}
