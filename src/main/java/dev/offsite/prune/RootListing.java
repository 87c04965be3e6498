package dev.offsite.prune;

import dev.offsite.exec.ExecResult;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.TemporaryName;
import dev.offsite.owner.RootMark;
import dev.offsite.retention.Folder;
import dev.offsite.sftp.RealFolders;
import dev.offsite.sftp.RemoteExec;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.RemoteStat;
import dev.offsite.sftp.RemoteTreeWalker;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.sftp.login.SshException;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Lists a job's root and checks its dated folders: by one command where possible and worth its login, else by SFTP over
 * several connections.
 */
record RootListing(Job job, SftpSessionPool sessions, RemoteExec command) {

    private static final String NO_MANIFEST = "no SHA256SUMS, not verified";
    private static final String PARTS = "'.offsite-*.part'";
    /** Up to this many folders that the command did not report are checked again over SFTP. */
    private static final int ASKED_AGAIN = 200;
    /** For fewer folders a command is not worth its login. */
    private static final int FEW = 30;
    /** Most folders, with subfolders, that are listed to find part files without a command. */
    private static final int MOST_LISTED = 100;
    /** Without a command, part files are looked for in this many of the newest folders, where runs are interrupted. */
    private static final int LOOKED_INTO = 14;

    /** {@code folders} are all entries of the root except the trash and our mark; {@code parts} are below dated folders. */
    record Found(List<Folder> folders, Map<String, RemoteFile> parts) {}

    /**
     * Fails with {@link PruneException} if the listing cannot be trusted
     * @throws SshException if the target cannot be reached or refuses
     */
    Found look() throws PruneException, IOException {
        // The command first, so that all it saw must also be in the later listing.
        boolean asked = command.hasRun();
        Seen seen = asked ? find() : Seen.NOTHING;
        List<RemoteFile> entries = list();
        if (!asked && entries.size() > FEW) {
            seen = find();
            entries = list();
        }
        entries = confirmed(entries, seen);
        Set<String> newestFirst = new TreeSet<>(Comparator.reverseOrder());
        List<Folder> folders = new ArrayList<>();
        for (RemoteFile entry : entries) {
            Optional<LocalDate> date = job.folders().parse(entry.name());
            if (entry.directory() && date.isPresent()) {
                if (!newestFirst.add(entry.name())) {
                    throw untrusted("has %s twice, and is not to be trusted".formatted(entry.name()));
                }
            } else if (!entry.name().equals(Trash.NAME) && !entry.name().equals(RootMark.NAME)) {
                folders.add(new Folder(entry.name(), date, entry.directory(), Optional.of(NO_MANIFEST)));
            }
        }
        refuseCut(seen.below(), newestFirst);
        unverified(newestFirst, seen)
                .forEach((name, reason) ->
                        folders.add(new Folder(name, job.folders().parse(name), true, reason)));
        return new Found(folders, parts(newestFirst, seen));
    }

    /** A link is no dated folder. The command enters none, so what it has found in a folder is enough. */
    private List<RemoteFile> confirmed(List<RemoteFile> entries, Seen seen) throws IOException {
        return sessions.call(remote -> RealFolders.confirm(
                remote, job.root(), entries, name -> job.folders().parse(name).isPresent() && !seen.hasManifest(name)));
    }

    /** Manifests and part files {@code below} the root, and whether the command could read {@code all}. */
    private record Seen(Set<String> below, boolean all) {
        static final Seen NOTHING = new Seen(Set.of(), false);

        boolean hasManifest(String folder) {
            return below.contains(RemotePath.below(folder, Manifest.NAME));
        }
    }

    private Seen find() {
        Optional<ExecResult> answer = command.ask("find -H %s -mindepth 2 -type f '(' -name %s -o -name %s ')'"
                .formatted(command.path(job.root()), Manifest.NAME, PARTS));
        // 1: it could not read some folder.
        if (answer.isEmpty() || !(answer.get().isOk() || answer.get().status().equals(Optional.of(1)))) {
            return Seen.NOTHING;
        }
        String root = job.target().sshPath().ofCommand(job.root()) + "/";
        Set<String> below = answer.get()
                .stdout()
                .lines()
                .filter(line -> line.startsWith(root) && line.indexOf('/', root.length()) > root.length())
                .map(line -> line.substring(root.length()))
                .collect(Collectors.toSet());
        return below.isEmpty() ? Seen.NOTHING : new Seen(below, answer.get().isOk());
    }

    private List<RemoteFile> list() throws PruneException, IOException {
        try {
            Optional<RemoteFile> root = sessions.call(remote -> remote.stat(job.root()));
            if (root.isEmpty()) {
                return List.of();
            }
            if (!root.get().file()) {
                return sessions.call(remote -> remote.list(job.root()));
            }
        } catch (SftpStatusException e) {
            throw untrusted("failed or was cut short: " + Text.line(String.valueOf(e.getMessage())));
        }
        throw untrusted("failed or was cut short: it is a file");
    }

    private PruneException untrusted(String why) {
        return new PruneException("nothing pruned: the listing of %s %s".formatted(job.root(), why));
    }

    private void refuseCut(Set<String> seen, Set<String> listed) throws PruneException {
        for (String path : seen) {
            String folder = path.substring(0, path.indexOf('/'));
            if (job.folders().parse(folder).isPresent() && !listed.contains(folder)) {
                throw untrusted("was cut short: it lacks %s, which is there".formatted(folder));
            }
        }
    }

    /** Dated folder to the reason why it does not count as verified, or empty. */
    private Map<String, Optional<String>> unverified(Collection<String> dated, Seen seen) throws IOException {
        Map<String, Optional<String>> unverified = new TreeMap<>();
        List<String> open = new ArrayList<>();
        for (String name : dated) {
            if (seen.hasManifest(name)) {
                unverified.put(name, Optional.empty());
            } else {
                open.add(name);
            }
        }
        if (seen.all() && open.size() > ASKED_AGAIN) {
            open.forEach(name -> unverified.put(name, Optional.of(NO_MANIFEST)));
        } else {
            List<String> manifests = open.stream().map(this::manifest).toList();
            Map<String, RemoteStat> stats = sessions.call(remote -> RemoteStat.of(remote, manifests));
            for (String name : open) {
                unverified.put(name, unverified(stats.get(manifest(name))));
            }
        }
        return unverified;
    }

    private String manifest(String folder) {
        return RemotePath.below(RemotePath.below(job.root(), folder), Manifest.NAME);
    }

    private static Optional<String> unverified(RemoteStat manifest) throws SftpStatusException {
        if (manifest.refusal() != null) {
            return Optional.of(unreadable(manifest.refusal()));
        }
        return manifest.entry().filter(RemoteFile::file).isPresent() ? Optional.empty() : Optional.of(NO_MANIFEST);
    }

    /** The reason for a folder that cannot be read. Throws if the server did not answer. */
    static String unreadable(SftpStatusException e) throws SftpStatusException {
        if (!e.answered()) {
            throw e;
        }
        return "cannot be read, not verified (%s)".formatted(Text.line(String.valueOf(e.getMessage())));
    }

    /** The part files below dated folders; without a command, only below the newest. */
    private Map<String, RemoteFile> parts(Collection<String> newestFirst, Seen seen) throws IOException {
        Map<String, RemoteFile> parts = new TreeMap<>();
        if (seen.below().isEmpty()) {
            AtomicInteger listed = new AtomicInteger();
            Map<String, RemoteTreeWalker.Visitor> newest = new TreeMap<>();
            newestFirst.stream()
                    .limit(LOOKED_INTO)
                    .map(name -> RemotePath.below(job.root(), name))
                    .forEach(folder -> newest.put(folder, new Parts(folder, parts, listed)));
            sessions.run(remote -> {
                for (SftpStatusException refused :
                        RemoteTreeWalker.walk(remote, newest).values()) {
                    // Its part files are left alone.
                    unreadable(refused);
                }
            });
        } else {
            List<String> paths = seen.below().stream()
                    .filter(path -> TemporaryName.matches(RemotePath.name(path)))
                    .filter(path -> newestFirst.contains(path.substring(0, path.indexOf('/'))))
                    .map(path -> RemotePath.below(job.root(), path))
                    .toList();
            for (Map.Entry<String, RemoteStat> stat :
                    sessions.call(remote -> RemoteStat.of(remote, paths)).entrySet()) {
                stat.getValue().entryOrFail().ifPresent(there -> parts.put(stat.getKey(), there));
            }
        }
        parts.values().removeIf(entry -> !entry.file());
        return parts;
    }

    /** Collects part files below {@code top}; {@code listed} counts the subfolders of all. */
    private record Parts(String top, Map<String, RemoteFile> parts, AtomicInteger listed)
            implements RemoteTreeWalker.Visitor {
        @Override
        public boolean matters(String name) {
            return listed.getAndIncrement() < MOST_LISTED;
        }

        @Override
        public boolean found(String name, RemoteFile entry) {
            if (!entry.directory() && TemporaryName.matches(entry.name())) {
                parts.put(RemotePath.below(top, name), entry);
            }
            return true;
        }

        @Override
        public void unreadable(String name, SftpStatusException e) throws SftpStatusException {
            // Its part files are left alone.
            RootListing.unreadable(e);
        }
    }
}
