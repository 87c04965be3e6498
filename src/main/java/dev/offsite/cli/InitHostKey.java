package dev.offsite.cli;

import dev.offsite.init.Interview;
import dev.offsite.init.ShownKey;
import dev.offsite.job.Target;
import dev.offsite.openssh.HostKeyVerdict;
import dev.offsite.openssh.SshConfigs;
import dev.offsite.openssh.Surroundings;
import dev.offsite.sftp.login.HostKeys;
import dev.offsite.sftp.login.LoginFailure;
import dev.offsite.sftp.login.SshException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Decides whether the server is the one that is meant, by its host key: from the known_hosts files of this machine, an expected
 * fingerprint, or a person.
 *
 * @param expected a fingerprint, or null
 * @param again the command to run after a refusal
 */
record InitHostKey(
        InitFiles files,
        Optional<Interview.Terminal> terminal,
        String expected,
        String again,
        Surroundings surroundings) {

    private static final Pattern PLACE = Pattern.compile("(.+), line ([0-9]+)");

    /** Leaves a line in our known_hosts that trusts the server, or fails with {@link CommandException}. */
    void accept(Target target) {
        SshConfigs ssh = new SshConfigs(surroundings);
        List<Path> known = new ArrayList<>(ssh.standardKnownHosts());
        known.addAll(SshConfigs.systemKnownHosts());
        HostKeys server = new HostKeys(target.knowing(known));
        try {
            HostKeys.Key first = server.first();
            HostKeyVerdict verdict = first.verdict();
            if (verdict.kind() != HostKeyVerdict.Kind.UNKNOWN && !verdict.isTrusted()) {
                throw new CommandException(
                        ExitCode.TARGET, verdict.message(target.toString(), target.host(), target.port()));
            }
            if (verdict.isTrusted()) {
                take(first);
            } else {
                take(target, server, ShownKey.of(first.line()));
            }
        } catch (SshException e) {
            throw InitLogin.refused(LoginFailure.message(e, target), again);
        }
    }

    private static CommandException refused(String message) {
        return new CommandException(ExitCode.TARGET, message);
    }

    /** A key that is known here; what is expected must be true nevertheless. */
    private void take(HostKeys.Key key) {
        ShownKey shown = ShownKey.of(key.line());
        String place = key.verdict().detail();
        if (expected != null && !shown.is(expected)) {
            throw mismatch(shown.toString());
        }
        System.out.printf("Host key: %s, known by %s%n", shown, place);
        Matcher found = PLACE.matcher(place);
        if (found.matches() && !Path.of(found.group(1)).equals(files.folders().knownHosts())) {
            // As it is: it may be an authority, a pattern, or a hashed name.
            files.trust(line(Path.of(found.group(1)), Integer.parseInt(found.group(2))));
        }
    }

    private static String line(Path file, int number) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1)
                    .split("\n", -1)[number - 1]
                    .strip();
        } catch (IOException e) {
            throw new CommandException("init: %s cannot be read: %s".formatted(file, PropertiesFile.reason(e)));
        }
    }

    private void take(Target target, HostKeys server, ShownKey shown) {
        if (expected != null) {
            List<ShownKey> all =
                    server.all().stream().map(key -> ShownKey.of(key.line())).toList();
            ShownKey meant = all.stream()
                    .filter(key -> key.is(expected))
                    .findFirst()
                    .orElseThrow(() -> mismatch(String.join(
                            ", ", all.stream().map(ShownKey::toString).toList())));
            System.out.printf("Host key: %s, as expected%n", meant);
            files.trust(meant.line());
            return;
        }
        System.out.printf("Host key of %s: %s%n", target, shown);
        shown.randomart().forEach(line -> System.out.println("  " + line));
        System.out.printf(
                "Compare it with the server's own. There, on its console or over a connection that you trust, run:%n  ssh-keygen -lvf %s%n",
                shown.fileThere());
        if (terminal.isEmpty()) {
            throw refused(
                    "init: the server is not known yet. If the fingerprint is the server's own, run: %s --fingerprint %s"
                            .formatted(again, shown.fingerprint()));
        }
        while (true) {
            String answer = terminal.get()
                    .ask("Are they the same? (yes, no, or paste the server's fingerprint): ")
                    .map(ShownKey::fingerprintIn)
                    .orElse("no");
            if (answer.equalsIgnoreCase("yes") || shown.is(answer)) {
                files.trust(shown.line());
                return;
            }
            if (ShownKey.isFingerprint(answer)) {
                throw mismatch(answer, shown.toString());
            }
            if (answer.equalsIgnoreCase("no")) {
                throw refused(
                        "init: the host key was not accepted, and nothing was sent to %s. Find out which server answers there, then run it again: %s"
                                .formatted(target, again));
            }
            System.out.printf(
                    "That is neither yes or no nor a fingerprint, which is SHA256: and 43 characters, as ssh-keygen -l prints it.%n");
        }
    }

    private CommandException mismatch(String shown) {
        return mismatch(expected, shown);
    }

    private CommandException mismatch(String wanted, String shown) {
        return refused(
                ("init: the server is not the expected one: it shows %s, not %s. Either the fingerprint is of another server or key, or"
                                + " somebody is in between: compare again on the server's console (ssh-keygen -lf"
                                + " /etc/ssh/ssh_host_ed25519_key.pub)")
                        .formatted(shown, wanted));
    }
}
