package dev.offsite.sftp.login;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.SocketFactory;
import com.jcraft.jsch.UIKeyboardInteractive;
import com.jcraft.jsch.UserInfo;
import dev.offsite.exec.LoginKeys;
import dev.offsite.io.Text;
import dev.offsite.job.Target;
import dev.offsite.openssh.KnownHosts;
import dev.offsite.openssh.Surroundings;
import dev.offsite.openssh.agent.AgentException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes every JSch session: those of camel-ftp's producers, our own, and those that only look at host keys. Which keys
 * are trusted, how the server is reached and how we log in is set here and nowhere else.
 */
final class TargetSessions {

    private static final Logger LOG = LoggerFactory.getLogger(TargetSessions.class);

    private TargetSessions() {}

    /** A session that trusts the keys of known_hosts and cannot log in. */
    static Session stranger(Target target) throws JSchException {
        return session(
                new JSch(),
                target,
                new QuickAckSocketFactory(target.way()),
                target.way().jumps());
    }

    /** A session that is ready to log in. */
    static Session user(Target target, SocketFactory sockets) throws JSchException {
        return user(target, sockets, target.way().jumps());
    }

    /** The same through these jump hosts. */
    static Session user(Target target, SocketFactory sockets, List<Target> jumps) throws JSchException {
        JSch jsch = new JSch();
        LoginKeys keys = keys(target);
        for (Path file : keys.files()) {
            addKey(jsch, file, target);
        }
        Session session = session(jsch, target, sockets, jumps);
        session.setConfig("PreferredAuthentications", "publickey,password,keyboard-interactive");
        session.setUserInfo(new Password(target.password()));
        if (keys.agent() != null) {
            session.setIdentityRepository(new AgentIdentities(keys, jsch.getIdentityRepository()));
        } else if (keys.files().size() == 1 && target.password() == null) {
            // The method is known: asking for the methods, and whether the key is accepted, costs a round trip each.
            session.setConfig("enable_auth_none", "no");
            session.setConfig("enable_pubkey_auth_query", "no");
        }
        return session;
    }

    private static LoginKeys keys(Target target) throws JSchException {
        try {
            return LoginKeys.of(target, Surroundings.ofThisProcess());
        } catch (AgentException e) {
            throw new JSchException(e.getMessage(), e);
        }
    }

    /** As OpenSSH does: with the certificates that are named and the one that lies beside it, and then without. */
    private static void addKey(JSch jsch, Path key, Target target) throws JSchException {
        String passphrase = target.passphrase();
        byte[] secret = passphrase == null ? null : passphrase.getBytes(StandardCharsets.UTF_8);
        List<Path> certificates = new ArrayList<>(target.way().certificates());
        certificates.add(certificate(key));
        for (Path certificate : certificates) {
            if (SessionAlgorithms.knowsCertificates() && Files.exists(certificate)) {
                try {
                    jsch.addIdentity(key.toString(), certificate.toString(), secret);
                } catch (JSchException e) {
                    LOG.debug("{} is not used", certificate, e);
                }
            }
        }
        try {
            Optional<byte[]> decrypted = LoginKeys.decrypted(key, passphrase);
            if (decrypted.isPresent()) {
                jsch.addIdentity(key.toString(), decrypted.get(), null, null);
            } else {
                jsch.addIdentity(key.toString(), secret);
            }
        } catch (JSchException e) {
            if (key.equals(target.key())) {
                throw e;
            }
            // One of several that ssh_config names.
            LOG.debug("{} is not used", key, e);
        }
    }

    /** Where the certificate of a key lies, if it has one. */
    static Path certificate(Path key) {
        return key.resolveSibling(key.getFileName() + "-cert.pub");
    }

    private static Session session(JSch jsch, Target target, SocketFactory sockets, List<Target> jumps)
            throws JSchException {
        Session session = jsch.getSession(target.user(), target.host(), target.port());
        SessionAlgorithms.set(session, target.way().algorithms());
        TrustedKeys keys = new TrustedKeys(knownHosts(target), target.knownAs(), SessionAlgorithms.knowsCertificates());
        keys.guard(session);
        session.setSocketFactory(keys.tap().listen(jumps.isEmpty() ? sockets : new TunnelSockets(jumps)));
        session.setLogger(new NegotiationLog());
        session.setServerAliveInterval((int) target.way().aliveInterval().toMillis());
        session.setServerAliveCountMax(target.way().aliveCount());
        return session;
    }

    private static KnownHosts knownHosts(Target target) throws JSchException {
        try {
            return KnownHosts.read(target.knownHostsFiles());
        } catch (IOException e) {
            throw new JSchException("known_hosts cannot be read: " + Text.reason(e), e);
        }
    }

    /** Answers with the password, once for each method: whoever is refused too often gets banned. */
    private static final class Password implements UserInfo, UIKeyboardInteractive {
        private final String password;
        private boolean prompted;
        private boolean asked;

        Password(String password) {
            this.password = password;
        }

        @Override
        public String getPassphrase() {
            return null;
        }

        @Override
        public String getPassword() {
            return password;
        }

        @Override
        public boolean promptPassword(String message) {
            boolean first = !prompted && password != null;
            prompted = true;
            return first;
        }

        @Override
        public boolean promptPassphrase(String message) {
            return false;
        }

        @Override
        public boolean promptYesNo(String message) {
            return false;
        }

        @Override
        public void showMessage(String message) {}

        /** A server may ask nothing, before or after it asks for the password. */
        @Override
        public String[] promptKeyboardInteractive(
                String destination, String name, String instruction, String[] prompt, boolean[] echo) {
            if (prompt.length == 0) {
                return new String[0];
            }
            boolean first = !asked && password != null;
            asked = true;
            String[] answers = new String[prompt.length];
            Arrays.fill(answers, password);
            return first ? answers : null;
        }
    }
}
