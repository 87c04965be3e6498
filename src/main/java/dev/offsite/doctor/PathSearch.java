package dev.offsite.doctor;

import dev.offsite.exec.ExecException;
import dev.offsite.exec.ExecResult;
import dev.offsite.exec.SingleLoginExec;
import dev.offsite.job.SshPath;
import dev.offsite.sftp.RemotePath;
import dev.offsite.verify.HashCapabilityProbe;
import dev.offsite.verify.HashCommand;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds out where a command on the server finds a file that SFTP shows: by guesses, then by a search. What is found is verified
 * by having the file hashed there. Each command is a plain one, without what a restricted shell forbids.
 */
public final class PathSearch {

    private static final Duration SHORT = Duration.ofSeconds(10);
    private static final int SEARCH_SECONDS = 30;
    private static final int MOST_MOUNTS = 64;
    /** File systems without files of ours, or on yet another machine. */
    private static final Set<String> NOT_SEARCHED = Set.of(
            "proc",
            "sysfs",
            "devpts",
            "devtmpfs",
            "cgroup",
            "cgroup2",
            "mqueue",
            "debugfs",
            "tracefs",
            "securityfs",
            "pstore",
            "bpf",
            "autofs",
            "configfs",
            "hugetlbfs",
            "nfs",
            "nfs4",
            "cifs",
            "fuse.sshfs",
            "squashfs");

    private final SingleLoginExec console;
    private final ProbeFile probe;
    private final List<HashCommand> commands;

    /**
     * @param commands those to hash with, at least one; that they did not find the file so far does not matter
     */
    PathSearch(SingleLoginExec console, ProbeFile probe, List<HashCommand> commands) {
        this.console = console;
        this.probe = probe;
        this.commands = commands;
    }

    /**
     * What maps the path, if that is found out.
     *
     * @param configured what did not
     * @param sftpHome the folder that an SFTP login begins in
     */
    Optional<SshPath> find(SshPath configured, String sftpHome) throws ExecException {
        List<SshPath> guesses = PathCandidates.of(configured, sftpHome, home());
        Optional<SshPath> found = among(guesses.stream(), commands.subList(0, 1));
        if (found.isEmpty()) {
            found = among(
                    search().map(path -> PathCandidates.between(probe.path(), path))
                            .flatMap(Optional::stream),
                    commands);
        }
        // The next command comes last: the first has said that it only misses the file.
        return found.isPresent() ? found : among(guesses.stream(), commands.subList(1, commands.size()));
    }

    private Optional<SshPath> among(Stream<SshPath> paths, List<HashCommand> by) {
        return paths.filter(path -> sees(path, by)).findFirst();
    }

    private boolean sees(SshPath path, List<HashCommand> by) {
        HashCapabilityProbe hashes = new HashCapabilityProbe(console, path.ofCommand(probe.path()), probe.sha256());
        return by.stream().anyMatch(command -> hashes.of(command).way().isPresent());
    }

    private Optional<String> home() throws ExecException {
        ExecResult answer = console.run("pwd", SHORT);
        return Optional.of(answer.stdout().strip()).filter(home -> answer.isOk() && home.matches("(/[^/\\n]+)+"));
    }

    /** Paths, for a command, of files that are called as the probe is. */
    private Stream<String> search() throws ExecException {
        String name = RemotePath.name(probe.path());
        String find = "find %s -xdev -name %s".formatted(mounts(), name);
        Duration deadline = Duration.ofSeconds(SEARCH_SECONDS + SHORT.toSeconds());
        Predicate<String> found = stdout -> stdout.contains("/" + name + "\n");
        // With an end of its own: a command may live on when we hang up.
        ExecResult answer = console.run("timeout %d %s".formatted(SEARCH_SECONDS, find), deadline, found);
        if (answer.noSuchCommand()) {
            answer = console.run(find, deadline, found);
        }
        return answer.stdout().lines().filter(line -> line.startsWith("/") && line.endsWith("/" + name));
    }

    /** The file systems there that may have it. */
    private String mounts() throws ExecException {
        ExecResult answer = console.run("cat /proc/mounts", SHORT);
        Stream<String> others = answer.stdout()
                .lines()
                .map(line -> line.split(" "))
                .filter(words -> words.length > 2 && !NOT_SEARCHED.contains(words[2]))
                .map(words -> words[1])
                .filter(folder -> folder.matches("(/[A-Za-z0-9_.][A-Za-z0-9_.-]*)+"));
        return Stream.concat(Stream.of("/"), others)
                .distinct()
                .limit(MOST_MOUNTS)
                .collect(Collectors.joining(" "));
    }
}
