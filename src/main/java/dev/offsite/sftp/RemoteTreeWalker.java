package dev.offsite.sftp;

import dev.offsite.sftp.pipeline.SftpPipeline;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Walks remote folders, many at a time where requests can be pipelined. The server's listing is untrusted: no symbolic link
 * is followed, also where it is listed as a folder, and no invalid name entered.
 */
public final class RemoteTreeWalker {

    /** The longest path on Linux: stops a server that reports endlessly nested folders. */
    static final int LONGEST = 4096;

    /** Folders that are read together; as many more are opened meanwhile. */
    private static final int TOGETHER = FolderReader.MOST_OPEN / 2;

    /** What is found, in any order, but each folder before what is in it. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * {@code name}: relative to the top, with slashes
         * @return whether to enter the entry, if it is a folder
         */
        boolean found(String name, RemoteFile entry) throws SftpStatusException;

        /** Whether a folder may matter. One that does not is neither looked at nor reported. */
        default boolean matters(String name) {
            return true;
        }

        /** An entry whose name no file can have. */
        default void badName(String name) {}

        /** A folder below the top that cannot be listed. */
        default void unreadable(String name, SftpStatusException e) throws SftpStatusException {
            throw e;
        }
    }

    private final SftpSession remote;
    private final FolderReader.Allowance allowance;
    /** Why what is below a top could not be walked. */
    private final Map<String, SftpStatusException> failures = new HashMap<>();

    private final Deque<Step> steps = new ArrayDeque<>();

    /**
     * A folder to look into.
     *
     * @param name as the visitor sees it; empty for a top
     * @param path for requests
     */
    private record Step(String top, Visitor visitor, String name, String path, Optional<RemoteFile> entry) {

        static Step top(String path, Visitor visitor) {
            return new Step(path, visitor, "", path, Optional.empty());
        }
    }

    private RemoteTreeWalker(SftpSession remote, FolderReader.Allowance allowance) {
        this.remote = remote;
        this.allowance = allowance;
    }

    /** {@code top}: absolute; a symbolic link here is followed */
    public static void walk(SftpSession remote, String top, Visitor visitor) throws SftpStatusException {
        walk(remote, top, visitor, new FolderReader.Allowance(SftpSession.MOST_MEMORY));
    }

    /** {@code allowance}: for all names of the tree, since most visitors keep them */
    static void walk(SftpSession remote, String top, Visitor visitor, FolderReader.Allowance allowance)
            throws SftpStatusException {
        SftpStatusException failure =
                walk(remote, Map.of(top, visitor), allowance).get(top);
        if (failure != null) {
            throw failure;
        }
    }

    /**
     * Walks several folders together, by their absolute paths.
     *
     * @return why one of them, or a folder in it, was refused, so that its visitor has not seen all; empty if none was
     * @throws SftpStatusException if the connection is lost, or they have too many entries
     */
    public static Map<String, SftpStatusException> walk(SftpSession remote, Map<String, Visitor> tops)
            throws SftpStatusException {
        return walk(remote, tops, new FolderReader.Allowance(SftpSession.MOST_MEMORY));
    }

    private static Map<String, SftpStatusException> walk(
            SftpSession remote, Map<String, Visitor> tops, FolderReader.Allowance allowance)
            throws SftpStatusException {
        RemoteTreeWalker walker = new RemoteTreeWalker(remote, allowance);
        tops.forEach((path, visitor) -> walker.steps.add(Step.top(path, visitor)));
        try {
            Optional<SftpPipeline> many = remote.channels().pipeline();
            if (many.isPresent()) {
                walker.together(many.get());
            } else {
                walker.oneByOne();
            }
        } catch (SftpStatusException e) {
            throw e;
        } catch (IOException e) {
            throw new SftpStatusException(SftpStatusException.CONNECTION_LOST, e.toString(), e);
        }
        return walker.failures;
    }

    private void together(SftpPipeline pipeline) throws IOException {
        try (FolderReader reader = new FolderReader(pipeline, allowance)) {
            while (!steps.isEmpty()) {
                List<Step> group = new ArrayList<>();
                while (group.size() < pipeline.together(TOGETHER) && !steps.isEmpty()) {
                    group.add(steps.remove());
                }
                group.removeIf(step -> failures.containsKey(step.top));
                List<String> next = steps.stream()
                        .filter(step -> !failures.containsKey(step.top))
                        .limit(TOGETHER)
                        .map(Step::path)
                        .toList();
                List<FolderReader.Folder> folders =
                        reader.read(group.stream().map(Step::path).toList(), next);
                for (int i = 0; i < group.size(); i++) {
                    FolderReader.Folder folder = folders.get(i);
                    take(group.get(i), folder.isReal(), folder.entries(), folder.refusal());
                }
            }
        }
    }

    private void oneByOne() throws IOException {
        while (!steps.isEmpty()) {
            Step step = steps.remove();
            boolean real = step.entry.isEmpty() || RealFolders.is(remote, step.path);
            List<RemoteFile> entries = List.of();
            SftpStatusException refusal = null;
            try {
                if (real) {
                    entries = remote.list(step.path, allowance);
                }
            } catch (SftpStatusException e) {
                if (!e.answered() || e.code() == SftpStatusException.TOO_MUCH) {
                    throw e;
                }
                refusal = e;
            }
            take(step, real, entries, refusal);
        }
    }

    private void take(Step step, boolean real, List<RemoteFile> entries, SftpStatusException refusal)
            throws SftpStatusException {
        if (step.entry.isPresent()) {
            allowance.giveBack(step.path);
        }
        if (failures.containsKey(step.top)) {
            return;
        }
        try {
            if (step.entry.isPresent() && !real) {
                step.visitor.found(step.name, step.entry.get().asLink());
            } else if (step.entry.isEmpty() || step.visitor.found(step.name, step.entry.get())) {
                take(step, entries, refusal);
            }
        } catch (SftpStatusException e) {
            if (!e.answered() && e != refusal) {
                throw e;
            }
            failures.put(step.top, e);
        }
    }

    private void take(Step step, List<RemoteFile> entries, SftpStatusException refusal) throws SftpStatusException {
        if (refusal != null && step.entry.isEmpty()) {
            throw refusal;
        }
        if (refusal != null) {
            step.visitor.unreadable(step.name, refusal);
            return;
        }
        for (RemoteFile raw : entries) {
            RemoteFile entry = raw.readable();
            String name = step.name.isEmpty() ? entry.name() : RemotePath.below(step.name, entry.name());
            if (!RemotePath.isName(entry.name()) || name.length() > LONGEST) {
                step.visitor.badName(name);
            } else if (!entry.directory()) {
                step.visitor.found(name, entry);
            } else if (step.visitor.matters(name)) {
                String path = RemotePath.below(step.path, raw.name());
                allowance.take(path);
                steps.add(new Step(step.top, step.visitor, name, path, Optional.of(entry)));
            }
        }
    }
}
