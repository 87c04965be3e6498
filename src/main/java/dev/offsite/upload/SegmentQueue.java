package dev.offsite.upload;

import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.function.BooleanSupplier;

/**
 * What was read of a file and not sent yet, a little only: between the one who reads and the lanes, each of which takes the
 * next piece when it can send one, so that a slow one slows only itself.
 */
public final class SegmentQueue {

    /** Pieces that wait for each lane. */
    private static final int AHEAD = 2;

    /**
     * A piece of the file.
     *
     * @param offset of its first byte in the file
     * @param bytes from position 0 to the limit of an array
     */
    public record Piece(long offset, ByteBuffer bytes) {}

    private final Queue<Piece> waiting = new ArrayDeque<>();
    private int lanes;
    private int dismissed;
    private int wanted = 1;
    private boolean created;
    private boolean ended;
    private Exception failure;

    /** How many lanes there are to be from now on; those above it leave when they have sent what they took. */
    synchronized void want(int most) {
        wanted = most;
        notifyAll();
    }

    /**
     * Gives the lanes a piece, when there is room for it.
     *
     * @throws Exception why a lane failed: no use reading on
     */
    synchronized void put(Piece piece) throws Exception {
        awaitWhile(() -> failure == null && waiting.size() >= AHEAD * Math.max(1, lanes));
        check();
        waiting.add(piece);
        notifyAll();
    }

    /** There is no more to come. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Has all end as soon as they can; the first reason counts, the others come of it. */
    synchronized void fail(Exception cause) {
        if (failure == null) {
            failure = cause;
        }
        notifyAll();
    }

    /** The part file is there, and the other lanes may open it. */
    synchronized void created() {
        created = true;
        notifyAll();
    }

    /**
     * Comes to help.
     *
     * @param first whether it is the one that makes the file; the others wait for that
     * @return whether there is something to do; then {@link #leave} must follow
     */
    synchronized boolean join(boolean first) throws InterruptedIOException {
        awaitWhile(() -> !first && !created && failure == null);
        if (failure != null || (!first && (ended || lanes >= wanted))) {
            return false;
        }
        lanes++;
        return true;
    }

    /** The next piece to send; empty where this lane is dismissed: it sends what it took, and leaves. */
    synchronized Optional<Piece> take() throws InterruptedIOException {
        awaitWhile(() -> waiting.isEmpty() && !ended && failure == null && lanes <= wanted);
        Piece next = failure != null || lanes > wanted ? null : waiting.poll();
        if (next == null) {
            lanes--;
            dismissed++;
        }
        notifyAll();
        return Optional.ofNullable(next);
    }

    /**
     * Goes.
     *
     * @param wasDismissed by {@link #take()}, rather than having failed
     */
    synchronized void leave(boolean wasDismissed) {
        if (wasDismissed) {
            dismissed--;
        } else {
            lanes--;
        }
        notifyAll();
    }

    /**
     * Waits until all is sent and each lane has left.
     *
     * @throws Exception why one failed
     */
    synchronized void awaitLanes() throws Exception {
        awaitWhile(() -> lanes + dismissed > 0 || (failure == null && !(created && waiting.isEmpty())));
        check();
    }

    private void check() throws Exception {
        if (failure != null) {
            throw failure;
        }
    }

    private synchronized void awaitWhile(BooleanSupplier condition) throws InterruptedIOException {
        try {
            while (condition.getAsBoolean()) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted during the transfer");
        }
    }
}
