package dev.offsite.doctor;

import dev.offsite.exec.SingleLoginExec;
import dev.offsite.job.Job;
import dev.offsite.job.Target;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.HostKeys;
import dev.offsite.sftp.SshException;
import dev.offsite.sftp.TargetConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Checks the login to one target step by step, once for all of its jobs. It logs in only after the host key was found
 * in known_hosts.
 */
public final class LoginCheck implements AutoCloseable {

    private final Target target;
    private final TargetConnection connection;
    private final Cancellation stop;
    private final Findings findings = new Findings();
    private final List<String> keyLines = new ArrayList<>();
    private final List<String> fingerprints = new ArrayList<>();
    private Optional<String> removal = Optional.empty();
    private String home = "/";
    private SingleLoginExec console;
    private String noConsole = "";

    LoginCheck(TargetConnection connection, Cancellation stop) {
        this.target = connection.target();
        this.connection = connection;
        this.stop = stop;
    }

    /** @param keyUsable whether there is a key or a password to log in with */
    void make(Job job, boolean keyUsable) {
        ServerBannerCheck.check(target, findings);
        stop.check();
        if (findings.went(Check.SSH)) {
            checkHostKey(job);
            stop.check();
        }
        if (findings.went(Check.HOST_KEY) && keyUsable) {
            logIn(job);
        }
    }

    private void checkHostKey(Job job) {
        try {
            HostKeys keys = new HostKeys(target);
            HostKeys.Key first = keys.first();
            HostKeys.State state = first.state();
            if (state == HostKeys.State.KNOWN) {
                findings.add(
                        Check.HOST_KEY, Result.OK, "%s, as in %s".formatted(first.fingerprint(), target.knownHosts()));
                return;
            }
            List<HostKeys.Key> all = keys.all();
            (all.isEmpty() ? List.of(first) : all).forEach(key -> {
                keyLines.add(key.line());
                fingerprints.add(key.fingerprint());
            });
            if (state == HostKeys.State.CHANGED) {
                removal = Optional.of("ssh-keygen -R '%s' -f '%s'".formatted(keys.name(), target.knownHosts()));
            }
            findings.add(
                    Check.HOST_KEY,
                    Result.FAIL,
                    (state == HostKeys.State.CHANGED
                                    ? "CHANGED: the server shows %s, and %s has another for %s; somebody may be in between"
                                    : "unknown: the server shows %s, and %s has none for %s")
                            .formatted(first.fingerprint(), target.knownHosts(), keys.name()));
        } catch (SshException e) {
            findings.add(Check.HOST_KEY, Result.FAIL, FailureMessages.of(e, job).message());
        }
    }

    private void logIn(Job job) {
        try {
            String method = connection.sessions().call(remote -> {
                home = remote.home();
                return remote.loginMethod();
            });
            findings.add(Check.LOGIN, Result.OK, login(method));
            findings.add(Check.SFTP, Result.OK, "begins in %s".formatted(home));
        } catch (IOException e) {
            if (e instanceof SshException ssh && ssh.reason() == SshException.Reason.NO_SFTP) {
                findings.add(Check.LOGIN, Result.OK, login(""));
                findings.add(Check.SFTP, Result.FAIL, e.getMessage());
                return;
            }
            findings.add(Check.LOGIN, Result.FAIL, FailureMessages.of(e, job).message());
        }
    }

    private String login(String method) {
        String key = "the key " + target.key();
        if (target.key() == null || method.equals("password") || method.equals("keyboard-interactive")) {
            return "as %s with the password".formatted(target.user());
        }
        boolean either = target.password() != null && method.isEmpty();
        return "as %s with %s%s".formatted(target.user(), key, either ? ", or the password" : "");
    }

    /** Runs commands on the server, all over one login; empty if the server allows no commands. */
    Optional<SingleLoginExec> console() {
        if (console == null && noConsole.isEmpty()) {
            try {
                console = SingleLoginExec.open(connection.hashing().clients(), stop::check);
            } catch (IOException e) {
                boolean separate = target.verifyLogin() != null;
                noConsole = separate ? connection.hashing().clients().problem(e) : String.valueOf(e.getMessage());
            }
        }
        return Optional.ofNullable(console);
    }

    String noConsole() {
        return noConsole;
    }

    Findings findings() {
        return findings;
    }

    TargetConnection connection() {
        return connection;
    }

    /** The initial folder of an SFTP login. */
    String home() {
        return home;
    }

    /** The lines that known_hosts lacks. */
    List<String> keyLines() {
        return keyLines;
    }

    /** The command that removes the server's other keys from known_hosts, if there are any. */
    Optional<String> removal() {
        return removal;
    }

    List<String> fingerprints() {
        return fingerprints;
    }

    @Override
    public void close() {
        if (console != null) {
            console.close();
        }
    }
}
