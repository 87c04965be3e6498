package dev.offsite.sftp.login;

import com.jcraft.jsch.HostKey;
import com.jcraft.jsch.HostKeyRepository;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.JSchHostKeyException;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.UserInfo;
import dev.offsite.job.Target;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/** Reads a server's host keys without logging in, over a connection per key. */
public final class HostKeys {

    /** Key types to ask for one by one, since a server shows one key per connection. */
    private static final List<String> TYPES = List.of(
            "ssh-ed25519", "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521", "rsa-sha2-512,rsa-sha2-256");

    private static final int TIMEOUT_MILLIS = 20_000;

    private final Target target;
    private final JSch jsch = new JSch();

    /**
     * Fails with {@link SshException} if known_hosts exists but cannot be read
     */
    public HostKeys(Target target) throws SshException {
        this.target = target;
        if (Files.exists(target.knownHosts())) {
            try {
                jsch.setKnownHosts(target.knownHosts().toString());
            } catch (JSchException e) {
                throw SshException.of(e);
            }
        }
    }

    /**
     * {@code line}: for known_hosts
     * @param fingerprint type and SHA-256, as {@code ssh-keygen -l} prints it
     */
    public record Key(String line, String fingerprint, State state) {}

    /** How the key compares with known_hosts. */
    public enum State {
        KNOWN,
        UNKNOWN,
        CHANGED
    }

    /** The key that a login would get: of a type that known_hosts has, if the server has one. */
    public Key first() throws SshException {
        return ask(null);
    }

    public List<Key> all() {
        List<Key> keys = new ArrayList<>();
        for (String type : TYPES) {
            try {
                keys.add(ask(type));
            } catch (SshException e) {
                // The server has no key of this type.
            }
        }
        return keys;
    }

    private State state(HostKey key) {
        byte[] bytes = Base64.getDecoder().decode(key.getKey());
        return switch (jsch.getHostKeyRepository().check(name(), bytes)) {
            case HostKeyRepository.OK -> State.KNOWN;
            case HostKeyRepository.CHANGED -> State.CHANGED;
            default -> State.UNKNOWN;
        };
    }

    /** The server's name in known_hosts, with the port unless it is 22. */
    public String name() {
        return name(target);
    }

    public static String name(Target target) {
        return target.port() == 22 ? target.host() : "[%s]:%d".formatted(target.host(), target.port());
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
        session.setHostKeyRepository(new Nobody(jsch.getHostKeyRepository()));
        if (types != null) {
            session.setConfig("server_host_key", allowed(types));
            session.setConfig("prefer_known_host_key_types", "no");
        }
        try {
            session.connect(TIMEOUT_MILLIS);
            throw new IllegalStateException("a host key was accepted that should only be looked at");
        } catch (JSchHostKeyException refused) {
            HostKey key = session.getHostKey();
            return new Key(
                    "%s %s %s".formatted(name(), key.getType(), key.getKey()),
                    SftpLogin.fingerprint(session),
                    state(key));
        } finally {
            session.disconnect();
        }
    }

    /** Tells JSch which key types are known, and rejects every key. */
    private record Nobody(HostKeyRepository known) implements HostKeyRepository {
        @Override
        public int check(String host, byte[] key) {
            return NOT_INCLUDED;
        }

        @Override
        public void add(HostKey hostkey, UserInfo ui) {}

        @Override
        public void remove(String host, String type) {}

        @Override
        public void remove(String host, String type, byte[] key) {}

        @Override
        public String getKnownHostsRepositoryID() {
            return known.getKnownHostsRepositoryID();
        }

        @Override
        public HostKey[] getHostKey() {
            return known.getHostKey();
        }

        @Override
        public HostKey[] getHostKey(String host, String type) {
            return known.getHostKey(host, type);
        }
    }
}
