package dev.offsite.upload;

import dev.offsite.io.Activity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.function.BooleanSupplier;

/**
 * A short queue between the reader of a file and the lanes that send it. Each lane takes a piece when it can send one,
 * so a slow lane slows only itself.
 */
public final class SegmentQueue {

    /** Pieces that may wait per lane. */
    private static final int AHEAD = 2;

    /** The bytes are those from position 0 to the limit of an array. */
    public record Piece(long offset, ByteBuffer bytes) {}

    private final Activity activity;
    private final Queue<Piece> waiting = new ArrayDeque<>();
    private int lanes;
    private int dismissed;
    private int wanted = 1;
    private boolean created;
    private boolean ended;
    private Exception failure;

    SegmentQueue(Activity activity) {
        this.activity = activity;
    }

    /** Sets the number of lanes. Surplus lanes leave when they have sent what they took. */
    synchronized void want(int most) {
        wanted = most;
        notifyAll();
    }

    /** Queues a piece when there is room. Throws a lane's failure, since reading on is then pointless. */
    synchronized void put(Piece piece) throws Exception {
        await(() -> failure != null || waiting.size() < AHEAD * Math.max(1, lanes));
        check();
        waiting.add(piece);
        notifyAll();
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

    /** The part file exists, so other lanes may open it. */
    synchronized void created() {
        created = true;
        notifyAll();
    }

    /** Registers a lane, after the {@code first} has created the file. If true, {@link #leave} must follow. */
    synchronized boolean join(boolean first) throws IOException {
        await(() -> first || created || failure != null);
        if (failure != null || (!first && (ended || lanes >= wanted))) {
            return false;
        }
        lanes++;
        return true;
    }

    /** The next piece to send; empty if the lane must finish what it took and leave. */
    synchronized Optional<Piece> take() throws IOException {
        await(() -> !waiting.isEmpty() || ended || failure != null || lanes > wanted);
        Piece next = failure != null || lanes > wanted ? null : waiting.poll();
        if (next == null) {
            lanes--;
            dismissed++;
        }
        notifyAll();
        return Optional.ofNullable(next);
    }

    /** {@code wasDismissed} by {@link #take()}, as opposed to having failed. */
    synchronized void leave(boolean wasDismissed) {
        if (wasDismissed) {
            dismissed--;
        } else {
            lanes--;
        }
        notifyAll();
    }

    /** Waits until everything is sent and all lanes have left; throws a lane's failure. */
    synchronized void awaitLanes() throws Exception {
        await(() -> lanes + dismissed <= 0 && (failure != null || (created && waiting.isEmpty())));
        check();
    }

    private void check() throws Exception {
        if (failure != null) {
            throw failure;
        }
    }

    private void await(BooleanSupplier condition) throws IOException {
        activity.await(this, condition, "a file was sent in segments");
    }
}
