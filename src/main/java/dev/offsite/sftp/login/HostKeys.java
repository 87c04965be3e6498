package dev.offsite.sftp.login;

import com.jcraft.jsch.HostKey;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.JSchHostKeyException;
import com.jcraft.jsch.Session;
import dev.offsite.job.Target;
import dev.offsite.openssh.HostKeyVerdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads a server's host keys without logging in, over a connection per key. */
public final class HostKeys {

    /** Key types to ask for one by one, since a server shows one key per connection. */
    private static final List<String> TYPES = List.of(
            "ssh-ed25519", "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521", "rsa-sha2-512,rsa-sha2-256");

    private final Target target;

    public HostKeys(Target target) {
        this.target = target;
    }

    /**
     * {@code line}: for known_hosts
     * @param fingerprint type and SHA-256, as {@code ssh-keygen -l} prints it
     * @param verdict what known_hosts says of it
     */
    public record Key(String line, String fingerprint, HostKeyVerdict verdict) {}

    /** The key that a login would get: of a type that known_hosts has, if the server has one. */
    public Key first() throws SshException {
        return ask(null);
    }

    /** All keys that it has, without those that are revoked. */
    public List<Key> all() {
        List<Key> keys = new ArrayList<>();
        for (String type : TYPES) {
            try {
                Key key = ask(type);
                if (key.verdict.kind() != HostKeyVerdict.Kind.REVOKED) {
                    keys.add(key);
                }
            } catch (SshException e) {
                // The server has no key of this type.
            }
        }
        return keys;
    }

    /** An old server's RSA key is of the same type, whatever it signs with. */
    private String allowed(String types) {
        boolean old = types.contains("rsa-sha2") && target.way().algorithms().allow(Set.of("ssh-rsa"));
        return old ? types + ",ssh-rsa" : types;
    }

    private Key ask(String types) throws SshException {
        Session session = null;
        try {
            session = TargetSessions.stranger(target);
            return ask(session, types);
        } catch (JSchException e) {
            throw SshException.of(e, session);
        }
    }

    private Key ask(Session session, String types) throws JSchException {
        Looking looking = new Looking((TrustedKeys) session.getHostKeyRepository());
        session.setHostKeyRepository(looking);
        if (types != null) {
            session.setConfig("server_host_key", allowed(types));
        }
        try {
            session.connect((int) target.way().connectTimeout().toMillis());
            throw new IllegalStateException("a host key was accepted that should only be looked at");
        } catch (JSchHostKeyException refused) {
            HostKey key = session.getHostKey();
            return new Key(
                    "%s %s %s".formatted(target.knownAs().entry(), key.getType(), key.getKey()),
                    key.getType() + " " + key.getFingerPrint(new JSch()),
                    looking.verdict);
        } finally {
            session.disconnect();
        }
    }

    /** Takes the verdict, and rejects every key. */
    private static final class Looking extends NoKeys {
        private final TrustedKeys trusted;
        private HostKeyVerdict verdict;

        Looking(TrustedKeys trusted) {
            this.trusted = trusted;
        }

        @Override
        public int check(String host, byte[] key) {
            verdict = trusted.verdict(key);
            return NOT_INCLUDED;
        }
    }
}
