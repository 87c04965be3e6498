package dev.offsite.sftp.login;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.Session;
import dev.offsite.openssh.HostKeyVerdict;
import dev.offsite.openssh.KnownHosts;
import dev.offsite.openssh.ServerName;
import java.time.Instant;
import java.util.List;

/**
 * Has JSch trust the keys that known_hosts trusts. JSch verifies that the server has the key; it knows no authorities, so that it
 * always asks here, for certificates too.
 */
final class TrustedKeys extends NoKeys {

    private final KnownHosts known;
    private final ServerName server;
    private final boolean certificates;
    private final ServerKeyTap tap = new ServerKeyTap();

    /** @param certificates whether JSch knows them, and asks the server for one */
    TrustedKeys(KnownHosts known, ServerName server, boolean certificates) {
        this.known = known;
        this.certificates = certificates;
        this.server = server;
    }

    ServerKeyTap tap() {
        return tap;
    }

    /** Sets the session up to ask for the keys that are known, and to have the server's key checked here. */
    void guard(Session session) {
        session.setHostKeyRepository(this);
        session.setConfig("StrictHostKeyChecking", "yes");
        session.setConfig("host_certificate_to_key_fallback", "yes");
        session.setConfig("prefer_known_host_key_types", "no");
        List<String> algorithms = List.of(session.getConfig("server_host_key").split(","));
        session.setConfig("server_host_key", String.join(",", known.order(server, algorithms)));
    }

    /** What known_hosts says of the key that the server sent, if that is the one that JSch verified. */
    HostKeyVerdict verdict(byte[] verified) {
        if (!certificates && known.dependsOnCertificates(server)) {
            return known.unusable(
                    server,
                    ("known_hosts has a line @cert-authority or @revoked for %s, and this application's JSch %s knows no "
                                    + "certificates, 2.28.4 does")
                            .formatted(server.entry(), JSch.VERSION));
        }
        return tap.key()
                .map(sent -> known.check(server, sent, verified, Instant.now()))
                .orElseGet(() -> known.unusable(server, "it was not seen"));
    }

    /** Fails with {@link HostKeyRefusal}, which says more than JSch's own results. */
    @Override
    public int check(String host, byte[] key) {
        HostKeyVerdict verdict = verdict(key);
        if (!verdict.isTrusted()) {
            throw new HostKeyRefusal(verdict);
        }
        return OK;
    }
}
