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
 * SFTP requests sent without waiting for the answer to each. JSch's own client does that within one file only; thousands of
 * renames would cost it a round trip each. Uses OpenSSH's {@code posix-rename@openssh.com} where the server has it.
 *
 * <p>It is a second channel of a connection that is there already. Not safe for use by several threads at once.
 */
public final class SftpPipeline implements AutoCloseable {

    private static final int FILE_TYPE = 0170000;
    private static final int REGULAR_FILE = 0100000;
    private static final int FOLDER = 0040000;
    private static final String POSIX_RENAME = "posix-rename@openssh.com";
    /** OpenSSH's PROTOCOL, section 4.8. */
    static final String LIMITS = "limits@openssh.com";

    /** Bytes of one write that every server must take. */
    private static final int USUAL_WRITE = 32 << 10;

    private static final byte[] NOTHING = {};

    /** Requests on their way at a time. */
    private static final int WINDOW = 256;

    private static final Duration DEADLINE = Duration.ofMinutes(1);

    private final SftpPacketReader in;
    private final OutputStream out;
    private final Runnable end;
    private boolean posixRename;
    private boolean limits;
    private int mostOfWrite = USUAL_WRITE;
    private int lastId;

    /**
     * @param in what the server sends
     * @param out what it is sent
     * @param end closes both
     */
    SftpPipeline(SftpPacketReader in, OutputStream out, Runnable end) {
        this.in = in;
        this.out = out;
        this.end = end;
    }

    /**
     * Opens one.
     *
     * @param timeoutMillis for the opening
     * @throws JSchException if the server allows no second channel
     */
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

    /** Says hello, and learns what the server has besides the protocol. */
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
     * What the server said.
     *
     * @param code 0 for done, else one of {@code ChannelSftp}'s {@code SSH_FX_…}
     * @param message its words
     * @param size of the regular file that was asked for; empty where something else was asked, or there is none
     * @param folder whether what was asked for is one
     */
    record Answer(int code, String message, OptionalLong size, boolean folder) {
        boolean done() {
            return code == 0;
        }
    }

    /** To rename, replacing what is at {@code to} in one step where the server has posix-rename. */
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

    /** To make a folder; its parent must be there. */
    SftpPacket.Request makeFolder(String path) {
        return new SftpPacket.Request(SftpPacket.MKDIR, body -> {
            SftpPacket.text(body, path);
            body.writeInt(0);
        });
    }

    /** What is there: what size a file has, or whether it is a folder; a symbolic link is neither. */
    SftpPacket.Request stat(String path) {
        return new SftpPacket.Request(SftpPacket.LSTAT, body -> SftpPacket.text(body, path));
    }

    /** To set the time of last change, in whole seconds: all that SFTP can say. */
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
     * @return an answer for each
     * @throws IOException if the connection broke: then nobody knows how far it came
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

    /**
     * Sends one request and does not wait for its answer; it may leave only with the next {@link #flush()}.
     *
     * @return its number
     */
    int send(SftpPacket.Request request) throws IOException {
        return send(request, NOTHING, 0, 0);
    }

    /** The same, with those bytes as its last field, which are not copied into a packet first. */
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

    /**
     * Asks how much one write may have, where the server tells and has not told before.
     *
     * @return whether it was asked; then {@link #takeLimits} takes the answer
     */
    boolean askLimits() throws IOException {
        if (!limits) {
            return false;
        }
        limits = false;
        send(new SftpPacket.Request(SftpPacket.EXTENDED, body -> SftpPacket.text(body, LIMITS)));
        return true;
    }

    /** Takes the answer; a server that has none is written to as any other. */
    void takeLimits(Duration deadline) throws IOException {
        DataInputStream answer = answer(deadline);
        if (answer.readUnsignedByte() == SftpPacket.EXTENDED_REPLY) {
            answer.readInt();
            // Of a packet and of one read.
            answer.readLong();
            answer.readLong();
            long write = answer.readLong();
            mostOfWrite = (int) Math.max(USUAL_WRITE, Math.min(write, Integer.MAX_VALUE));
        }
    }

    /** Bytes that one write may have. */
    int mostOfWrite() {
        return mostOfWrite;
    }

    void flush() throws IOException {
        out.flush();
    }

    /** The next answer to one that was sent: its type, the number of the request, and what that type has. */
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
        // Before version 3 there are no words.
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
