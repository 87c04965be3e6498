package dev.offsite.transfer;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;

/**
 * The steps of a put or get, for {@link TreeTransfer}. Names are relative to the tree's top. Threads call steps
 * concurrently for different names.
 */
public interface Direction {

    /** What already has the final name. {@code file} means a regular file; symbolic links are not followed. */
    record There(boolean file, long size, Instant modified) {

        /** Whether the size is equal, and the time to the precision of SFTP. */
        boolean looksLike(FileTreeEntry other) {
            return size == other.size()
                    && modified.getEpochSecond() == other.modified().getEpochSecond();
        }
    }

    String verb();

    /** Absolute. */
    String source();

    /** The participle in messages, as in "12 files put". */
    String done();

    /** Absolute. */
    String destination();

    /** Makes the top folder and its parents, unless it exists. */
    void makeTop() throws IOException;

    /**
     * Makes a folder below the top, unless it exists. A symbolic link does not count as a folder.
     *
     * @param mode the permissions of its source, -1 if unknown
     */
    void makeFolder(String name, int mode) throws IOException;

    /** Called after all files are in the folder, as writing them changes its time. */
    void setModified(String folder, Instant modified) throws IOException;

    Optional<There> there(String name) throws IOException;

    /** Bytes to send or to receive. */
    default long size(FileTreeEntry file) {
        return file.size();
    }

    /** Whether {@link #there} can be compared by hash with a local file, without a key that is not here. */
    default boolean isComparable() {
        return true;
    }

    /** The SHA-256 of the local file, lower-case hex. */
    String hashHere(String name, LongConsumer progress) throws IOException;

    /** The path on the server to compare with {@link #hashHere}, when both sides may already have the same file. */
    default String pathOfSame(String name) {
        return pathToVerify(name);
    }

    /**
     * Writes the temporary name.
     *
     * @param whenSent is called once, perhaps later and in another thread, with what was sent (put) or received (get), or with
     *     why that failed for good; unless an exception is thrown, after which it may be tried again
     */
    void send(FileTreeEntry file, LongConsumer progress, BiConsumer<Sent, Exception> whenSent) throws IOException;

    /** The path on the server that must have the bytes that were sent. */
    String pathToVerify(String name);

    /** What was sent turned out to be something else: the next sending begins from zero. */
    default void differs(String name) {}

    /** Sets time and mode of the transferred file and gives it its final name. */
    Published publish(FileTreeEntry file, Sent sent) throws IOException;

    /** Removes an unpublished file, if there is one, unless the next run goes on with it. */
    void discard(String name) throws IOException;

    /** Called when nothing more is to be sent. */
    default void end() {}
}
