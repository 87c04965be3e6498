package dev.offsite.sftp;

import dev.offsite.sftp.pipeline.SftpPacket;
import dev.offsite.sftp.pipeline.SftpPacketReader;
import dev.offsite.sftp.pipeline.SftpPipeline;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The other end of an {@link SftpPipeline}: a script says what it answers, and when. */
final class ScriptedServer extends OutputStream {
    static final int OPEN = 3;
    static final int READ = 5;
    static final int LSTAT = 7;
    static final int OPENDIR = 11;
    static final int READDIR = 12;
    static final int REMOVE = 13;
    static final int RMDIR = 15;
    static final int REALPATH = 16;
    static final int READLINK = 19;

    static final int NO_SUCH_FILE = 2;
    static final int FOLDER = 0040755;
    static final int FILE = 0100644;
    static final int LINK = 0120777;

    private static final int HAS_SIZE_AND_MODE = 1 | 4;

    private final SftpPacketReader in;
    private final Script script;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private int bursts;

    /** {@code text}: the path or the handle that it is about */
    record Request(int type, int id, String text) {}

    interface Script {
        void answer(Request request, ScriptedServer server) throws IOException;
    }

    interface Body {
        void writeTo(DataOutputStream out) throws IOException;
    }

    ScriptedServer(SftpPacketReader in, Script script) {
        this.in = in;
        this.script = script;
    }

    ScriptedServer(Script script) {
        this(new SftpPacketReader(), script);
    }

    SftpPipeline pipeline() {
        return new SftpPipeline(in, this, () -> {});
    }

    @Override
    public void write(int b) {
        received.write(b);
    }

    /** How often requests came: each time after answers, so that many round trips have been waited for. */
    int bursts() {
        return bursts;
    }

    @Override
    public void flush() throws IOException {
        bursts += received.size() > 0 ? 1 : 0;
        DataInputStream data = new DataInputStream(new ByteArrayInputStream(received.toByteArray()));
        received.reset();
        while (data.available() > 0) {
            DataInputStream request = new DataInputStream(new ByteArrayInputStream(data.readNBytes(data.readInt())));
            int type = request.readUnsignedByte();
            int id = request.readInt();
            String text = new String(request.readNBytes(request.readInt()), StandardCharsets.UTF_8);
            script.answer(new Request(type, id, text), this);
        }
    }

    private void send(int type, int id, Body body) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(type);
        out.writeInt(id);
        body.writeTo(out);
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        new DataOutputStream(packet).writeInt(bytes.size());
        bytes.writeTo(packet);
        // As it may come: in pieces.
        for (byte one : packet.toByteArray()) {
            in.write(one);
        }
    }

    void status(int id, int code, String message) throws IOException {
        send(SftpPacket.STATUS, id, out -> {
            out.writeInt(code);
            text(out, message);
            text(out, "");
        });
    }

    void done(int id) throws IOException {
        status(id, SftpStatusException.OK, "");
    }

    void handle(int id, String handle) throws IOException {
        send(SftpPacket.HANDLE, id, out -> text(out, handle));
    }

    void data(int id, String data) throws IOException {
        send(SftpPacket.DATA, id, out -> text(out, data));
    }

    void attributes(int id, long size, int mode) throws IOException {
        send(SftpPacket.ATTRS, id, out -> attributes(out, size, mode));
    }

    /** The entries of a folder, or a path; all of one kind. */
    void names(int id, int mode, List<String> names) throws IOException {
        send(SftpPacket.NAME, id, out -> {
            out.writeInt(names.size());
            for (String name : names) {
                text(out, name);
                text(out, name);
                attributes(out, 0, mode);
            }
        });
    }

    private static void attributes(DataOutputStream out, long size, int mode) throws IOException {
        out.writeInt(HAS_SIZE_AND_MODE);
        out.writeLong(size);
        out.writeInt(mode);
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }
}
