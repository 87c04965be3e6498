package dev.offsite.exec;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A connection to a server that is not a socket of this machine: through jump hosts. */
public interface ServerStreams extends Closeable {

    InputStream in();

    OutputStream out();

    /** Ends the connection, and unblocks whoever reads or writes. */
    @Override
    void close();

    /** Makes the connection, within a deadline. */
    @FunctionalInterface
    interface Opener {
        ServerStreams open() throws IOException;
    }
}
