package dev.offsite.sftp;

import com.jcraft.jsch.JSchException;

/** The server's host key is not the one that known_hosts has for it, or known_hosts has none. */
public final class HostKeyException extends JSchException {

    private static final long serialVersionUID = 1L;

    private final String fingerprint;

    HostKeyException(JSchException cause, String fingerprint) {
        super(cause.getMessage(), cause);
        this.fingerprint = fingerprint;
    }

    /** Type and SHA-256 fingerprint of the key that was seen, as ssh-keygen -l writes it. */
    public String fingerprint() {
        return fingerprint;
    }

    /** Whether known_hosts has another key for this server; otherwise it has none. */
    public boolean changed() {
        return getCause() instanceof com.jcraft.jsch.JSchChangedHostKeyException;
    }
}
