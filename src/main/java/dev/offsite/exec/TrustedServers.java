package dev.offsite.exec;

import dev.offsite.job.Target;
import dev.offsite.openssh.HostKeyVerdict;
import dev.offsite.openssh.KnownHosts;
import java.io.IOException;
import java.net.SocketAddress;
import java.security.PublicKey;
import java.time.Instant;
import java.util.List;
import org.apache.sshd.client.kex.DHGClient;
import org.apache.sshd.client.keyverifier.ServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.DHFactory;
import org.apache.sshd.common.kex.KeyExchange;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/** Has sshd's client trust the keys that known_hosts trusts. sshd verifies that the server has the key. */
final class TrustedServers implements ServerKeyVerifier {

    private final Target target;
    private volatile HostKeyVerdict verdict;

    TrustedServers(Target target) {
        this.target = target;
    }

    @Override
    public boolean verifyServerKey(ClientSession session, SocketAddress address, PublicKey key) {
        PublicKey proved = key instanceof OpenSshCertificate certificate ? certificate.getCertPubKey() : key;
        HostKeyVerdict found = known().check(target.knownAs(), blob(key), blob(proved), Instant.now());
        verdict = found;
        return found.isTrusted();
    }

    /** What known_hosts says of the last key that the server showed; null if it never showed one. */
    HostKeyVerdict verdict() {
        return verdict;
    }

    /** See {@link KnownHosts#order}. */
    List<String> order(List<String> algorithms) {
        return known().order(target.knownAs(), KnownHosts.preferred(algorithms));
    }

    /** No keys if the files cannot be read, so that none is trusted. */
    private KnownHosts known() {
        try {
            return KnownHosts.read(target.knownHostsFiles());
        } catch (IOException e) {
            return new KnownHosts(target.knownHostsFiles(), List.of());
        }
    }

    /** As it was sent: a certificate's signature is over these bytes. */
    private static byte[] blob(PublicKey key) {
        ByteArrayBuffer buffer = new ByteArrayBuffer();
        if (key instanceof OpenSshCertificate certificate) {
            buffer.putRawBytes(certificate.getMessage());
            buffer.putBytes(certificate.getSignature());
        } else {
            buffer.putRawPublicKey(key);
        }
        return buffer.getCompactData();
    }

    /** Certificates are verified with {@link KnownHosts}: sshd does it in another way, and keeps to itself what was wrong. */
    static KeyExchangeFactory keyExchange(KeyExchangeFactory usual) {
        DHFactory factory = BuiltinDHFactories.resolveFactory(usual.getName());
        return factory == null || factory.isGroupExchange()
                ? usual
                : new KeyExchangeFactory() {
                    @Override
                    public String getName() {
                        return factory.getName();
                    }

                    @Override
                    public KeyExchange createKeyExchange(Session session) {
                        return new WithoutVerification(factory, session);
                    }
                };
    }

    private static final class WithoutVerification extends DHGClient {
        WithoutVerification(DHFactory factory, Session session) {
            super(factory, session);
        }

        @Override
        protected void verifyCertificate(Session session, OpenSshCertificate certificate) {
            // The verifier does it, with the line of known_hosts that names the authority.
        }
    }
}
