package dev.offsite.sftp.login;

import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import dev.offsite.job.Target;

/** Logs in and out again. */
public final class LoginTrial {

    private LoginTrial() {}

    /** Fails if the login is refused, the server is not trusted or cannot be reached. */
    public static void run(Target target) throws SshException {
        Session session = null;
        try {
            session = TargetSessions.user(target, new QuickAckSocketFactory(target.way()));
            session.connect((int) target.way().connectTimeout().toMillis());
        } catch (HostKeyRefusal e) {
            throw SshException.of(e);
        } catch (JSchException e) {
            throw SshException.of(e, session);
        } finally {
            if (session != null) {
                session.disconnect();
            }
        }
    }
}
