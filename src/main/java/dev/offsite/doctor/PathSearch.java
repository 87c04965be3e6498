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
 * Finds out where a command on the server finds a file that SFTP shows: by guesses, then with {@code find}. A result is
 * verified by hashing the file there. The commands are simple enough for restricted shells.
 *
 * @param commands hash commands, at least one, even if they have not found the file so far
 */
record PathSearch(SingleLoginExec console, ProbeFile probe, List<HashCommand> commands) {

    private static final Duration SHORT = Duration.ofSeconds(10);
    private static final int SEARCH_SECONDS = 30;
    private static final int MOST_MOUNTS = 64;
    /** File systems that cannot contain our files, or are on yet another machine. */
    private static final Set<String> NOT_SEARCHED = Set.of(
            ("proc sysfs devpts devtmpfs cgroup cgroup2 mqueue debugfs tracefs securityfs pstore bpf autofs configfs "
                            + "hugetlbfs nfs nfs4 cifs fuse.sshfs squashfs")
                    .split(" "));

    /** @param configured the mapping that did not work */
    Optional<SshPath> find(SshPath configured, String sftpHome) throws ExecException {
        List<SshPath> guesses = PathCandidates.of(configured, sftpHome, home());
        Optional<SshPath> found = among(guesses.stream(), commands.subList(0, 1));
        if (found.isEmpty()) {
            found = among(
                    search().map(path -> PathCandidates.between(probe.path(), path))
                            .flatMap(Optional::stream),
                    commands);
        }
        // Try the guesses with the other commands last: the first one has said that only the file is missing.
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

    /** Paths, as commands see them, of files with the probe's name. */
    private Stream<String> search() throws ExecException {
        String name = RemotePath.name(probe.path());
        String find = "find %s -xdev -name %s".formatted(mounts(), name);
        Duration deadline = Duration.ofSeconds(SEARCH_SECONDS + SHORT.toSeconds());
        Predicate<String> found = stdout -> stdout.contains("/" + name + "\n");
        // Limited by timeout, since a command may go on after we disconnect.
        ExecResult answer = console.run("timeout %d %s".formatted(SEARCH_SECONDS, find), deadline, found);
        if (answer.noSuchCommand()) {
            answer = console.run(find, deadline, found);
        }
        return answer.stdout().lines().filter(line -> line.startsWith("/") && line.endsWith("/" + name));
    }

    /** The file systems to search, separated by spaces. */
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
