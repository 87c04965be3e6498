package dev.offsite.transfer;

import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A few threads that finish started files before they start new ones. */
public final class TransferExecutor implements AutoCloseable {

    private record Task(boolean begins, long number, Runnable work) implements Runnable, Comparable<Task> {
        @Override
        public void run() {
            work.run();
        }

        @Override
        public int compareTo(Task other) {
            return begins == other.begins ? Long.compare(number, other.number) : Boolean.compare(begins, other.begins);
        }
    }

    private final AtomicLong numbers = new AtomicLong();
    private final ThreadPoolExecutor threads;

    TransferExecutor(int count) {
        threads = new ThreadPoolExecutor(
                count, count, 0, TimeUnit.SECONDS, new PriorityBlockingQueue<>(), TransferExecutor::thread);
    }

    static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "offsite-transfer");
        thread.setDaemon(true);
        return thread;
    }

    /** Adds work at the end of the queue. */
    void begin(Runnable work) {
        threads.execute(new Task(true, numbers.getAndIncrement(), work));
    }

    /** Adds work at the front of the queue. */
    void goOn(Runnable work) {
        threads.execute(new Task(false, numbers.getAndIncrement(), work));
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
