package dev.offsite.init;

import dev.offsite.exec.ShellQuoting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Lines that somebody copies into a shell, an authorized_keys or a crontab. */
public final class CommandLines {

    private CommandLines() {}

    /** A command line for a POSIX shell. */
    public static String shell(List<String> words) {
        return words.stream()
                .map(word ->
                        ShellQuoting.isPlain(word) || word.matches("-[A-Za-z-]+") ? word : ShellQuoting.quote(word))
                .collect(Collectors.joining(" "));
    }

    /**
     * Has the server know the key, for somebody who can log in there. The host key is checked as Offsite does.
     *
     * @param isNew whether the user has no {@code ~/.ssh} yet, without which ssh-copy-id does not work
     */
    public static String copyId(Answers answers, Path publicKey, Path knownHosts, boolean isNew) {
        List<String> words = new ArrayList<>(List.of("ssh-copy-id", "-i", publicKey.toString()));
        if (answers.port() != Answers.STANDARD_PORT) {
            words.addAll(List.of("-p", String.valueOf(answers.port())));
        }
        // ssh splits this option at blanks, unless they are in quotes.
        words.addAll(List.of("-o", "UserKnownHostsFile=" + inSshConfig(knownHosts.toString())));
        words.add(answers.login());
        return (isNew ? "mkdir -m 700 ~/.ssh && " : "") + shell(words);
    }

    private static String inSshConfig(String path) {
        return path.contains(" ") ? '"' + path + '"' : path;
    }

    /** For authorized_keys: files and commands, but neither terminal nor forwarding. */
    public static String restricted(String publicKey) {
        return "restrict " + publicKey;
    }

    /** For authorized_keys: only files. */
    public static String onlyFiles(String publicKey) {
        return "restrict,command=\"internal-sftp\" " + publicKey;
    }

    /** A line of a crontab that runs a command every night. */
    public static String cron(List<String> words) {
        // In a crontab, a percent sign ends the command.
        return "30 2 * * *  " + shell(words).replace("%", "\\%");
    }
}
