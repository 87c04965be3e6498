package dev.offsite.sftp.login;

import dev.offsite.openssh.HostKeyVerdict;

/** known_hosts does not trust the server. Unchecked, since it has to pass through JSch and camel-ftp. */
public final class HostKeyRefusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient HostKeyVerdict verdict;

    HostKeyRefusal(HostKeyVerdict verdict) {
        // JSch sends this to the server.
        super("host key not accepted");
        this.verdict = verdict;
    }

    public HostKeyVerdict verdict() {
        return verdict;
    }
}
