package dev.offsite.download;

import dev.offsite.sftp.RemoteFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A file to download: where it lies, and what becomes of its bytes. Methods are called by one thread at a time. */
public interface Incoming {

    /** Absolute, on the server. */
    String path();

    /** Bytes, as listed; negative if unknown. */
    long size();

    /** Looks at what lies there now, before any of it is used; throws if it is not what was listed. */
    void check(RemoteFile there) throws Exception;

    /** Called before anything is asked for; returns how many bytes from the start are here already. */
    long begin() throws IOException;

    /** Bytes of one {@link #write} that may be kept afterwards; the memory of more is used again. */
    int KEPT = 64 << 10;

    /** Takes the next bytes, in order. */
    void write(ByteBuffer bytes) throws IOException;

    /** All bytes have come. Returns false if the file must be downloaded again, from {@link #begin}. */
    boolean end() throws Exception;

    /**
     * It cannot be downloaded, or one of the methods above failed.
     *
     * @param cause of the server, or of this machine
     */
    void fail(Exception cause);
}
