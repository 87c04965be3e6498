package dev.offsite.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** A file that one holder at a time has locked, in all processes; the system frees it however its process ends. */
public final class ProcessLock implements AutoCloseable {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

    private final FileChannel channel;

    private ProcessLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Empty if others do not let go of it for that long. The file is created if it is missing. */
    public static Optional<ProcessLock> take(Path file, Duration patience) throws IOException {
        PrivateFiles.makeFolder(file.getParent());
        FileChannel channel = PrivateFiles.open(file);
        boolean taken = false;
        try {
            long end = System.nanoTime() + patience.toNanos();
            while (!taken) {
                taken = isLocked(channel);
                if (!taken && System.nanoTime() >= end) {
                    return Optional.empty();
                }
                if (!taken) {
                    LockSupport.parkNanos(LOOK_AGAIN.toNanos());
                }
            }
            return Optional.of(new ProcessLock(channel));
        } finally {
            if (!taken) {
                channel.close();
            }
        }
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException anotherThread) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
