package dev.offsite.sftp.pipeline;

import dev.offsite.sftp.SftpStatusException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads many small files at once. */
public final class BatchRead {

    /** Files open at a time; many servers allow a hundred. */
    private static final int TOGETHER = 64;

    /** Bytes of a file that is read with others. */
    private static final long LARGEST = 256 << 10;

    /** Bytes that are under way at a time. */
    private static final long MOST = 4 << 20;

    private BatchRead() {}

    /**
     * What came of a file.
     *
     * @param content all of it; empty if it was refused, is large, or changes: then it must be read alone
     * @param refusal why it cannot be read; null if it can
     */
    public record Read(Optional<byte[]> content, SftpStatusException refusal) {

        static final Read ALONE = new Read(Optional.empty(), null);
    }

    private static final class Open {
        private final String path;
        private final byte[] handle;
        private final int size;

        Open(String path, byte[] handle, int size) {
            this.path = path;
            this.handle = handle;
            this.size = size;
        }
    }

    /** Looks at files, opens the small ones, and reads and closes them: three round trips for {@code TOGETHER} of them. */
    public static Map<String, Read> of(SftpPipeline pipeline, List<String> paths) throws IOException {
        return of(pipeline, paths, Map.of());
    }

    /** {@code known}: the sizes of regular files that were listed just now; these are not looked at again */
    public static Map<String, Read> of(SftpPipeline pipeline, List<String> paths, Map<String, Long> known)
            throws IOException {
        Map<String, Read> all = new HashMap<>();
        int together = pipeline.together(TOGETHER);
        for (int from = 0; from < paths.size(); from += together) {
            List<String> some = paths.subList(from, Math.min(from + together, paths.size()));
            List<Open> open = open(pipeline, small(pipeline, some, known, all), all);
            for (int first = 0; first < open.size(); ) {
                int end = first;
                for (long bytes = 0; end < open.size() && bytes + open.get(end).size <= MOST; end++) {
                    bytes += open.get(end).size;
                }
                read(pipeline, open.subList(first, end), all);
                first = end;
            }
        }
        pipeline.flush();
        return all;
    }

    /** The sizes of small regular files: to open a named pipe would stop a server. */
    private static Map<String, Integer> small(
            SftpPipeline pipeline, List<String> paths, Map<String, Long> known, Map<String, Read> all)
            throws IOException {
        List<String> unknown =
                paths.stream().filter(path -> !known.containsKey(path)).toList();
        Iterator<Answer> replies = pipeline.ask(
                        PositionedWrite.DEADLINE,
                        unknown.stream().map(SftpPacket::stat).toList())
                .iterator();
        Map<String, Integer> sizes = new LinkedHashMap<>();
        for (String path : paths) {
            Optional<Answer> looked = known.containsKey(path) ? Optional.empty() : Optional.of(replies.next());
            long size = looked.isEmpty() ? known.get(path) : looked.get().size().orElse(Long.MAX_VALUE);
            if (looked.isPresent() && !looked.get().done()) {
                all.put(path, new Read(Optional.empty(), looked.get().refusal()));
            } else if (size > LARGEST) {
                all.put(path, Read.ALONE);
            } else {
                sizes.put(path, (int) size);
            }
        }
        return sizes;
    }

    private static List<Open> open(SftpPipeline pipeline, Map<String, Integer> sizes, Map<String, Read> all)
            throws IOException {
        Iterator<Answer> replies = pipeline.ask(
                        PositionedWrite.DEADLINE,
                        sizes.keySet().stream().map(SftpPacket::openToRead).toList())
                .iterator();
        List<Open> open = new ArrayList<>();
        for (Map.Entry<String, Integer> file : sizes.entrySet()) {
            Answer opened = replies.next();
            if (opened.done()) {
                open.add(new Open(file.getKey(), opened.received(), file.getValue()));
            } else {
                // One that was refused because others are open can be read alone.
                boolean other = opened.refusal().code() == SftpStatusException.FAILURE;
                all.put(file.getKey(), other ? Read.ALONE : new Read(Optional.empty(), opened.refusal()));
            }
        }
        return open;
    }

    private static void read(SftpPipeline pipeline, List<Open> files, Map<String, Read> all) throws IOException {
        List<SftpPacket> requests = new ArrayList<>();
        for (Open file : files) {
            for (int at = 0; at < file.size; at += SftpPipeline.USUAL_WRITE) {
                requests.add(SftpPacket.read(file.handle, at, Math.min(SftpPipeline.USUAL_WRITE, file.size - at)));
            }
            // Finds its end, unless it has grown.
            requests.add(SftpPacket.read(file.handle, file.size, 1));
        }
        Iterator<Answer> replies =
                pipeline.ask(PositionedWrite.DEADLINE, requests).iterator();
        for (Open file : files) {
            pipeline.sendOnly(SftpPacket.close(file.handle));
            all.put(file.path, read(file, replies));
        }
    }

    private static Read read(Open file, Iterator<Answer> replies) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        boolean whole = true;
        for (int at = 0; at < file.size; at += SftpPipeline.USUAL_WRITE) {
            int length = Math.min(SftpPipeline.USUAL_WRITE, file.size - at);
            Answer reply = replies.next();
            byte[] some = reply.done() ? reply.received() : new byte[0];
            // Some servers send more than was asked for (lsh).
            whole &= some.length >= length;
            content.write(some, 0, Math.min(some.length, length));
        }
        whole &= replies.next().isEnd();
        return whole ? new Read(Optional.of(content.toByteArray()), null) : Read.ALONE;
    }
}
