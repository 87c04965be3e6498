package dev.offsite.upload;

import dev.offsite.io.RetryPauses;
import java.time.Duration;
import java.util.Random;

/** The connections that one upload has lost, and whether it is worth making another. */
final class LostConnections {

    private final Duration patience;
    private final int retries;
    private final RetryPauses pauses = new RetryPauses(new Random());
    private Exception last;
    private int number;
    private long progress = -1;
    private long progressSince;
    private int fruitless;
    private long notBefore = System.nanoTime();

    /**
     * {@code patience}: how long a server is waited for without any progress; {@code retries}: how many connections in a row
     * may be lost in the file without any
     */
    LostConnections(Duration patience, int retries) {
        this.patience = patience;
        this.retries = retries;
    }

    /**
     * Notes one.
     *
     * @param confirmed bytes that the server has confirmed so far
     * @param inFile whether the server was there, and had opened the file
     */
    synchronized void add(Exception cause, long confirmed, boolean inFile) {
        if (confirmed > progress) {
            progress = confirmed;
            progressSince = System.nanoTime();
            pauses.reset();
            fruitless = 0;
        } else if (inFile) {
            fruitless++;
        }
        number++;
        last = cause;
        pause();
    }

    /** No connection is made for a while, longer each time. */
    synchronized void pause() {
        notBefore = System.nanoTime() + pauses.next().toNanos();
    }

    synchronized boolean isPausing() {
        return System.nanoTime() - notBefore < 0;
    }

    /** Whether this attempt should end: the next one begins with another look at everything. */
    synchronized boolean isHopeless() {
        return progress <= 0 || fruitless > retries || System.nanoTime() - progressSince > patience.toNanos();
    }

    synchronized Exception last() {
        return last;
    }

    synchronized int number() {
        return number;
    }
}
