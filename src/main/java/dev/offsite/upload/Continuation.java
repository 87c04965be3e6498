package dev.offsite.upload;

import java.io.IOException;
import java.security.MessageDigest;

/** Decides whether a file that was cut goes on where it was. */
interface Continuation {

    /** Never: as soon as no connection is left, the upload fails. */
    Continuation NONE = new Continuation() {
        @Override
        public boolean reopens() {
            return true;
        }

        @Override
        public boolean mayGoOn(long end, long highest, MessageDigest hash) {
            return false;
        }

        @Override
        public void confirmed(long end) {}
    };

    /** Whether the server can open a file again without emptying it, and write in its middle. */
    boolean reopens() throws IOException;

    /**
     * Whether the part file has what the server has confirmed.
     *
     * @param end everything before it was confirmed
     * @param highest nothing beyond it was
     * @param hash of what the part file must begin with, up to {@code end}; not ended
     * @throws IOException if that cannot be found out now
     */
    boolean mayGoOn(long end, long highest, MessageDigest hash) throws IOException;

    /** The server has confirmed everything before {@code end}. Called often, by several threads. */
    void confirmed(long end);
}
