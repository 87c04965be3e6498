package dev.offsite.sftp.login;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.UIKeyboardInteractive;
import com.jcraft.jsch.UserInfo;
import dev.offsite.job.Target;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;

/**
 * Makes every JSch session: those of camel-ftp's producers, our own, and those that only look at host keys. Which keys
 * are trusted, how the server is reached and how we log in is set here and nowhere else.
 */
final class TargetSessions {

    private TargetSessions() {}

    /** A session that trusts the keys of known_hosts and cannot log in. */
    static Session stranger(Target target) throws JSchException {
        return session(new JSch(), target, target.way().jumps());
    }

    /** A session that is ready to log in. */
    static Session user(Target target) throws JSchException {
        return user(target, target.way().jumps());
    }

    /** The same through these jump hosts. */
    static Session user(Target target, List<Target> jumps) throws JSchException {
        JSch jsch = new JSch();
        if (target.key() != null) {
            String passphrase = target.passphrase();
            jsch.addIdentity(
                    target.key().toString(), passphrase == null ? null : passphrase.getBytes(StandardCharsets.UTF_8));
        }
        Session session = session(jsch, target, jumps);
        session.setConfig("PreferredAuthentications", "publickey,password,keyboard-interactive");
        session.setUserInfo(new Password(target.password()));
        if (target.key() != null && target.password() == null) {
            // The method is known: asking for the methods, and whether the key is accepted, costs a round trip each.
            session.setConfig("enable_auth_none", "no");
            session.setConfig("enable_pubkey_auth_query", "no");
        }
        return session;
    }

    private static Session session(JSch jsch, Target target, List<Target> jumps) throws JSchException {
        if (Files.exists(target.knownHosts())) {
            jsch.setKnownHosts(target.knownHosts().toString());
        }
        Session session = jsch.getSession(target.user(), target.host(), target.port());
        session.setConfig("StrictHostKeyChecking", "yes");
        if (!jumps.isEmpty()) {
            session.setProxy(new JumpProxy(jumps));
        }
        session.setHostKeyAlias(target.way().hostKeyAlias());
        SessionAlgorithms.set(session, target.way().algorithms());
        session.setLogger(new NegotiationLog());
        session.setServerAliveInterval((int) target.way().aliveInterval().toMillis());
        session.setServerAliveCountMax(target.way().aliveCount());
        return session;
    }

    /** Answers each question with the password, or none if there is no password. */
    private record Password(String password) implements UserInfo, UIKeyboardInteractive {
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
            return true;
        }

        @Override
        public boolean promptPassphrase(String message) {
            return true;
        }

        @Override
        public boolean promptYesNo(String message) {
            return false;
        }

        @Override
        public void showMessage(String message) {}

        @Override
        public String[] promptKeyboardInteractive(
                String destination, String name, String instruction, String[] prompt, boolean[] echo) {
            return password == null ? new String[0] : new String[] {password};
        }
    }
}
