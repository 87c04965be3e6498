package dev.offsite.sftp.pipeline;

import com.jcraft.jsch.ChannelSubsystem;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import dev.offsite.exec.ExecChannel;
import dev.offsite.sftp.login.FittedOutput;
import dev.offsite.sftp.login.ReceiveWindow;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends SFTP requests without waiting for each reply. JSch's client does that only within one file, so thousands of
 * renames would cost a round trip each. Uses OpenSSH's {@code posix-rename@openssh.com} where available.
 *
 * <p>Runs on a second channel of an open connection. Not thread-safe.
 */
public final class SftpPipeline implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SftpPipeline.class);

    /** Bytes per read or write that every server must accept. */
    public static final int USUAL_WRITE = 32 << 10;

    /** Requests in flight at a time. */
    private static final int WINDOW = 256;

    /** Bytes of one read or write that are enough: what OpenSSH takes. */
    public static final int MOST_OF_REPLY = 255 << 10;

    /** Files open at a time, of a server that says how many may be: at most a quarter of these. */
    private static final int MOST_OPEN = 256;

    private static final int SHARE = 4;

    /** The same for requests whose replies are short. */
    public static final int MANY = 4096;

    private static final Duration DEADLINE = Duration.ofMinutes(1);

    private static final Duration LEAVING = Duration.ofSeconds(1);

    private final SftpPacketReader in;
    private final OutputStream out;
    private final Runnable end;
    private boolean posixRename;
    private Duration startTime = Duration.ZERO;
    private boolean knowsLimits;
    /** The number of the request for them, until it is answered. */
    private OptionalInt limits = OptionalInt.empty();

    /** How many files may be open; 0 if the server does not say. */
    private long mostOpen;

    private boolean fsync;
    private boolean sharesHandles;
    private int mostOfRead = USUAL_WRITE;
    private int mostOfWrite = USUAL_WRITE;
    private int lastId;
    /** Requests whose replies nobody waits for. */
    private final Set<Integer> unawaited = new HashSet<>();

    /** {@code end} closes both streams. */
    public SftpPipeline(SftpPacketReader in, OutputStream out, Runnable end) {
        this.in = in;
        this.out = out;
        this.end = end;
    }

    /** A {@link JSchException} means that the server allows no second channel. */
    public static SftpPipeline open(Session session, int timeoutMillis) throws JSchException, IOException {
        ChannelSubsystem channel = (ChannelSubsystem) ExecChannel.newChannel(session, "subsystem");
        channel.setSubsystem("sftp");
        channel.setWantReply(true);
        SftpPacketReader in = new SftpPacketReader();
        channel.setOutputStream(in);
        ReceiveWindow.widen(channel);
        try {
            OutputStream out = channel.getOutputStream();
            channel.connect(timeoutMillis);
            SftpPipeline pipeline = new SftpPipeline(in, FittedOutput.of(channel, out), channel::disconnect);
            pipeline.start();
            return pipeline;
        } catch (JSchException | IOException e) {
            channel.disconnect();
            throw e;
        }
    }

    /** Takes the replies that nobody waited for: MySecureShell counts a session for another minute if it cannot answer. */
    @Override
    public void close() {
        try {
            boolean known = true;
            while (known && !(unawaited.isEmpty() && limits.isEmpty())) {
                Answer reply = take(LEAVING);
                known = isLimits(reply) || unawaited.remove(reply.id());
            }
        } catch (IOException e) {
            LOG.debug("closed without the last replies", e);
        } finally {
            end.run();
        }
    }

    /** Exchanges versions and reads the server's extensions. */
    public void start() throws IOException {
        long before = System.nanoTime();
        SftpPacket.init().writeTo(out, 3);
        out.flush();
        DataInputStream version = Answer.stream(in.take(DEADLINE));
        if (version.readUnsignedByte() != SftpPacket.VERSION) {
            throw new IOException("the server did not answer with SFTP; does a login script print something?");
        }
        version.readInt();
        while (version.available() > 0) {
            String name = Answer.text(version);
            Answer.text(version);
            posixRename |= name.equals(SftpPacket.POSIX_RENAME);
            knowsLimits |= name.equals(SftpPacket.LIMITS);
            fsync |= name.equals(SftpPacket.FSYNC);
        }
        if (knowsLimits) {
            // Answered before whatever is asked next, without a round trip of its own.
            limits = OptionalInt.of(send(SftpPacket.limits()));
        }
        startTime = Duration.ofNanos(System.nanoTime() - before);
    }

    /** Replaces {@code to} in one step where the server has posix-rename. */
    public SftpPacket rename(String from, String to) {
        return SftpPacket.rename(from, to, posixRename);
    }

    /** Like {@link #ask(Duration, List)}, for requests that take no time. */
    public List<Answer> ask(List<SftpPacket> requests) throws IOException {
        return ask(DEADLINE, requests);
    }

    /**
     * Sends the requests in order without waiting, then reads all replies.
     *
     * @param deadline how long to wait for each reply
     * @throws IOException if the connection broke; it is then unknown which requests were done
     */
    public List<Answer> ask(Duration deadline, List<SftpPacket> requests) throws IOException {
        return ask(deadline, WINDOW, requests);
    }

    /** The same for requests whose replies are short. */
    public List<Answer> askMany(List<SftpPacket> requests) throws IOException {
        return ask(DEADLINE, MANY, requests);
    }

    /** Like {@link #ask(Duration, List)}, with that many requests in flight. */
    public List<Answer> ask(Duration deadline, int window, List<SftpPacket> requests) throws IOException {
        int first = lastId + 1;
        int sent = 0;
        Answer[] replies = new Answer[requests.size()];
        for (int received = 0; received < replies.length; received++) {
            while (sent < replies.length && sent - received < window) {
                send(requests.get(sent++));
            }
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

    private void limited(Answer reply) {
        // Maximum packet, read and write length, and number of open files.
        reply.content().filter(sizes -> sizes.remaining() >= 4 * Long.BYTES).ifPresent(sizes -> {
            mostOfRead = most(sizes.getLong(sizes.position() + Long.BYTES));
            mostOfWrite = most(sizes.getLong(sizes.position() + 2 * Long.BYTES));
            mostOpen = sizes.getLong(sizes.position() + 3 * Long.BYTES);
        });
    }

    private static int most(long length) {
        return (int) Math.max(USUAL_WRITE, Math.min(length, MOST_OF_REPLY));
    }

    /** Sends a request and returns its number; it may be buffered until the next {@link #flush()}. */
    public int send(SftpPacket request) throws IOException {
        request.writeTo(out, ++lastId);
        return lastId;
    }

    public void flush() throws IOException {
        out.flush();
    }

    /** Sends a request whose result does not matter, with the next flush. */
    public void sendOnly(SftpPacket request) throws IOException {
        unawaited.add(send(request));
    }

    /** The next reply; sends what waits to be sent before it waits. */
    public Answer reply(Duration deadline) throws IOException {
        Answer reply = take(deadline);
        while (isLimits(reply) || unawaited.remove(reply.id())) {
            reply = take(deadline);
        }
        return reply;
    }

    private boolean isLimits(Answer reply) {
        if (limits.isEmpty() || limits.getAsInt() != reply.id()) {
            return false;
        }
        limits = OptionalInt.empty();
        limited(reply);
        return true;
    }

    private Answer take(Duration deadline) throws IOException {
        if (!in.isReady()) {
            flush();
        }
        return Answer.of(in.take(deadline));
    }

    /** Asks whether the server mixes up what is open at the same time. */
    public boolean findSharedHandles() throws IOException {
        return HandleProbe.sharesHandles(this);
    }

    /** Whether only one file or folder is open at a time from now on. */
    public void openOneAtATime(boolean alone) {
        sharesHandles = alone;
    }

    /** How many files and folders may be open at a time, of as many as the caller would open. */
    public int together(int most) {
        return sharesHandles ? 1 : most;
    }

    /** How many files are opened at a time: a hundred are allowed by many servers, more only if one says so. */
    public int filesTogether() {
        long said = Math.min(MOST_OPEN, mostOpen / SHARE);
        return together((int) Math.max(BatchWrite.TOGETHER, said));
    }

    /** Keeps the memory of a large answer, which nobody looks at any more, for another one of its length. */
    @SuppressWarnings("ByteBufferBackingArray") // the whole of it is meant
    public void reuse(ByteBuffer data) {
        in.reuse(data.array());
    }

    /** How long the server took to answer with its version. */
    public Duration startTime() {
        return startTime;
    }

    /** Whether the server says how large a write may be. */
    public boolean takesLargeWrites() {
        return knowsLimits;
    }

    /** Whether the channel has room for little at a time. */
    public boolean isNarrow() {
        return out instanceof FittedOutput;
    }

    /** Whether a reply has come, or the end of the connection. */
    boolean isReady() {
        return in.isReady();
    }

    /** Whether the server can be asked to write a file to its disk. */
    public boolean syncs() {
        return fsync;
    }

    /** Maximum bytes per write. */
    public int mostOfWrite() {
        return mostOfWrite;
    }

    /** Maximum bytes per read. */
    int mostOfRead() {
        return mostOfRead;
    }
}
