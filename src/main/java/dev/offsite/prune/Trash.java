package dev.offsite.prune;

import dev.offsite.job.Job;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemoteExec;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.RemoteFolders;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.SftpStatusException;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The folder {@code <root>/.trash/} on the server. A pruned folder is moved there in one step under its own name, or with a
 * number after it where that is taken, and {@code .since-<name>} beside it says when: the time of the folder itself is not
 * reliably ours to set. What is due is first renamed to {@code .purging-<random>-<name>}, so that nothing half deleted can
 * ever be brought back, and so that no command can hit anything else whatever its path leads to.
 */
public final class Trash {

    static final String NAME = ".trash";

    private static final String SINCE = ".since-";
    private static final Pattern PURGING = Pattern.compile("\\.purging-[0-9a-f]{16}-(.+)");
    private static final Pattern NUMBERED = Pattern.compile("(.+)\\.([2-9]|[1-9][0-9]{1,5})");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Job job;
    private final SftpSessionPool sessions;
    private final RemoteExec command;
    private final String path;
    private Set<String> taken;

    Trash(Job job, SftpSessionPool sessions, RemoteExec command) {
        this.job = job;
        this.sessions = sessions;
        this.command = command;
        this.path = RemotePath.below(job.root(), NAME);
    }

    /**
     * A folder in the trash.
     *
     * @param name there
     * @param folder what it was called in the root
     * @param generation 1 for the first of that name that is there
     */
    record Entry(String name, String folder, int generation) {}

    /** Moves a dated folder of the root here. */
    void move(String folder, Instant now) throws IOException {
        sessions.call(remote -> {
            open(remote);
            String name = folder;
            for (int number = 2; taken.contains(name); number++) {
                name = folder + "." + number;
            }
            remote.write(path + "/" + SINCE + name, now + "\n");
            remote.rename(RemotePath.below(job.root(), folder), RemotePath.below(path, name));
            taken.add(name);
            return null;
        });
    }

    private void open(SftpSession remote) throws IOException {
        if (taken == null) {
            if (remote.stat(path).isEmpty()) {
                remote.mkdir(path);
            }
            Set<String> names = new TreeSet<>();
            list(remote).forEach(entry -> names.add(entry.name()));
            taken = names;
        }
    }

    /** What is there; nothing where there is no trash. */
    private List<RemoteFile> list(SftpSession remote) throws IOException {
        Optional<RemoteFile> there = remote.stat(path);
        if (there.isEmpty()) {
            return List.of();
        }
        if (!there.get().directory()) {
            throw new IOException(
                    "%s is there and is no folder (a file or a symbolic link); move it away".formatted(path));
        }
        return remote.list(path);
    }

    /** The folders that can be brought back: by name, the newest generation of a name first. */
    List<Entry> entries() throws IOException {
        List<Entry> entries = new ArrayList<>();
        sessions.call(this::list).stream().filter(RemoteFile::directory).forEach(there -> entry(there.name())
                .ifPresent(entries::add));
        entries.sort(Comparator.comparing(Entry::folder)
                .thenComparing(Comparator.comparing(Entry::generation).reversed()));
        return entries;
    }

    private Optional<Entry> entry(String name) {
        if (job.folders().parse(name).isPresent()) {
            return Optional.of(new Entry(name, name, 1));
        }
        Matcher numbered = NUMBERED.matcher(name);
        return numbered.matches() && job.folders().parse(numbered.group(1)).isPresent()
                ? Optional.of(new Entry(name, numbered.group(1), Integer.parseInt(numbered.group(2))))
                : Optional.empty();
    }

    /**
     * Brings a folder back into the root.
     *
     * @throws IOException if there is one of that name again
     */
    void restore(Entry entry) throws IOException {
        String to = RemotePath.below(job.root(), entry.folder());
        sessions.call(remote -> {
            if (remote.stat(to).isPresent()) {
                throw new IOException("%s is there again; move it away first".formatted(to));
            }
            remote.rename(RemotePath.below(path, entry.name()), to);
            remote.remove(path + "/" + SINCE + entry.name());
            return null;
        });
    }

    /**
     * Deletes what has been here for as long as the job says, and what an earlier purge that was cut has left. What nobody
     * knows the age of is as old as this run.
     *
     * @param failed told what could not be deleted, and why
     * @return what was deleted, as it was called here
     */
    List<String> purge(Instant now, Map<String, String> failed) throws IOException {
        Map<String, String> due = sessions.call(remote -> due(remote, now, failed));
        if (!due.isEmpty()) {
            delete(List.copyOf(due.keySet()));
            sessions.call(remote -> {
                for (RemoteFile left : list(remote)) {
                    if (due.containsKey(left.name()) && left.directory()) {
                        removed(remote, left.name(), due.get(left.name()), failed);
                    }
                }
                return null;
            });
        }
        return due.values().stream().filter(name -> !failed.containsKey(name)).toList();
    }

    /** The names that are being deleted, to what they were called; from now on they cannot be brought back. */
    private Map<String, String> due(SftpSession remote, Instant now, Map<String, String> failed) throws IOException {
        Map<String, String> due = new LinkedHashMap<>();
        List<RemoteFile> all = list(remote);
        Set<String> names = new TreeSet<>();
        all.forEach(entry -> names.add(entry.name()));
        for (RemoteFile entry : all) {
            Matcher purging = PURGING.matcher(entry.name());
            boolean ours = entry(entry.name()).isPresent();
            try {
                if (entry.directory() && purging.matches()) {
                    due.put(entry.name(), purging.group(1));
                } else if (entry.directory() && ours && isDue(remote, entry.name(), names, now)) {
                    String token = HexFormat.of().toHexDigits(RANDOM.nextLong());
                    String to = ".purging-%s-%s".formatted(token, entry.name());
                    remote.rename(RemotePath.below(path, entry.name()), RemotePath.below(path, to));
                    remote.remove(path + "/" + SINCE + entry.name());
                    due.put(to, entry.name());
                } else if (entry.file()
                        && entry.name().startsWith(SINCE)
                        && !names.contains(entry.name().substring(SINCE.length()))) {
                    remote.remove(RemotePath.below(path, entry.name()));
                }
            } catch (SftpStatusException e) {
                failed.put(entry.name(), FailureMessages.of(e, job).message());
            }
        }
        return due;
    }

    private boolean isDue(SftpSession remote, String name, Set<String> names, Instant now) throws IOException {
        if (job.pruning().trash().isZero()) {
            return true;
        }
        Optional<Instant> since = Optional.empty();
        if (names.contains(SINCE + name)) {
            since = remote.read(path + "/" + SINCE + name).flatMap(Trash::instant);
        }
        if (since.isEmpty()) {
            remote.write(path + "/" + SINCE + name, now + "\n");
        }
        return since.isPresent() && !since.get().plus(job.pruning().trash()).isAfter(now);
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text.strip()));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** By the server itself, where it lets us; it follows no symbolic link. */
    private void delete(List<String> names) {
        for (String group : command.paths(
                names.stream().map(name -> RemotePath.below(path, name)).toList())) {
            command.output("rm -rf --" + group);
        }
    }

    private void removed(SftpSession remote, String name, String called, Map<String, String> failed) {
        try {
            RemoteFolders.remove(remote, RemotePath.below(path, name));
        } catch (SftpStatusException e) {
            failed.put(
                    called,
                    "in %s: %s"
                            .formatted(
                                    RemotePath.below(path, name),
                                    FailureMessages.of(e, job).message()));
        }
    }
}
