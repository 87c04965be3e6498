package dev.offsite.upload;

import dev.offsite.io.Activity;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * A short queue between the reader of a file and the lanes that send it. Each lane takes a piece when it can send one,
 * so a slow lane slows only itself. A piece is kept until the server has confirmed it, and given to another lane if its own
 * one fails.
 */
final class SegmentQueue {

    /** Pieces that may wait per lane. */
    private static final int AHEAD = 2;

    /**
     * Nothing is sent that lies further beyond the first byte that is not confirmed, and twice what is on its way: this bounds
     * the holes in the file, which another process sends again.
     */
    static final long DISORDER = 4L << 20;

    private static final long MOST_DISORDER = 32L << 20;

    /** A part of the file. */
    static final class Piece {
        private final long offset;
        private final byte[] bytes;
        private final int length;
        private final MessageDigest before;
        private int unconfirmed;

        /** {@code before}: the hash of what precedes it, not ended */
        Piece(long offset, byte[] bytes, int length, MessageDigest before) {
            this.offset = offset;
            this.bytes = bytes;
            this.length = length;
            this.before = before;
            this.unconfirmed = length;
        }

        long offset() {
            return offset;
        }

        byte[] bytes() {
            return bytes;
        }

        int length() {
            return length;
        }

        private long end() {
            return offset + length;
        }
    }

    /** One lane, for as long as it has a connection. */
    static final class Lane {
        private final List<Piece> taken = new ArrayList<>();
        private boolean leaving;
        private boolean left;
    }

    /** What is on the server: all up to {@code end}, and beyond {@code highest} nothing. {@code hash}: of all up to the end. */
    record Confirmed(long end, long highest, Optional<MessageDigest> hash) {}

    private final Activity activity;
    private final NavigableMap<Long, Piece> waiting = new TreeMap<>();
    private final NavigableMap<Long, Piece> open = new TreeMap<>();
    private final long start;
    private long end;
    private long highest;
    /** Bytes that were confirmed, those of a second sending too. */
    private long confirmed;

    private long underWay;
    private long sentAgain;
    private int lanes;
    private int leaving;
    private int wanted = 1;
    private boolean created;
    private boolean ended;
    private Exception failure;

    /** {@code start}: where the first piece begins */
    SegmentQueue(Activity activity, long start) {
        this.activity = activity;
        this.start = start;
        this.end = start;
        this.highest = start;
    }

    /** Sets the number of lanes. Surplus lanes leave when they have sent what they took. */
    synchronized void want(int most) {
        wanted = most;
        notifyAll();
    }

    /** Queues a piece if there is room within that time. */
    synchronized boolean offer(Piece piece, long millis) throws InterruptedException {
        if (!within(millis, () -> failure != null || hasRoom(piece)) || failure != null) {
            return false;
        }
        waiting.put(piece.offset, piece);
        end = piece.end();
        notifyAll();
        return true;
    }

    private boolean hasRoom(Piece piece) {
        long disorder = Math.min(MOST_DISORDER, DISORDER + 2 * underWay);
        return waiting.size() < AHEAD * Math.max(1, lanes) && piece.end() - first() <= disorder;
    }

    /** The offset of the first byte that is not confirmed. */
    private long first() {
        return Stream.of(waiting, open)
                .filter(pieces -> !pieces.isEmpty())
                .mapToLong(NavigableMap::firstKey)
                .min()
                .orElse(end);
    }

    /** How much the server has. */
    synchronized Confirmed confirmed() {
        long first = first();
        Piece next = Optional.ofNullable(open.get(first)).orElse(waiting.get(first));
        return new Confirmed(first, highest, Optional.ofNullable(next).map(piece -> piece.before));
    }

    /** Bytes that the server has confirmed so far, some of them perhaps twice. */
    synchronized long progress() {
        return confirmed;
    }

    synchronized long sentAgain() {
        return sentAgain;
    }

    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Stops all lanes. Only the first failure is kept; later ones are consequences. */
    synchronized void fail(Exception cause) {
        if (failure == null) {
            failure = cause;
        }
        notifyAll();
    }

    /** Throws what has failed. */
    synchronized void check() throws IOException {
        if (failure instanceof RuntimeException known) {
            throw known;
        }
        if (failure != null) {
            throw failure instanceof IOException known ? known : new IOException(failure.toString(), failure);
        }
    }

    /** The part file exists, so other lanes may open it. */
    synchronized void created() {
        created = true;
        notifyAll();
    }

    synchronized boolean isCreated() {
        return created;
    }

    /** Registers a lane; empty if there is nothing for it to do. If present, {@link #leave} must follow. */
    synchronized Optional<Lane> join() {
        if (failure != null || isDone() || lanes >= wanted) {
            return Optional.empty();
        }
        lanes++;
        notifyAll();
        return Optional.of(new Lane());
    }

    /** The next piece to send; empty if there is none now. */
    synchronized Optional<Piece> poll(Lane lane) {
        dismiss(lane);
        if (lane.leaving || failure != null || waiting.isEmpty()) {
            return Optional.empty();
        }
        Piece next = waiting.pollFirstEntry().getValue();
        next.unconfirmed = next.length;
        underWay += next.length;
        open.put(next.offset, next);
        lane.taken.add(next);
        notifyAll();
        return Optional.of(next);
    }

    /** Waits for a piece; empty if the lane must end. */
    synchronized Optional<Piece> take(Lane lane) throws IOException {
        await(() -> failure != null || !waiting.isEmpty() || isDone() || lanes > wanted);
        return poll(lane);
    }

    private void dismiss(Lane lane) {
        if (!lane.leaving && lanes > wanted) {
            lane.leaving = true;
            lanes--;
            leaving++;
        }
    }

    /** The server has confirmed bytes of a piece that the lane has taken. */
    synchronized void confirm(Lane lane, long place, int bytes) {
        Piece piece = open.floorEntry(place).getValue();
        piece.unconfirmed -= bytes;
        confirmed += bytes;
        underWay -= bytes;
        if (piece.unconfirmed == 0) {
            open.remove(piece.offset);
            lane.taken.remove(piece);
            highest = Math.max(highest, piece.end());
            notifyAll();
        }
    }

    /** Ends a lane, and has others send what was not confirmed. */
    synchronized void leave(Lane lane) {
        if (lane.left) {
            return;
        }
        lane.left = true;
        if (lane.leaving) {
            leaving--;
        } else {
            lanes--;
        }
        for (Piece piece : lane.taken) {
            open.remove(piece.offset);
            waiting.put(piece.offset, piece);
            underWay -= piece.unconfirmed;
            sentAgain += piece.length;
        }
        lane.taken.clear();
        notifyAll();
    }

    /** How many lanes have a connection. */
    synchronized int lanes() {
        return lanes + leaving;
    }

    /** Whether the server has confirmed the whole file. */
    synchronized boolean isDone() {
        return ended && created && waiting.isEmpty() && open.isEmpty();
    }

    synchronized boolean hasFailed() {
        return failure != null;
    }

    synchronized boolean isOver() {
        return failure != null || isDone();
    }

    /** Whether everything was sent, or failed, and all lanes have left, within that time. */
    synchronized boolean isOver(long millis) throws InterruptedException {
        return within(millis, () -> lanes() == 0 && isOver());
    }

    /** Bytes from the start of this sending to its end. */
    synchronized long length() {
        return end - start;
    }

    private boolean within(long millis, BooleanSupplier condition) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = millis; !condition.getAsBoolean() && left > 0; ) {
            wait(left);
            left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
        }
        return condition.getAsBoolean();
    }

    private void await(BooleanSupplier condition) throws IOException {
        activity.await(this, condition, "a file was sent in segments");
    }
}
