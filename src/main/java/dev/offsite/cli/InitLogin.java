package dev.offsite.cli;

import dev.offsite.init.Answers;
import dev.offsite.init.CommandLines;
import dev.offsite.init.InitFolders;
import dev.offsite.init.Interview;
import dev.offsite.job.Target;
import dev.offsite.openssh.Surroundings;
import dev.offsite.sftp.login.LoginFailure;
import dev.offsite.sftp.login.LoginTrial;
import dev.offsite.sftp.login.SshException;
import java.nio.file.Files;
import java.util.Optional;

/**
 * The first login. Until the server knows the key, it says how that is done.
 *
 * @param terminal a person who may do it meanwhile
 * @param again the command to run afterwards
 */
record InitLogin(
        Target target,
        Answers answers,
        InitFiles.PublicKey key,
        InitFolders folders,
        Optional<Interview.Terminal> terminal,
        Surroundings surroundings,
        String again) {

    /** Returns after a login, or fails with {@link CommandException}. */
    void await() {
        if (isLetIn()) {
            return;
        }
        sayHow();
        while (isDone()) {
            if (isLetIn()) {
                return;
            }
            System.out.printf(
                    "%s does not let the key in yet. If the line is there: .ssh and authorized_keys must belong to %s, and nobody else may write to them; sshd's log there says more.%n",
                    target, answers.user());
        }
        throw new CommandException(
                ExitCode.TARGET,
                "init: %s does not let the key in yet: do one of the above, then run: %s".formatted(target, again));
    }

    private boolean isDone() {
        return terminal.flatMap(person -> person.ask("Press Enter when that is done (q: stop here): "))
                .filter(answer -> !answer.strip().equalsIgnoreCase("q"))
                .isPresent();
    }

    private boolean isLetIn() {
        try {
            LoginTrial.run(target);
            return true;
        } catch (SshException e) {
            if (e.reason() == SshException.Reason.LOGIN_REFUSED) {
                return false;
            }
            throw refused(LoginFailure.message(e, target), again);
        }
    }

    static CommandException refused(String why, String again) {
        String end = why.matches(".*[?.]") ? " Then" : ". Then";
        return new CommandException(ExitCode.TARGET, "init: %s%s run it again: %s".formatted(why, end, again));
    }

    private void sayHow() {
        System.out.printf(
                """

                The server must know the key. If you can log in there as %s by another way, run:
                  %s
                (without a password there: as root, append a line to authorized_keys, and chown it to that user)
                Or add one of these lines to .ssh/authorized_keys in the home of %s there. With the first, the server hashes the
                copies. With the second, the key can do nothing but transfer files, so each copy is downloaded again to verify it:
                  %s
                  %s

                """,
                answers.user(),
                CommandLines.copyId(answers, key.file(), folders.knownHosts(), Files.notExists(surroundings.ssh())),
                answers.user(),
                CommandLines.restricted(key.line()),
                CommandLines.onlyFiles(key.line()));
    }
}
