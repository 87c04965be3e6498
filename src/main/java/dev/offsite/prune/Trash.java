package dev.offsite.prune;

import dev.offsite.job.Job;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RealFolders;
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
import java.util.Collection;
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
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The folder {@code <root>/.trash/} on the server. A pruned folder is moved there in one step, with a number appended
 * if its name is taken. {@code .since-<name>} beside it records when, because a folder's own time cannot always be set.
 * To be deleted, it is first renamed to {@code .purging-<random>-<name>}: a partly deleted folder can never be brought
 * back, and the delete command cannot hit anything else.
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
    private int left;

    public Trash(Job job, SftpSessionPool sessions, RemoteExec command) {
        this.job = job;
        this.sessions = sessions;
        this.command = command;
        this.path = RemotePath.below(job.root(), NAME);
    }

    /** {@code name} is the name in the trash, {@code folder} that in the root; generations count from 1. */
    record Entry(String name, String folder, int generation) {}

    void move(String folder, Instant now) throws IOException {
        sessions.run(remote -> {
            open(remote);
            String name = folder;
            for (int number = 2; taken.contains(name); number++) {
                name = folder + "." + number;
            }
            String from = RemotePath.below(job.root(), folder);
            remote.write(since(name), now + "\n");
            rename(remote, from, below(name));
            taken.add(name);
        });
    }

    /** Asks first whether it is a real folder, as is the trash: some servers rename what a link leads to. */
    private void rename(SftpSession remote, String from, String to) throws IOException {
        boolean trash = Stream.of(from, to).anyMatch(one -> one.startsWith(path + "/"));
        RealFolders.require(remote, trash ? List.of(path, from) : List.of(from));
        remote.rename(from, to);
    }

    private void open(SftpSession remote) throws IOException {
        if (taken == null) {
            if (remote.stat(path).isEmpty()) {
                remote.mkdir(path);
            }
            taken = names(list(remote));
        }
    }

    private static Set<String> names(List<RemoteFile> entries) {
        return entries.stream().map(RemoteFile::name).collect(Collectors.toCollection(TreeSet::new));
    }

    private String below(String name) {
        return RemotePath.below(path, name);
    }

    /** Where the time is recorded since when a folder of that name is in the trash. */
    private String since(String name) {
        return below(SINCE + name);
    }

    /** Empty if there is no trash. */
    private List<RemoteFile> list(SftpSession remote) throws IOException {
        Optional<RemoteFile> there = remote.stat(path);
        if (there.isEmpty()) {
            return List.of();
        }
        if (!RealFolders.is(remote, path)) {
            throw new IOException(
                    "%s is there and is no folder (a file or a symbolic link); move it away".formatted(path));
        }
        // Anything else there that looks like a folder is not touched.
        return RealFolders.list(remote, path, name -> entry(name).isPresent() || isPurging(name));
    }

    /** The folders that can be brought back: by name, newest first within a name. */
    List<Entry> entries() throws IOException {
        return sessions.call(this::list).stream()
                .filter(RemoteFile::directory)
                .flatMap(there -> entry(there.name()).stream())
                .sorted(Comparator.comparing(Entry::folder)
                        .thenComparing(Comparator.comparing(Entry::generation).reversed()))
                .toList();
    }

    /** Whether a folder of that name, last known in the root at that time, is here: then it was pruned, not lost. */
    public boolean took(String folder, Instant last) throws IOException {
        for (Entry entry : entries()) {
            if (entry.folder().equals(folder)) {
                Optional<Instant> since = sessions.call(remote -> remote.read(since(entry.name())))
                        .flatMap(Trash::instant);
                if (since.isEmpty() || !since.get().isBefore(last)) {
                    return true;
                }
            }
        }
        return false;
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

    /** Moves a folder back into the root; fails if the root has one of that name again. */
    void restore(Entry entry) throws IOException {
        String to = RemotePath.below(job.root(), entry.folder());
        sessions.run(remote -> {
            if (remote.stat(to).isPresent()) {
                throw new IOException("%s is there again; move it away first".formatted(to));
            }
            rename(remote, below(entry.name()), to);
            remote.remove(since(entry.name()));
        });
    }

    /**
     * Deletes folders whose time in the trash is over, and remains of an interrupted purge. A folder of unknown age
     * counts as new.
     *
     * @param failed receives what could not be deleted, and why
     * @return the names in the trash that were deleted
     */
    List<String> purge(Instant now, Map<String, String> failed) throws IOException {
        Map<String, String> due = sessions.call(remote -> due(remote, now, failed));
        if (!due.isEmpty()) {
            delete(due.keySet());
            sessions.run(remote -> {
                for (RemoteFile left : list(remote)) {
                    if (due.containsKey(left.name()) && left.directory()) {
                        remove(remote, left.name(), due.get(left.name()), failed);
                    }
                }
            });
        }
        return due.values().stream().filter(name -> !failed.containsKey(name)).toList();
    }

    /** How many folders the last {@link #purge} left for {@code prune --undo}. */
    int left() {
        return left;
    }

    /** Renames the folders to delete, so that they can no longer be brought back. Returns new to old name. */
    private Map<String, String> due(SftpSession remote, Instant now, Map<String, String> failed) throws IOException {
        Map<String, String> due = new LinkedHashMap<>();
        List<RemoteFile> all = list(remote);
        Set<String> names = names(all);
        left = (int) all.stream()
                .filter(there -> there.directory() && entry(there.name()).isPresent())
                .count();
        for (RemoteFile entry : all) {
            String name = entry.name();
            Matcher purging = PURGING.matcher(name);
            try {
                if (entry.directory() && purging.matches()) {
                    due.put(name, purging.group(1));
                } else if (entry.directory() && entry(name).isPresent() && isDue(remote, name, names, now)) {
                    String to = purging(name);
                    rename(remote, below(name), below(to));
                    remote.remove(since(name));
                    due.put(to, name);
                    left--;
                } else if (entry.file() && name.startsWith(SINCE) && !names.contains(name.substring(SINCE.length()))) {
                    remote.remove(below(name));
                }
            } catch (SftpStatusException e) {
                failed.put(name, FailureMessages.of(e, job).message());
            }
        }
        return due;
    }

    /** A folder in the trash, by its name there, and since when; {@link Instant#MIN} if an interrupted purge left it. */
    record Held(String name, Instant since) {}

    /** All that may be deleted. What is of unknown age counts as new. */
    List<Held> held() throws IOException {
        return sessions.call(remote -> {
            List<Held> held = new ArrayList<>();
            for (RemoteFile there : list(remote)) {
                String name = there.name();
                if (there.directory() && isPurging(name)) {
                    held.add(new Held(name, Instant.MIN));
                } else if (there.directory() && entry(name).isPresent()) {
                    Optional<Instant> since = remote.read(since(name)).flatMap(Trash::instant);
                    held.add(new Held(name, since.orElse(Instant.MAX)));
                }
            }
            return held;
        });
    }

    static boolean isPurging(String name) {
        return PURGING.matcher(name).matches();
    }

    /** Deletes a folder of the trash or of the root, without a stay in the trash; the path is below the root. */
    void destroy(String folder) throws IOException {
        String name = RemotePath.name(folder);
        String from = RemotePath.below(job.root(), folder);
        String doomed = sessions.call(remote -> {
            if (isPurging(name)) {
                return from;
            }
            String hidden = purging(name);
            String to = below(hidden);
            try {
                open(remote);
            } catch (SftpStatusException e) {
                // A full disk may not even take the folder .trash.
                to = RemotePath.below(job.root(), hidden);
            }
            rename(remote, from, to);
            if (!folder.equals(name)) {
                remote.remove(since(name));
            }
            return to;
        });
        command.output("rm -rf -- " + command.path(doomed));
        sessions.run(remote -> RemoteFolders.remove(remote, doomed));
    }

    private static String purging(String name) {
        return ".purging-%s-%s".formatted(HexFormat.of().toHexDigits(RANDOM.nextLong()), name);
    }

    private boolean isDue(SftpSession remote, String name, Set<String> names, Instant now) throws IOException {
        if (job.pruning().trash().isZero()) {
            return true;
        }
        Optional<Instant> since =
                names.contains(SINCE + name) ? remote.read(since(name)).flatMap(Trash::instant) : Optional.empty();
        if (since.isEmpty()) {
            remote.write(since(name), now + "\n");
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

    /** Lets the server delete them if possible; its command does not follow symbolic links. */
    private void delete(Collection<String> names) {
        List<String> paths = names.stream().map(this::below).toList();
        command.paths(paths).forEach(group -> command.output("rm -rf --" + group));
    }

    private void remove(SftpSession remote, String name, String called, Map<String, String> failed) {
        try {
            RemoteFolders.remove(remote, below(name));
        } catch (IOException e) {
            String reason = FailureMessages.of(e, job).message();
            failed.put(called, "in %s: %s".formatted(below(name), reason));
        }
    }
}
