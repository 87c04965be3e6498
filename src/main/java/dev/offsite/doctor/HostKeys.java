package dev.offsite.doctor;

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
import java.util.List;

/**
 * The keys that a server shows. Each is asked for on a connection of its own, which ends when the key was seen: nobody
 * logs in, whatever known_hosts says.
 */
public final class HostKeys {

    /** By type, since a server shows one key a connection: the one that it is asked for. */
    private static final List<String> TYPES = List.of(
            "ssh-ed25519", "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521", "rsa-sha2-512,rsa-sha2-256");

    private static final int TIMEOUT_MILLIS = 20_000;

    private final Target target;
    private final JSch jsch = new JSch();

    /**
     * @throws JSchException if known_hosts is there and cannot be read
     */
    HostKeys(Target target) throws JSchException {
        this.target = target;
        if (Files.exists(target.knownHosts())) {
            jsch.setKnownHosts(target.knownHosts().toString());
        }
    }

    /** What known_hosts says to a key. */
    enum State {
        KNOWN,
        UNKNOWN,
        CHANGED
    }

    /**
     * The one key that a login would get to see: of a type that known_hosts has, where the server has such a key.
     *
     * @throws JSchException if the server shows none
     */
    HostKey first() throws JSchException {
        return ask(null);
    }

    /** All keys that the server has. */
    List<HostKey> all() {
        List<HostKey> keys = new ArrayList<>();
        for (String type : TYPES) {
            try {
                keys.add(ask(type));
            } catch (JSchException e) {
                // It has none of that type.
            }
        }
        return keys;
    }

    State state(HostKey key) throws JSchException {
        byte[] bytes = java.util.Base64.getDecoder().decode(key.getKey());
        return switch (jsch.getHostKeyRepository().check(name(), bytes)) {
            case HostKeyRepository.OK -> State.KNOWN;
            case HostKeyRepository.CHANGED -> State.CHANGED;
            default -> State.UNKNOWN;
        };
    }

    /** The server as known_hosts names it. */
    String name() {
        return target.port() == 22 ? target.host() : "[%s]:%d".formatted(target.host(), target.port());
    }

    /** The line for known_hosts. */
    String line(HostKey key) {
        return "%s %s %s".formatted(name(), key.getType(), key.getKey());
    }

    /** Type and SHA-256, as {@code ssh-keygen -l} writes it. */
    String fingerprint(HostKey key) {
        return key.getType() + " " + key.getFingerPrint(jsch);
    }

    private HostKey ask(String types) throws JSchException {
        Session session = jsch.getSession(target.user(), target.host(), target.port());
        session.setConfig("StrictHostKeyChecking", "yes");
        session.setHostKeyRepository(new Nobody(jsch.getHostKeyRepository()));
        if (types != null) {
            session.setConfig("server_host_key", types);
            session.setConfig("prefer_known_host_key_types", "no");
        }
        try {
            session.connect(TIMEOUT_MILLIS);
            throw new IllegalStateException("a host key was accepted that should only be looked at");
        } catch (JSchHostKeyException refused) {
            return session.getHostKey();
        } finally {
            session.disconnect();
        }
    }

    /** Knows of which types the keys are that we have, and accepts none. */
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
