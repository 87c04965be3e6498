package dev.offsite.sftp;

import com.jcraft.jsch.ChannelSftp;
import dev.offsite.sftp.pipeline.Answer;
import dev.offsite.sftp.pipeline.PositionedWrite;
import dev.offsite.sftp.pipeline.SftpPacket;
import dev.offsite.sftp.pipeline.SftpPipeline;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** Reads and writes single files for {@link SftpSession}: pipelined where the server allows it, otherwise with JSch. */
final class SftpFiles {

    /** Limit for a file that is read as a text, in bytes. */
    private static final int MOST_TEXT = 64 << 10;

    /** One of these, or more, has every server whose authors know of extensions. */
    private static final List<String> COMMON_EXTENSIONS = List.of(
            SftpPacket.POSIX_RENAME,
            SftpPacket.LIMITS,
            SftpPacket.FSYNC,
            "hardlink@openssh.com",
            "statvfs@openssh.com",
            "vendor-id",
            "newline",
            "supported2");

    /** The size of a read that every server must support (draft-ietf-secsh-filexfer-02, section 3). */
    private static final int STEP = 32 << 10;

    /** Reads that are under way at a time. */
    private static final int STEPS = 32;

    private static final String NOTHING_CAME = "the server sent nothing where it should have sent a part of the file";

    private final SftpSession session;

    SftpFiles(SftpSession session) {
        this.session = session;
    }

    Map<String, Long> sizes(Collection<String> paths) throws IOException {
        Optional<SftpPipeline> many = session.channels().pipelineFor(paths.size());
        Map<String, Long> sizes = new HashMap<>();
        if (many.isEmpty()) {
            for (String path : paths) {
                session.stat(path).filter(RemoteFile::file).ifPresent(entry -> sizes.put(path, entry.size()));
            }
            return sizes;
        }
        List<String> asked = List.copyOf(paths);
        List<Answer> replies =
                many.get().ask(asked.stream().map(SftpPacket::stat).toList());
        for (int i = 0; i < asked.size(); i++) {
            String path = asked.get(i);
            replies.get(i).size().ifPresent(size -> sizes.put(path, size));
        }
        return sizes;
    }

    void createEmpty(String file, int mode) throws IOException {
        if (session.channels().pipeline().isPresent()) {
            session.create(file, mode).closeUnawaited();
        } else {
            writeUnpipelined(InputStream.nullInputStream(), file, mode);
        }
    }

    Optional<String> read(String file) throws SftpStatusException {
        return SftpSession.ifThere(() -> {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            read(file, bytes, () -> bytes.size() > MOST_TEXT);
            return bytes.toString(StandardCharsets.UTF_8);
        });
    }

    void read(String file, OutputStream into, BooleanSupplier enough) throws SftpStatusException {
        if (!readInSteps(file, into, enough, 1)) {
            read(file, into, enough, PositionedWrite.DEADLINE);
        }
    }

    /** {@code patience}: how long nothing of the file may come */
    void read(String file, OutputStream into, BooleanSupplier enough, Duration patience) throws SftpStatusException {
        if (announcesNothing() && readInSteps(file, into, enough, Integer.MAX_VALUE)) {
            return;
        }
        Until until = new Until(into, enough);
        try (Watch watch = new Watch(until, patience)) {
            session.channels().tell(sftp -> sftp.get(SftpSession.literal(file), until));
        } catch (SftpStatusException e) {
            if (until.stalled) {
                throw new SftpStatusException(SftpStatusException.CONNECTION_LOST, NOTHING_CAME, e);
            }
            if (!until.reached) {
                throw e;
            }
            // Replies to its other requests are still on their way.
            session.channels().dropSftp();
        }
    }

    /** Whether the server knows SFTP and nothing besides. */
    private boolean announcesNothing() throws SftpStatusException {
        return session.channels()
                .ask(sftp -> COMMON_EXTENSIONS.stream().allMatch(name -> sftp.getExtension(name) == null));
    }

    /**
     * Reads with requests of the size that every server must support, and takes no more of an answer than was asked for: old
     * servers (lsh) answer JSch's, which are a little smaller, with more.
     *
     * @param worth 1 if only a pipeline that is open already is used
     * @return false if it cannot be done over this connection
     */
    private boolean readInSteps(String file, OutputStream into, BooleanSupplier enough, int worth)
            throws SftpStatusException {
        try {
            Optional<SftpPipeline> many = session.channels().pipelineFor(worth);
            if (many.isPresent()) {
                readInSteps(many.get(), file, into, enough);
            }
            return many.isPresent();
        } catch (SftpStatusException e) {
            throw e;
        } catch (IOException e) {
            session.close();
            throw new SftpStatusException(SftpStatusException.CONNECTION_LOST, e.toString(), e);
        }
    }

    static void readInSteps(SftpPipeline many, String file, OutputStream into, BooleanSupplier enough)
            throws IOException {
        readInSteps(many, file, 0, into, enough);
    }

    /** Reads that many bytes from a place on, or fewer if there are no more. */
    static void readRange(SftpPipeline many, String file, long from, long length, OutputStream into)
            throws IOException {
        AtomicLong left = new AtomicLong(length);
        OutputStream some = new FilterOutputStream(into) {
            @Override
            public void write(byte[] bytes, int offset, int count) throws IOException {
                int taken = (int) Math.min(count, left.get());
                left.addAndGet(-taken);
                out.write(bytes, offset, taken);
            }
        };
        readInSteps(many, file, from, some, () -> left.get() <= 0);
    }

    private static void readInSteps(
            SftpPipeline many, String file, long from, OutputStream into, BooleanSupplier enough) throws IOException {
        byte[] handle = many.ask(List.of(SftpPacket.openToRead(file))).get(0).received();
        try {
            for (long place = from; !enough.getAsBoolean(); ) {
                List<SftpPacket> requests = new ArrayList<>();
                for (int i = 0; i < STEPS; i++) {
                    requests.add(SftpPacket.read(handle, place + (long) i * STEP, STEP));
                }
                int length = STEP;
                for (Iterator<Answer> replies = many.ask(requests).iterator(); replies.hasNext() && length == STEP; ) {
                    Answer reply = replies.next();
                    if (reply.isEnd()) {
                        return;
                    }
                    byte[] bytes = reply.received();
                    if (bytes.length == 0) {
                        throw new IOException(NOTHING_CAME);
                    }
                    length = Math.min(bytes.length, STEP);
                    into.write(bytes, 0, length);
                    place += length;
                }
            }
        } finally {
            many.sendOnly(SftpPacket.close(handle));
            many.flush();
        }
    }

    private static final class Until extends FilterOutputStream {
        private final BooleanSupplier enough;
        private boolean reached;
        private volatile boolean moved;
        private volatile boolean writing;
        private volatile boolean stalled;

        Until(OutputStream out, BooleanSupplier enough) {
            super(out);
            this.enough = enough;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            writing = true;
            out.write(bytes, offset, length);
            moved = true;
            writing = false;
            if (enough.getAsBoolean()) {
                reached = true;
                throw new IOException("the rest is not needed");
            }
        }

        /** Whether nothing has come since this was asked last. */
        private boolean isStill() {
            boolean still = !moved && !writing;
            moved = false;
            return still;
        }
    }

    /** Ends a read of which nothing comes any more: a server that answers with no bytes is asked again by JSch, for ever. */
    private final class Watch implements AutoCloseable {
        private final Until read;
        private final Duration patience;
        private volatile boolean ended;
        private volatile CompletableFuture<Void> next = new CompletableFuture<>();

        Watch(Until read, Duration patience) {
            this.read = read;
            this.patience = patience;
            next();
        }

        private void next() {
            CompletableFuture<Void> wait = new CompletableFuture<>();
            next = wait;
            CompletableFuture<Void> unused =
                    wait.orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS).exceptionallyAsync(late -> look());
            if (ended) {
                wait.complete(null);
            }
        }

        private Void look() {
            if (!ended && read.isStill()) {
                read.stalled = true;
                session.close();
            } else if (!ended) {
                next();
            }
            return null;
        }

        @Override
        public void close() {
            ended = true;
            next.complete(null);
        }
    }

    void write(InputStream from, String file, int mode) throws IOException {
        if (session.channels().pipeline().isEmpty()) {
            writeUnpipelined(from, file, mode);
            return;
        }
        try {
            session.create(file, mode).writeAll(from);
        } catch (SftpStatusException e) {
            throw e;
        } catch (UncheckedIOException e) {
            // Not the server's.
            throw e.getCause();
        } catch (IOException e) {
            session.close();
            throw new SftpStatusException(SftpStatusException.CONNECTION_LOST, e.toString(), e);
        }
    }

    /** With JSch alone, which cannot create a file exclusively. */
    private void writeUnpipelined(InputStream from, String file, int mode) throws SftpStatusException {
        session.remove(file);
        if (session.stat(file).isPresent()) {
            throw new SftpStatusException(
                    SftpStatusException.FILE_ALREADY_EXISTS, "something else has taken its temporary name");
        }
        session.channels().tell(sftp -> sftp.put(from, SftpSession.literal(file), ChannelSftp.OVERWRITE));
        if (mode != SftpPacket.NO_MODE) {
            session.setMode(file, mode);
        }
    }

    Optional<SftpStatusException> create(String file, String text) throws IOException {
        SftpPipeline many;
        try {
            many = session.channel();
        } catch (SftpStatusException e) {
            return Optional.of(e);
        }
        Answer opened = many.ask(List.of(SftpPacket.create(file, true, SftpPacket.NO_MODE)))
                .get(0);
        if (!opened.done()) {
            return Optional.of(opened.refusal());
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        List<Answer> written = many.ask(List.of(
                SftpPacket.write(opened.received(), 0, bytes, 0, bytes.length), SftpPacket.close(opened.received())));
        Optional<SftpStatusException> refusal =
                written.stream().map(Answer::refusal).filter(Objects::nonNull).findFirst();
        if (refusal.isPresent()) {
            session.remove(file);
        }
        return refusal;
    }
}
