package dev.offsite.sftp;

import com.jcraft.jsch.ChannelSubsystem;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/**
 * Sends SFTP requests without waiting for each reply. JSch's client does that only within one file, so thousands of
 * renames would cost a round trip each. Uses OpenSSH's {@code posix-rename@openssh.com} where available.
 *
 * <p>Runs on a second channel of an open connection. Not thread-safe.
 */
public final class SftpPipeline implements AutoCloseable {

    private static final int FILE_TYPE = 0170000;
    private static final int REGULAR_FILE = 0100000;
    private static final int FOLDER = 0040000;
    private static final String POSIX_RENAME = "posix-rename@openssh.com";
    /** OpenSSH's PROTOCOL, section 4.8. */
    static final String LIMITS = "limits@openssh.com";

    /** Bytes per write that every server must accept. */
    private static final int USUAL_WRITE = 32 << 10;

    private static final byte[] NOTHING = {};

    /** Requests in flight at a time. */
    private static final int WINDOW = 256;

    private static final Duration DEADLINE = Duration.ofMinutes(1);

    private final SftpPacketReader in;
    private final OutputStream out;
    private final Runnable end;
    private boolean posixRename;
    private boolean limits;
    private int mostOfWrite = USUAL_WRITE;
    private int lastId;

    /** {@code end} closes both streams. */
    SftpPipeline(SftpPacketReader in, OutputStream out, Runnable end) {
        this.in = in;
        this.out = out;
        this.end = end;
    }

    /** A {@link JSchException} means that the server allows no second channel. */
    static SftpPipeline open(Session session, int timeoutMillis) throws JSchException, IOException {
        ChannelSubsystem channel = (ChannelSubsystem) session.openChannel("subsystem");
        channel.setSubsystem("sftp");
        channel.setWantReply(true);
        SftpPacketReader in = new SftpPacketReader();
        channel.setOutputStream(in);
        try {
            OutputStream out = channel.getOutputStream();
            channel.connect(timeoutMillis);
            SftpPipeline pipeline = new SftpPipeline(in, out, channel::disconnect);
            pipeline.start();
            return pipeline;
        } catch (JSchException | IOException e) {
            channel.disconnect();
            throw e;
        }
    }

    @Override
    public void close() {
        end.run();
    }

    /** Exchanges versions and reads the server's extensions. */
    void start() throws IOException {
        out.write(SftpPacket.of(SftpPacket.INIT, body -> body.writeInt(3), 0));
        out.flush();
        DataInputStream version = in.take(DEADLINE);
        if (version.readUnsignedByte() != SftpPacket.VERSION) {
            throw new IOException("the server did not answer with SFTP; does a login script print something?");
        }
        version.readInt();
        while (version.available() > 0) {
            String name = SftpPacket.text(version);
            SftpPacket.text(version);
            posixRename |= name.equals(POSIX_RENAME);
            limits |= name.equals(LIMITS);
        }
    }

    /**
     * @param code 0 for OK, else one of {@code ChannelSftp}'s {@code SSH_FX_…}
     * @param message the server's words
     * @param size of a regular file, in reply to {@link #stat}; otherwise empty
     * @param folder whether {@link #stat} found a folder
     */
    record Answer(int code, String message, OptionalLong size, boolean folder) {
        boolean done() {
            return code == 0;
        }
    }

    /** Replaces {@code to} in one step where the server has posix-rename. */
    SftpPacket.Request rename(String from, String to) {
        return posixRename
                ? new SftpPacket.Request(SftpPacket.EXTENDED, body -> {
                    SftpPacket.text(body, POSIX_RENAME);
                    SftpPacket.text(body, from);
                    SftpPacket.text(body, to);
                })
                : new SftpPacket.Request(SftpPacket.RENAME, body -> {
                    SftpPacket.text(body, from);
                    SftpPacket.text(body, to);
                });
    }

    /** The parent must exist. */
    SftpPacket.Request makeFolder(String path) {
        return new SftpPacket.Request(SftpPacket.MKDIR, body -> {
            SftpPacket.text(body, path);
            body.writeInt(0);
        });
    }

    /** Reports a file's size or a folder; a symbolic link is neither. */
    SftpPacket.Request stat(String path) {
        return new SftpPacket.Request(SftpPacket.LSTAT, body -> SftpPacket.text(body, path));
    }

    /** Whole seconds: SFTP has no finer unit. */
    SftpPacket.Request setModified(String path, Instant modified) {
        int seconds = (int) Math.max(0, modified.getEpochSecond());
        return new SftpPacket.Request(SftpPacket.SETSTAT, body -> {
            SftpPacket.text(body, path);
            body.writeInt(SftpPacket.ATTR_ACMODTIME);
            body.writeInt(seconds);
            body.writeInt(seconds);
        });
    }

    /**
     * Sends the requests in order without waiting, then reads all replies.
     *
     * @throws IOException if the connection broke; it is then unknown which requests were done
     */
    List<Answer> ask(List<SftpPacket.Request> requests) throws IOException {
        int first = lastId + 1;
        Answer[] answers = new Answer[requests.size()];
        int received = 0;
        for (SftpPacket.Request request : requests) {
            if (lastId - first + 1 - received == WINDOW) {
                out.flush();
                receive(answers, first);
                received++;
            }
            int id = ++lastId;
            send(request, id, 0);
        }
        out.flush();
        while (received < answers.length) {
            receive(answers, first);
            received++;
        }
        return List.of(answers);
    }

    /** Sends a request and returns its number; it may be buffered until the next {@link #flush()}. */
    int send(SftpPacket.Request request) throws IOException {
        return send(request, NOTHING, 0, 0);
    }

    /** Sends a request whose last field is these bytes, which are not copied first. */
    int send(SftpPacket.Request request, byte[] bytes, int offset, int length) throws IOException {
        send(request, ++lastId, length);
        out.write(bytes, offset, length);
        return lastId;
    }

    private void send(SftpPacket.Request request, int id, int following) throws IOException {
        out.write(SftpPacket.of(
                request.type(),
                body -> {
                    body.writeInt(id);
                    request.body().writeTo(body);
                },
                following));
    }

    /** Asks for the maximum write size if unknown; if true, {@link #takeLimits} must read the reply. */
    boolean askLimits() throws IOException {
        if (!limits) {
            return false;
        }
        limits = false;
        send(new SftpPacket.Request(SftpPacket.EXTENDED, body -> SftpPacket.text(body, LIMITS)));
        return true;
    }

    /** Reads the reply to {@link #askLimits}. Without limits the usual write size stays. */
    void takeLimits(Duration deadline) throws IOException {
        DataInputStream answer = answer(deadline);
        if (answer.readUnsignedByte() == SftpPacket.EXTENDED_REPLY) {
            answer.readInt();
            // Maximum packet and read length.
            answer.readLong();
            answer.readLong();
            long write = answer.readLong();
            mostOfWrite = (int) Math.max(USUAL_WRITE, Math.min(write, Integer.MAX_VALUE));
        }
    }

    /** Maximum bytes per write. */
    int mostOfWrite() {
        return mostOfWrite;
    }

    void flush() throws IOException {
        out.flush();
    }

    /** The next reply: its type, the request's number, then the fields of its type. */
    DataInputStream answer(Duration deadline) throws IOException {
        return in.take(deadline);
    }

    private void receive(Answer[] answers, int first) throws IOException {
        DataInputStream packet = in.take(DEADLINE);
        int type = packet.readUnsignedByte();
        int id = packet.readInt();
        boolean known = type == SftpPacket.STATUS || type == SftpPacket.ATTRS;
        if (id < first || id > lastId || !known || answers[id - first] != null) {
            throw SftpPacket.unexpected();
        }
        answers[id - first] = type == SftpPacket.STATUS ? status(packet) : attributes(packet);
    }

    private static Answer status(DataInputStream packet) throws IOException {
        int code = packet.readInt();
        // Before version 3 there is no message.
        return new Answer(code, packet.available() > 0 ? SftpPacket.text(packet) : "", OptionalLong.empty(), false);
    }

    private static Answer attributes(DataInputStream packet) throws IOException {
        int flags = packet.readInt();
        long size = (flags & SftpPacket.ATTR_SIZE) != 0 ? packet.readLong() : -1;
        if ((flags & SftpPacket.ATTR_UIDGID) != 0) {
            packet.readLong();
        }
        int type = (flags & SftpPacket.ATTR_PERMISSIONS) != 0 ? packet.readInt() & FILE_TYPE : 0;
        OptionalLong ofFile = type == REGULAR_FILE && size >= 0 ? OptionalLong.of(size) : OptionalLong.empty();
        return new Answer(0, "", ofFile, type == FOLDER);
    }
}
