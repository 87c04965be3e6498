package dev.offsite.sftp;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Packets of SFTP version 3 (draft-ietf-secsh-filexfer-02): type numbers, writing and reading. */
final class SftpPacket {

    static final int INIT = 1;
    static final int VERSION = 2;
    static final int OPEN = 3;
    static final int CLOSE = 4;
    static final int WRITE = 6;
    static final int LSTAT = 7;
    static final int SETSTAT = 9;
    static final int REMOVE = 13;
    static final int MKDIR = 14;
    static final int RENAME = 18;
    static final int STATUS = 101;
    static final int HANDLE = 102;
    static final int ATTRS = 105;
    static final int EXTENDED = 200;
    static final int EXTENDED_REPLY = 201;

    /** Flag of {@link #OPEN}. */
    static final int FOR_WRITING = 0x02;

    /** Flags of {@link #OPEN}: create and truncate. */
    static final int MAKE_EMPTY = 0x08 | 0x10;

    static final int ATTR_SIZE = 1;
    static final int ATTR_UIDGID = 2;
    static final int ATTR_PERMISSIONS = 4;
    static final int ATTR_ACMODTIME = 8;

    private SftpPacket() {}

    record Request(int type, Body body) {}

    @FunctionalInterface
    interface Body {
        void writeTo(DataOutputStream out) throws IOException;
    }

    static Request open(String path, int flags) {
        return new Request(OPEN, body -> {
            text(body, path);
            body.writeInt(flags);
            body.writeInt(0);
        });
    }

    static Request close(byte[] handle) {
        return new Request(CLOSE, body -> bytes(body, handle));
    }

    /** A write of this many bytes, which are sent after the packet. */
    static Request write(byte[] handle, long offset, int length) {
        return new Request(WRITE, body -> {
            bytes(body, handle);
            body.writeLong(offset);
            body.writeInt(length);
        });
    }

    static Request remove(String path) {
        return new Request(REMOVE, body -> text(body, path));
    }

    /** A whole packet, except for the {@code following} bytes, which are sent after it. */
    static byte[] of(int type, Body fields, int following) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            DataOutputStream data = new DataOutputStream(bytes);
            data.writeInt(0);
            data.writeByte(type);
            fields.writeTo(data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] packet = bytes.toByteArray();
        ByteBuffer.wrap(packet).putInt(0, packet.length - Integer.BYTES + following);
        return packet;
    }

    static void text(DataOutputStream out, String text) throws IOException {
        bytes(out, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void bytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static String text(DataInputStream in) throws IOException {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    static byte[] bytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("the server sent something that is not an SFTP packet");
        }
        return in.readNBytes(length);
    }

    /** Reads a status other than OK, after its code. Before version 3 it has no message. */
    static SftpStatusException refusal(int code, DataInputStream status) throws IOException {
        return new SftpStatusException(code, status.available() > 0 ? text(status) : "Failure");
    }

    static IOException unexpected() {
        return new IOException("the server sent an answer that fits no request");
    }
}
