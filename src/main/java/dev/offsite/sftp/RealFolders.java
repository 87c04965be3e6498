package dev.offsite.sftp;

import dev.offsite.sftp.pipeline.Answer;
import dev.offsite.sftp.pipeline.PositionedWrite;
import dev.offsite.sftp.pipeline.SftpPacket;
import dev.offsite.sftp.pipeline.SftpPipeline;
import java.io.IOException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.camel.util.function.ThrowingSupplier;

/**
 * Tells real folders from symbolic links, about which some servers do not say the truth: MySecureShell lists a link to a
 * folder as a folder, ProFTPD gives the attributes of what a link leads to. So a folder is asked for its attributes,
 * where it leads as a link, and its real path, which must be its name in the real path of its parent.
 *
 * <p>SFTP has no request that acts on a folder and on nothing behind a link. Whoever can write there may put a link in a
 * folder's place after the answer: the less time passes between the check and what follows, the better.
 */
public final class RealFolders {

    /** Requests about one folder. */
    static final int EACH = 3;

    private RealFolders() {}

    /**
     * What a server says of one path.
     *
     * @param attributes of the path itself, not of what it leads to; empty if there is nothing
     * @param path without links; empty if the server does not know it
     * @param target where it leads as a link; empty if it is none, or the server cannot say
     */
    record Answers(Optional<RemoteFile> attributes, Optional<String> path, Optional<String> target) {

        static Answers of(Iterator<Answer> replies) {
            return new Answers(
                    replies.next().entry(),
                    replies.next().entry().map(RemoteFile::name),
                    replies.next().entry().map(RemoteFile::name));
        }

        /** What is at {@code asked}; a link if anything says so. */
        Optional<RemoteFile> entry(String asked) {
            // A server may answer with what it was asked about.
            boolean link =
                    target.isPresent() && !isSame(target.get(), asked) && !isSame(target.get(), RemotePath.name(asked));
            return link ? attributes.map(RemoteFile::asLink) : attributes;
        }

        /** {@code parent}: its real path; empty if the server cannot tell that of any path */
        boolean isRealFolder(String asked, Optional<String> parent) {
            return entry(asked).filter(RemoteFile::directory).isPresent() && isIn(parent, asked);
        }

        private boolean isIn(Optional<String> parent, String asked) {
            return parent.isEmpty()
                    || path.filter(real -> isSame(real, RemotePath.below(parent.get(), RemotePath.name(asked))))
                            .isPresent();
        }
    }

    /** Whether two paths are one, as servers write them: in another case, with a slash at the end, or composed otherwise. */
    private static boolean isSame(String one, String other) {
        return plain(one).equalsIgnoreCase(plain(other));
    }

    private static String plain(String path) {
        return Normalizer.normalize(path.replace('\\', '/').replaceAll("/+", "/"), Normalizer.Form.NFC)
                .replaceAll("(?<=.)/$", "");
    }

    /** Asks about a folder, pipelined with other requests. */
    static List<SftpPacket> requests(String path) {
        return List.of(SftpPacket.stat(path), SftpPacket.realPath(path), SftpPacket.readLink(path));
    }

    static String parent(String path) {
        String parent = RemotePath.parent(path);
        return parent.isEmpty() ? "/" : parent;
    }

    /** Whether there is a real folder at this path; links above it are followed. */
    public static boolean is(SftpSession remote, String path) throws IOException {
        return are(remote, List.of(path)).get(0);
    }

    /** Those of these folders that are real, each with what lies at {@code name} in it. */
    public static Map<String, RemoteStat> with(SftpSession remote, List<String> folders, String name)
            throws IOException {
        Map<String, RemoteStat> found = new LinkedHashMap<>();
        List<String> paths =
                folders.stream().map(path -> RemotePath.below(path, name)).toList();
        Optional<SftpPipeline> many = remote.channels().pipelineFor(folders.size());
        List<RemoteStat> stats = new ArrayList<>();
        Iterator<Boolean> real;
        if (many.isPresent()) {
            real = are(
                            many.get(),
                            folders,
                            RemoteStat.requests(paths),
                            replies -> paths.forEach(
                                    path -> stats.add(RemoteStat.of(path, replies.next(), replies.next()))))
                    .iterator();
        } else {
            real = are(remote, folders).iterator();
            stats.addAll(RemoteStat.of(remote, paths).values());
        }
        for (int i = 0; i < folders.size(); i++) {
            if (real.next()) {
                found.put(folders.get(i), stats.get(i));
            }
        }
        return found;
    }

    /**
     * Asks about folders right before something is done to them.
     *
     * @throws SftpStatusException if one is none, with a line for the user
     */
    public static void require(SftpSession remote, List<String> paths) throws IOException {
        Iterator<Boolean> real = are(remote, paths).iterator();
        for (String path : paths) {
            if (!real.next()) {
                throw leftAlone(path);
            }
        }
    }

    /** Like {@link #require}, for all folders between {@code top} and a path below it. */
    public static void requireParents(SftpSession remote, String top, String path) throws IOException {
        require(
                remote,
                RemotePath.parents(path.substring(top.length() + 1)).stream()
                        .map(name -> RemotePath.below(top, name))
                        .toList());
    }

    static SftpStatusException leftAlone(String path) {
        return SftpStatusException.leftAlone(
                ("%s is no real folder (perhaps a symbolic link), so nothing behind it is touched; look at it on the"
                                + " server, and remove it there")
                        .formatted(path));
    }

    /** Whether each of these paths is that of a real folder, in their order; pipelined if possible. */
    private static List<Boolean> are(SftpSession remote, List<String> paths) throws IOException {
        Optional<SftpPipeline> many = remote.channels().pipelineFor(paths.size());
        List<String> parents =
                paths.stream().map(RealFolders::parent).distinct().toList();
        Map<String, Optional<String>> realParents = new HashMap<>();
        List<Boolean> real = new ArrayList<>();
        if (many.isEmpty()) {
            for (String parent : parents) {
                realParents.put(parent, answer(() -> remote.resolve(parent)));
            }
            for (String path : paths) {
                real.add(one(remote, path).isRealFolder(path, realParents.get(parent(path))));
            }
            return real;
        }
        return are(many.get(), paths, List.of(), replies -> {});
    }

    /** {@code others}: requests that are sent at the same time, and who takes the replies to them */
    private static List<Boolean> are(
            SftpPipeline many, List<String> paths, List<SftpPacket> others, Consumer<Iterator<Answer>> taker)
            throws IOException {
        List<String> parents =
                paths.stream().map(RealFolders::parent).distinct().toList();
        Map<String, Optional<String>> realParents = new HashMap<>();
        List<Boolean> real = new ArrayList<>();
        List<SftpPacket> requests = new ArrayList<>(parents.size() + EACH * paths.size() + others.size());
        parents.forEach(parent -> requests.add(SftpPacket.realPath(parent)));
        paths.forEach(path -> requests.addAll(requests(path)));
        requests.addAll(others);
        Iterator<Answer> replies =
                many.ask(PositionedWrite.DEADLINE, SftpPipeline.MANY, requests).iterator();
        for (String parent : parents) {
            realParents.put(parent, replies.next().entry().map(RemoteFile::name));
        }
        for (String path : paths) {
            real.add(Answers.of(replies).isRealFolder(path, realParents.get(parent(path))));
        }
        taker.accept(replies);
        return real;
    }

    private static Answers one(SftpSession remote, String path) throws SftpStatusException {
        Optional<RemoteFile> attributes = remote.attributes(path);
        return attributes.filter(RemoteFile::directory).isEmpty()
                ? new Answers(attributes, Optional.empty(), Optional.empty())
                : new Answers(attributes, answer(() -> remote.resolve(path)), answer(() -> target(remote, path)));
    }

    /** Refused for anything but a symbolic link. */
    private static String target(SftpSession remote, String path) throws SftpStatusException {
        return remote.channels().ask(sftp -> sftp.readlink(SftpSession.literal(path)));
    }

    /** What the server answers; empty if it refuses, for whatever reason. */
    private static Optional<String> answer(ThrowingSupplier<String, SftpStatusException> request)
            throws SftpStatusException {
        try {
            return Optional.of(request.get());
        } catch (SftpStatusException e) {
            if (FailureMessages.lost(e)) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /** Those of these paths that are links by what they say of themselves, by where they lead, or by where they really are. */
    static List<String> links(SftpPipeline pipeline, List<String> paths) throws IOException {
        List<SftpPacket> requests = new ArrayList<>();
        for (String path : paths) {
            requests.add(SftpPacket.realPath(parent(path)));
            requests.addAll(requests(path));
        }
        Iterator<Answer> replies = pipeline.ask(requests).iterator();
        List<String> links = new ArrayList<>();
        for (String path : paths) {
            Optional<String> parent = replies.next().entry().map(RemoteFile::name);
            Answers is = Answers.of(replies);
            if (is.entry(path).filter(RemoteFile::link).isPresent() || !is.isIn(parent, path)) {
                links.add(path);
            }
        }
        return links;
    }

    /** Like {@link RemoteStat}, without a pipeline. */
    static Optional<RemoteFile> statUnpipelined(SftpSession remote, String path) throws SftpStatusException {
        Optional<RemoteFile> attributes = remote.attributes(path);
        return attributes.isEmpty() || attributes.get().link()
                ? attributes
                : new Answers(attributes, Optional.empty(), answer(() -> target(remote, path))).entry(path);
    }

    /** The entries of a folder, the folders among them confirmed: what is none is an entry like that of a link. */
    public static List<RemoteFile> list(SftpSession remote, String folder, Predicate<String> which) throws IOException {
        return confirm(remote, folder, remote.list(folder), which);
    }

    /** Like {@link #list}, for what was listed. {@code which}: the names of the folders that matter; the others stay */
    public static List<RemoteFile> confirm(
            SftpSession remote, String folder, List<RemoteFile> entries, Predicate<String> which) throws IOException {
        List<String> names = entries.stream()
                .filter(entry -> entry.directory() && RemotePath.isName(entry.name()) && which.test(entry.name()))
                .map(RemoteFile::name)
                .toList();
        if (names.isEmpty()) {
            return entries;
        }
        Iterator<Boolean> real = are(
                        remote,
                        names.stream()
                                .map(name -> RemotePath.below(folder, name))
                                .toList())
                .iterator();
        Iterator<String> asked = names.iterator();
        String next = asked.next();
        List<RemoteFile> confirmed = new ArrayList<>(entries.size());
        for (RemoteFile entry : entries) {
            if (entry.directory() && entry.name().equals(next)) {
                confirmed.add(real.next() ? entry : entry.asLink());
                next = asked.hasNext() ? asked.next() : null;
            } else {
                confirmed.add(entry);
            }
        }
        return confirmed;
    }
}
