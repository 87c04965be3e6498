package dev.offsite.transfer;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * One of the two ways that a tree can go, in steps that {@link TreeTransfer} puts together. Names are those of the tree; each
 * step may be called by several threads at once, for different names.
 */
public interface Direction {

    /**
     * What has the final name already.
     *
     * @param file a regular file; symbolic links are not followed
     * @param modified last change
     */
    record There(boolean file, long size, Instant modified) {

        /** Whether it has this size, and this time as far as SFTP can say it. */
        boolean looksLike(FileTreeEntry other) {
            return size == other.size()
                    && modified.getEpochSecond() == other.modified().getEpochSecond();
        }
    }

    /** The verb, as it is written on the command line. */
    String verb();

    /** Where it comes from, absolute. */
    String source();

    /** What was to be done to a file, as in "12 files put". */
    String done();

    /** Where it goes, absolute. */
    String destination();

    /** Makes the folder that all goes into, with its parents; where it is there already, nothing. */
    void makeTop() throws IOException;

    /** Makes a folder below the top; where it is there already, nothing. A symbolic link is not taken for one. */
    void makeFolder(String name) throws IOException;

    /** Gives a folder its time of last change, once all is in it. */
    void setModified(String folder, Instant modified) throws IOException;

    /** What is there under the final name; empty where nothing is. */
    Optional<There> there(String name) throws IOException;

    /** The SHA-256 of the file on this side, lower-case hex. */
    String hashHere(String name, LongConsumer progress) throws IOException;

    /** The path on the server whose bytes must be those of {@link #hashHere}, for both sides to have the same. */
    String pathOfSame(String name);

    /** Carries the file over, to its temporary name there. */
    SentFile send(FileTreeEntry file, LongConsumer progress) throws IOException;

    /** The path on the server whose bytes must be those that were sent. */
    String pathToVerify(String name);

    /** Gives what was sent its time and its final name. */
    void publish(FileTreeEntry file) throws IOException;

    /** Removes what was sent and not published, if there is anything. */
    void discard(String name) throws IOException;
}
