package dev.offsite.doctor;

import dev.offsite.doctor.CheckRunner.Outcome;
import dev.offsite.exec.SingleLoginExec;
import dev.offsite.job.Job;
import dev.offsite.job.Target;
import dev.offsite.openssh.HostKeyVerdict;
import dev.offsite.sftp.TargetConnection;
import dev.offsite.sftp.login.HostKeys;
import dev.offsite.sftp.login.SshException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.util.function.ThrowingSupplier;

/**
 * Checks the login to one target step by step, once for all of its jobs. It logs in only after the host key was found
 * in known_hosts.
 */
final class LoginCheck implements AutoCloseable {

    private static final int MOST_PAUSE_MILLIS = 400;

    private final Target target;
    private final TargetConnection connection;
    private final CheckRunner steps;
    private List<HostKeys.Key> hostKeys = List.of();
    private Optional<String> removal = Optional.empty();
    private String home = "/";
    private String software = "";
    private SingleLoginExec console;
    private String noConsole = "";

    private LoginCheck(Job job, TargetConnection connection, Cancellation stop) {
        this.target = connection.target();
        this.connection = connection;
        this.steps = new CheckRunner(job, connection.sessions(), stop, new Findings());
    }

    /** @param keyUsable whether there is a key or a password to log in with */
    static LoginCheck of(Job job, TargetConnection connection, Cancellation stop, boolean keyUsable) {
        LoginCheck login = new LoginCheck(job, connection, stop);
        CheckRunner steps = login.steps;
        ServerBannerCheck.check(login.target, steps.findings());
        if (steps.went(Check.SSH)) {
            steps.check(Check.HOST_KEY, login::hostKey);
        }
        if (steps.went(Check.HOST_KEY) && keyUsable) {
            steps.check(Check.LOGIN, login::logIn);
        }
        stop.check();
        return login;
    }

    /** Where the server takes few connections, that of the check before may not have ended there yet. */
    private static <T> T onceClosed(ThrowingSupplier<T, IOException> question) throws IOException {
        for (int millis = 50; ; millis *= 2) {
            try {
                return question.get();
            } catch (SshException e) {
                if (!e.mayPass() || millis > MOST_PAUSE_MILLIS) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
            }
        }
    }

    private Outcome hostKey() throws IOException {
        HostKeys keys = new HostKeys(target);
        HostKeys.Key first = onceClosed(keys::first);
        HostKeyVerdict verdict = first.verdict();
        if (verdict.isTrusted()) {
            return Outcome.ok("%s, as in %s".formatted(first.fingerprint(), verdict.detail()));
        }
        boolean changed = verdict.kind() == HostKeyVerdict.Kind.CHANGED;
        if (!changed && verdict.kind() != HostKeyVerdict.Kind.UNKNOWN) {
            return Outcome.fail(verdict.message(target.toString(), target.host(), target.port()));
        }
        hostKeys = keys.all();
        if (hostKeys.isEmpty()) {
            hostKeys = List.of(first);
        }
        if (changed) {
            removal = Optional.of("ssh-keygen -R '%s' -f '%s'".formatted(verdict.entry(), target.knownHosts()));
        }
        return Outcome.fail((changed
                        ? "CHANGED: the server shows %s, and another is known for %s (%s); somebody may be in between"
                        : "unknown: the server shows %s, and there is no line for %s in %s")
                .formatted(first.fingerprint(), verdict.entry(), changed ? verdict.detail() : target.knownHosts()));
    }

    /** Also tells whether the login gets SFTP. */
    private Outcome logIn() throws IOException {
        try {
            String method = onceClosed(() -> steps.sessions().call(remote -> {
                home = remote.home();
                software = remote.software();
                return remote.loginMethod();
            }));
            steps.findings().add(Check.SFTP, Outcome.ok("begins in " + home));
            return Outcome.ok(login(method));
        } catch (SshException e) {
            if (e.reason() != SshException.Reason.NO_SFTP && e.reason() != SshException.Reason.ENDED) {
                throw e;
            }
            steps.findings().add(Check.SFTP, Outcome.fail(e.getMessage()));
            return Outcome.ok(login(""));
        }
    }

    private String login(String method) {
        if (target.key() == null || method.equals("password") || method.equals("keyboard-interactive")) {
            return "as %s with the password".formatted(target.user());
        }
        boolean either = target.password() != null && method.isEmpty();
        return "as %s with the key %s%s".formatted(target.user(), target.key(), either ? ", or the password" : "");
    }

    /** What the server calls itself. */
    String software() {
        return software;
    }

    /** Runs commands on the server, all over one login; empty if the server allows no commands. */
    Optional<SingleLoginExec> console() {
        if ((console == null || !console.isOpen()) && noConsole.isEmpty()) {
            try {
                console = connection.hashing().console(steps.stop()::check);
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
        return steps.findings();
    }

    TargetConnection connection() {
        return connection;
    }

    /** The initial folder of an SFTP login. */
    String home() {
        return home;
    }

    /** The server's keys, if the one that a login would get is not in known_hosts. */
    List<HostKeys.Key> hostKeys() {
        return hostKeys;
    }

    /** The command that removes the server's other keys from known_hosts, if there are any. */
    Optional<String> removal() {
        return removal;
    }

    @Override
    public void close() {
        if (console != null) {
            console.close();
        }
    }
}
