package dev.offsite.sftp.login;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.KeyPair;
import dev.offsite.exec.LibraryWords;
import dev.offsite.io.Text;
import dev.offsite.job.Target;
import java.nio.file.Path;
import java.util.Set;

/** Explains why a server cannot be reached, or does not let us in. */
public final class LoginFailure {

    /** Reasons whose message says all. */
    private static final Set<SshException.Reason> SAID = Set.of(
            SshException.Reason.NO_AGENT,
            SshException.Reason.NO_SFTP,
            SshException.Reason.ENDED,
            SshException.Reason.NO_PLACE);

    private LoginFailure() {}

    /** In one line, what failed and what to do. */
    public static String message(SshException failure, Target target) {
        SshException.Reason reason = failure.reason();
        if (SAID.contains(reason)) {
            return Text.line(failure.getMessage());
        }
        boolean others = target.way().agent() != null && !target.way().agent().onlyKeys();
        boolean needed = target.passphrase() == null && !others && encrypted(target.key());
        if (reason != SshException.Reason.BAD_PASSPHRASE && needed) {
            return "the key %s has a passphrase and none is configured: set offsite.passphrase={{env:NAME}} or offsite.passphrase-file"
                    .formatted(target.key());
        }
        String said = LibraryWords.of(Text.root(failure));
        return switch (reason) {
            case BAD_PASSPHRASE ->
                "the passphrase for the key %s is wrong (offsite.passphrase or offsite.passphrase-file)"
                        .formatted(target.key());
            case LOGIN_REFUSED -> "%s refuses the login: %s".formatted(target, hint(target));
            case BAD_KEY ->
                "the key %s cannot be read as a private key: is its passphrase right?".formatted(target.key());
            case NAME_UNKNOWN ->
                "%s cannot be reached: the name %s is unknown here (DNS, or a misspelt offsite.host)"
                        .formatted(target, target.host());
            case UNREACHABLE ->
                "%s cannot be reached: %s (is the server up, the port right, the firewall open?)"
                        .formatted(target, said);
            case TIMEOUT -> "%s does not answer in time".formatted(target);
            case NO_WAY_ON -> Text.line("%s %s".formatted(target, failure.getMessage()));
            case NO_COMMON_ALGORITHM ->
                failure.mismatch()
                        .orElseThrow()
                        .explain(target.toString(), target.way().algorithms(), SessionAlgorithms::supports);
            case NOT_SSH ->
                ("%s is no SSH server, or closed the connection at once: is the port right, does it take another connection now,"
                                + " and is this address not banned there?")
                        .formatted(target);
            default -> Text.line("the connection to %s failed: %s".formatted(target, said));
        };
    }

    private static boolean encrypted(Path key) {
        try {
            return key != null && KeyPair.load(new JSch(), key.toString()).isEncrypted();
        } catch (JSchException e) {
            return false;
        }
    }

    private static String hint(Target target) {
        if (target.way().agent() != null) {
            return "is a key of the ssh-agent%s in the server's authorized_keys for user %s?"
                    .formatted(target.key() == null ? "" : ", or the key " + target.key() + ",", target.user());
        }
        if (target.key() == null) {
            return target.password() == null ? "no key is set (offsite.key)" : "is the password right?";
        }
        return "is the key %s right, and is its public key in the server's authorized_keys for user %s?"
                        .formatted(target.key(), target.user())
                + SftpLogin.certificateHint(target.key());
    }
}
