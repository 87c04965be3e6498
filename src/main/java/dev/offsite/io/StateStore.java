package dev.offsite.io;

import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Where Offsite keeps what it knows, as texts with names: a folder of files, or a database that all nodes of a cluster
 * share. A name is a relative path with slashes, such as {@code db.status}. All methods fail with {@link StateException}.
 * Any number of threads and processes may use the same texts.
 */
public interface StateStore {

    /** Whether there is a state here. */
    boolean exists();

    /** A whole text; empty if there is none. */
    Optional<String> text(String name);

    /**
     * Hands over the lines of a text that begin at that place or later.
     *
     * @param from 0, or what an earlier call or {@link #end} returned
     * @return where the last whole line ends, to go on from there when something was appended; {@code from} if there is
     *     no such text
     */
    long lines(String name, long from, Consumer<String> each);

    /** The rest of a text, from a place that {@link #end} returned; empty if there is no such text. */
    InputStream open(String name, long from);

    /** Where the next {@link #append} goes; 0 if there is no such text. */
    long end(String name);

    /**
     * What tells whether a text has changed, which is cheaper than to read it: an equal one if not.
     *
     * @param identity the same for as long as something was only appended
     * @param end where the next {@link #append} goes
     * @param changed when it was changed, if that is known
     */
    record Version(String identity, long end, String changed) {

        /** Whether since an earlier version something was only appended. */
        public boolean hasGrownFrom(Version earlier) {
            return identity.equals(earlier.identity) && end > earlier.end;
        }
    }

    /** Empty if there is no such text. */
    Optional<Version> version(String name);

    /** The length of a text, in bytes; 0 if there is none. */
    long size(String name);

    /** The last bytes of a text, at least that many if it has them; the first character may be cut. "" if there is no such text. */
    String tail(String name, int bytes);

    /** Replaces a text in one step. {@code durable}: and returns after that survives a power cut. */
    void replace(String name, String text, boolean durable);

    /** Appends to a text in one step, and returns after that survives a power cut. */
    void append(String name, String text);

    /**
     * Changes a text in one step; whoever else updates it at the same time waits.
     *
     * @param change gets the text, or "" if there is none; if it returns the same, nothing is written
     * @return the text after it
     */
    String update(String name, UnaryOperator<String> change, boolean durable);

    /** Does nothing if there is no such text. */
    void delete(String name);

    /** The last parts of the names of the texts directly in a folder, which is a name without a slash at its end. */
    List<String> names(String folder);

    /** Where a text is, for messages. */
    String place(String name);
}
