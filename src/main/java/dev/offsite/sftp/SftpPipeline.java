package dev.offsite.sftp;

import com.jcraft.jsch.ChannelSubsystem;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Sends SFTP requests without waiting for each reply. JSch's client does that only within one file, so thousands of
 * renames would cost a round trip each. Uses OpenSSH's {@code posix-rename@openssh.com} where available.
 *
 * <p>Runs on a second channel of an open connection. Not thread-safe.
 */
public final class SftpPipeline implements AutoCloseable {

    /** Bytes per write that every server must accept. */
    static final int USUAL_WRITE = 32 << 10;

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
    /** Requests whose replies nobody waits for. */
    private final Set<Integer> unawaited = new HashSet<>();

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
        SftpPacket.init().writeTo(out, 3);
        out.flush();
        DataInputStream version = in.take(DEADLINE);
        if (version.readUnsignedByte() != SftpPacket.VERSION) {
            throw new IOException("the server did not answer with SFTP; does a login script print something?");
        }
        version.readInt();
        while (version.available() > 0) {
            String name = Answer.text(version);
            Answer.text(version);
            posixRename |= name.equals(SftpPacket.POSIX_RENAME);
            limits |= name.equals(SftpPacket.LIMITS);
        }
    }

    /**
     * A server's reply to one {@link SftpPacket}.
     *
     * @param id the number of the request
     * @param refusal why the request is not done; null if it is
     * @param handle of an opened file; otherwise empty
     * @param size of a regular file, or the maximum of a write; otherwise empty
     * @param mode type and permissions as in {@code st_mode}, 0 if unknown
     */
    record Answer(int type, int id, SftpStatusException refusal, Optional<byte[]> handle, OptionalLong size, int mode) {

        private static final OptionalLong NO_SIZE = OptionalLong.empty();
        private static final int ATTR_SIZE = 1;
        private static final int ATTR_UIDGID = 2;
        private static final int ATTR_PERMISSIONS = 4;
        private static final int FILE_TYPE = 0170000;
        private static final int REGULAR_FILE = 0100000;
        private static final int FOLDER = 0040000;

        static Answer of(DataInputStream packet) throws IOException {
            int type = packet.readUnsignedByte();
            int id = packet.readInt();
            return switch (type) {
                case SftpPacket.STATUS -> new Answer(type, id, refusal(packet), Optional.empty(), NO_SIZE, 0);
                case SftpPacket.HANDLE -> new Answer(type, id, null, Optional.of(bytes(packet)), NO_SIZE, 0);
                case SftpPacket.ATTRS -> attributes(id, packet);
                case SftpPacket.EXTENDED_REPLY -> limits(id, packet);
                default -> throw unexpected();
            };
        }

        private static SftpStatusException refusal(DataInputStream packet) throws IOException {
            int code = packet.readInt();
            if (code == SftpStatusException.OK) {
                return null;
            }
            // Before version 3 there is no message.
            return new SftpStatusException(code, packet.available() > 0 ? text(packet) : "Failure");
        }

        private static Answer attributes(int id, DataInputStream packet) throws IOException {
            int flags = packet.readInt();
            long size = (flags & ATTR_SIZE) != 0 ? packet.readLong() : -1;
            if ((flags & ATTR_UIDGID) != 0) {
                packet.readLong();
            }
            int mode = (flags & ATTR_PERMISSIONS) != 0 ? packet.readInt() : 0;
            OptionalLong ofFile = (mode & FILE_TYPE) == REGULAR_FILE && size >= 0 ? OptionalLong.of(size) : NO_SIZE;
            return new Answer(SftpPacket.ATTRS, id, null, Optional.empty(), ofFile, mode);
        }

        private static Answer limits(int id, DataInputStream packet) throws IOException {
            // Maximum packet and read length.
            packet.readLong();
            packet.readLong();
            OptionalLong write = OptionalLong.of(packet.readLong());
            return new Answer(SftpPacket.EXTENDED_REPLY, id, null, Optional.empty(), write, 0);
        }

        static String text(DataInputStream in) throws IOException {
            return new String(bytes(in), StandardCharsets.UTF_8);
        }

        private static byte[] bytes(DataInputStream in) throws IOException {
            int length = in.readInt();
            if (length < 0 || length > in.available()) {
                throw new IOException("the server sent something that is not an SFTP packet");
            }
            return in.readNBytes(length);
        }

        static IOException unexpected() {
            return new IOException("the server sent an answer that fits no request");
        }

        boolean done() {
            return refusal == null;
        }

        boolean folder() {
            return (mode & FILE_TYPE) == FOLDER;
        }

        /** Whether it describes something that is neither a regular file nor of an unknown type. */
        boolean isNoFile() {
            int type = mode & FILE_TYPE;
            return done() && type != 0 && type != REGULAR_FILE;
        }

        Answer refused(SftpStatusException why) {
            return new Answer(type, id, why, Optional.empty(), size, mode);
        }

        /** The handle; fails as the request did. */
        byte[] opened() throws IOException {
            if (refusal != null) {
                throw refusal;
            }
            return handle.orElseThrow(
                    () -> new IOException("the server says that it opened a file, and gave no handle"));
        }
    }

    /** Replaces {@code to} in one step where the server has posix-rename. */
    SftpPacket rename(String from, String to) {
        return SftpPacket.rename(from, to, posixRename);
    }

    /** Like {@link #ask(Duration, List)}, for requests that take no time. */
    List<Answer> ask(List<SftpPacket> requests) throws IOException {
        return ask(DEADLINE, requests);
    }

    /**
     * Sends the requests in order without waiting, then reads all replies.
     *
     * @param deadline how long to wait for each reply
     * @throws IOException if the connection broke; it is then unknown which requests were done
     */
    List<Answer> ask(Duration deadline, List<SftpPacket> requests) throws IOException {
        int first = lastId + 1;
        int sent = 0;
        Answer[] replies = new Answer[requests.size()];
        for (int received = 0; received < replies.length; received++) {
            while (sent < replies.length && sent - received < WINDOW) {
                send(requests.get(sent++));
            }
            flush();
            Answer reply = reply(deadline);
            int place = reply.id() - first;
            if (place < 0
                    || place >= sent
                    || replies[place] != null
                    || !requests.get(place).isAnsweredBy(reply)) {
                throw Answer.unexpected();
            }
            replies[place] = reply;
        }
        return List.of(replies);
    }

    /** Like {@link #ask(Duration, List)}; also asks for the maximum write size, if it is unknown. */
    List<Answer> askWithLimits(Duration deadline, List<SftpPacket> requests) throws IOException {
        if (!limits) {
            return ask(deadline, requests);
        }
        limits = false;
        List<SftpPacket> all = new ArrayList<>(requests);
        all.add(SftpPacket.limits());
        List<Answer> replies = ask(deadline, all);
        long most = replies.get(requests.size()).size().orElse(USUAL_WRITE);
        mostOfWrite = (int) Math.max(USUAL_WRITE, Math.min(most, Integer.MAX_VALUE));
        return replies;
    }

    /** Sends a request and returns its number; it may be buffered until the next {@link #flush()}. */
    int send(SftpPacket request) throws IOException {
        request.writeTo(out, ++lastId);
        return lastId;
    }

    void flush() throws IOException {
        out.flush();
    }

    /** Sends a request whose result does not matter, with the next flush. */
    void sendOnly(SftpPacket request) throws IOException {
        unawaited.add(send(request));
    }

    /** The next reply. */
    Answer reply(Duration deadline) throws IOException {
        Answer reply = Answer.of(in.take(deadline));
        while (unawaited.remove(reply.id())) {
            reply = Answer.of(in.take(deadline));
        }
        return reply;
    }

    /** Maximum bytes per write. */
    int mostOfWrite() {
        return mostOfWrite;
    }
}
