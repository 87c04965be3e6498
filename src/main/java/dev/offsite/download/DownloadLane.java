package dev.offsite.download;

import dev.offsite.bandwidth.Throttle;
import dev.offsite.download.Arriving.Piece;
import dev.offsite.download.Arriving.Stretch;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.sftp.pipeline.FileReads;
import dev.offsite.sftp.pipeline.SftpPipeline;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/** The work of one connection: asks for bytes of whatever file is next, and hands over what comes. */
final class DownloadLane {

    /** Where a server limits how many files are open, they are asked for one at a time if it allows fewer than these. */
    private static final int FEW = 4;

    private final DownloadQueue queue;
    private final SftpPipeline connection;
    private final FileReads<Arriving> reads;
    private final RequestWindow window;
    private final Runnable moved;
    private final LongConsumer limit;
    /**
     * What was taken of each file and has not come: lengths by offset; none for a file that is only looked at. Known before it is
     * asked for, so that nothing is forgotten if the connection breaks just then.
     */
    private final Map<Arriving, NavigableMap<Long, Integer>> expected = new HashMap<>();
    /** What was refused because too many files are open, to be asked for alone. */
    private final Deque<Stretch> later = new ArrayDeque<>();

    /** Once the server has refused to open another file, fewer than it says that it can. */
    private int mostOpen = Integer.MAX_VALUE;

    private DownloadLane(
            DownloadQueue queue, SftpPipeline connection, RequestWindow window, Throttle throttle, Runnable moved) {
        this.moved = moved;
        this.queue = queue;
        this.reads = new FileReads<>(connection);
        this.connection = connection;
        this.window = window;
        this.limit = throttle.before(bytes -> {});
    }

    /**
     * Downloads over a connection until nothing is left to do.
     *
     * @param moved called when something has come
     * @throws SftpStatusException if the connection is lost; others may take what has not come
     */
    static void run(DownloadQueue queue, SftpPipeline connection, Duration roundTrip, Throttle throttle, Runnable moved)
            throws IOException {
        RequestWindow window = new RequestWindow(roundTrip, System.nanoTime());
        DownloadLane lane = new DownloadLane(queue, connection, window, throttle, moved);
        try {
            lane.work();
        } catch (IOException | RuntimeException e) {
            queue.giveBack(lane.missing());
            throw SftpStatusException.lost(e);
        }
    }

    private void work() throws IOException {
        while (true) {
            ask();
            if (reads.isIdle()) {
                break;
            }
            Optional<FileReads.Event<Arriving>> event = reads.next();
            if (event.isPresent()) {
                take(event.get());
            }
        }
        for (Arriving file : reads.idle()) {
            reads.closeIfIdle(file);
        }
        reads.flush();
    }

    private void take(FileReads.Event<Arriving> event) throws IOException {
        Arriving file = event.file();
        if (event.busy() && expected.containsKey(file)) {
            mostOpen = Math.max(FEW, mostOpen() / 2);
            later.addAll(stretches(file, expected.remove(file)));
        } else if (event.refusal().isPresent()) {
            forget(file);
            queue.fail(file, event.refusal().get());
        } else if (event.there().isPresent()) {
            queue.look(file, event.there().get());
            expected.computeIfPresent(file, (same, stretches) -> stretches.isEmpty() ? null : stretches);
        } else {
            int length = event.bytes().remaining();
            moved.run();
            window.arrived(length, System.nanoTime());
            came(file, event.offset(), length);
            queue.arrived(file, event.offset(), new Piece(event.bytes(), connection::reuse));
        }
        if (file.isEnded()) {
            forget(file);
            reads.giveUp(file);
        }
        if (!expected.containsKey(file) && !file.hasMore()) {
            reads.closeIfIdle(file);
        }
    }

    private void came(Arriving file, long offset, int length) {
        NavigableMap<Long, Integer> stretches = expected.get(file);
        Map.Entry<Long, Integer> one = stretches == null ? null : stretches.floorEntry(offset);
        if (one == null) {
            return;
        }
        stretches.remove(one.getKey());
        int before = (int) (offset - one.getKey());
        int after = one.getValue() - before - length;
        if (before > 0) {
            stretches.put(one.getKey(), before);
        }
        if (after > 0) {
            stretches.put(offset + length, after);
        }
        if (stretches.isEmpty()) {
            expected.remove(file);
        }
    }

    private void forget(Arriving file) {
        NavigableMap<Long, Integer> stretches = expected.remove(file);
        if (stretches != null) {
            queue.release(
                    stretches.values().stream().mapToLong(Integer::longValue).sum());
        }
    }

    private void ask() throws IOException {
        while (reads.bytesUnderWay() < window.bytes()) {
            if (!later.isEmpty()) {
                askAlone();
                return;
            }
            if (reads.openFiles() >= mostOpen() && !makeRoom(mostOpen())) {
                return;
            }
            Optional<Stretch> next = queue.take(reads.isIdle());
            if (next.isEmpty()) {
                return;
            }
            ask(next.get());
        }
    }

    private int mostOpen() {
        return Math.min(mostOpen, connection.filesTogether());
    }

    /** Asks for one file that was postponed, when no other is open. */
    private void askAlone() throws IOException {
        if (makeRoom(1)) {
            Arriving file = later.peek().file();
            while (!later.isEmpty() && later.peek().file() == file) {
                ask(later.remove());
            }
        }
    }

    /** Closes files of which nothing is under way, although more of them may be asked for. */
    private boolean makeRoom(int most) throws IOException {
        for (Arriving file : List.copyOf(reads.idle())) {
            reads.closeIfIdle(file);
        }
        return reads.openFiles() < most;
    }

    private void ask(Stretch next) throws IOException {
        Arriving file = next.file();
        NavigableMap<Long, Integer> stretches = expected.computeIfAbsent(file, none -> new TreeMap<>());
        if (next.length() > 0) {
            stretches.put(next.offset(), next.length());
        }
        limit.accept(next.length());
        if (!reads.isOpen(file)) {
            reads.open(file, file.to.path());
        }
        if (next.length() > 0) {
            reads.read(new FileReads.Stretch<>(file, next.offset(), next.length()));
        }
    }

    private List<Stretch> missing() {
        List<Stretch> missing = new ArrayList<>(later);
        expected.forEach((file, stretches) -> missing.addAll(stretches(file, stretches)));
        return missing;
    }

    private static List<Stretch> stretches(Arriving file, NavigableMap<Long, Integer> stretches) {
        return stretches.isEmpty()
                ? List.of(new Stretch(file, 0, 0))
                : stretches.entrySet().stream()
                        .map(one -> new Stretch(file, one.getKey(), one.getValue()))
                        .toList();
    }
}
