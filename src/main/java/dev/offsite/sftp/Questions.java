package dev.offsite.sftp;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The same small question about many things, over several connections where there are many. */
public final class Questions {

    /** What one connection may do before another is worth its login. */
    private static final int EACH = 50;

    private Questions() {}

    /** The question. */
    @FunctionalInterface
    public interface Question<T, R> {
        /** Its answer, never null. */
        public R ask(SftpSession remote, T about) throws IOException;
    }

    /**
     * Asks about each of them.
     *
     * @param most how many connections may be used
     * @return the answers; the first failure ends it all
     */
    public static <T, R> Map<T, R> ask(SftpSessionPool sessions, int most, Collection<T> all, Question<T, R> question)
            throws IOException {
        Map<T, R> answers = new ConcurrentHashMap<>();
        Queue<T> queue = new ConcurrentLinkedQueue<>(all);
        int lanes = Math.min(most, (all.size() + EACH - 1) / EACH);
        SftpSessionPool.Work<Void> lane = remote -> {
            for (T about = queue.poll(); about != null; about = queue.poll()) {
                answers.put(about, question.ask(remote, about));
            }
            return null;
        };
        if (lanes == 1) {
            sessions.call(lane);
        } else if (lanes > 1) {
            together(sessions, lanes, lane);
        }
        return answers;
    }

    private static void together(SftpSessionPool sessions, int lanes, SftpSessionPool.Work<Void> lane)
            throws IOException {
        ExecutorService executor = Executors.newFixedThreadPool(lanes);
        try {
            List<Future<Void>> running = new ArrayList<>();
            for (int i = 0; i < lanes; i++) {
                running.add(executor.submit(() -> sessions.call(lane)));
            }
            for (Future<Void> one : running) {
                one.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the server was asked");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } finally {
            executor.shutdownNow();
        }
    }
}
