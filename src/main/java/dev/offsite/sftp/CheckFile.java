package dev.offsite.sftp;

import com.jcraft.jsch.JSchException;
import dev.offsite.sftp.pipeline.Answer;
import dev.offsite.sftp.pipeline.SftpPacket;
import dev.offsite.sftp.pipeline.SftpPipeline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a server hash files over SFTP, by the extension {@code check-file}, which needs no shell. Over a channel of its own:
 * some servers end a channel at a request that they do not know.
 */
final class CheckFile {

    private static final Logger LOG = LoggerFactory.getLogger(CheckFile.class);

    private static final Duration PROBE = Duration.ofSeconds(20);
    private static final String REPLY = "check-file";
    private static final int HASH_BYTES = 32;

    /** Files that are open at a time, where the server wants handles. */
    private static final int OPEN = 32;

    private static final String OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private CheckFile() {}

    /** The hash of a small file; empty if the server does not have this extension, however it says so. */
    static Optional<String> tried(SftpChannels channels, String file) throws SftpStatusException {
        try {
            return Optional.ofNullable(of(channels, List.of(file), PROBE).get(file));
        } catch (SftpStatusException e) {
            if (!channels.isOpen()) {
                throw e;
            }
        } catch (IOException e) {
            LOG.debug("no check-file", e);
        }
        return Optional.empty();
    }

    /**
     * The hashes of files, in lower-case hex, by path; what is no regular file, or is refused, is left out.
     *
     * @param deadline for each answer
     * @throws IOException if the channel ended or an answer did not come in time
     */
    static Map<String, String> of(SftpChannels channels, Collection<String> files, Duration deadline)
            throws IOException {
        try (SftpPipeline pipeline = channels.newPipeline()) {
            Map<String, String> hashes = new HashMap<>();
            List<String> asked = regular(pipeline, files, hashes);
            List<Answer> replies = pipeline.ask(
                    deadline, asked.stream().map(SftpPacket::checkFile).toList());
            List<String> refused = new ArrayList<>();
            for (int i = 0; i < asked.size(); i++) {
                if (!put(hashes, asked.get(i), replies.get(i))) {
                    refused.add(asked.get(i));
                }
            }
            // All of them: then it may know only the form with handles.
            if (refused.size() == asked.size()) {
                byHandles(pipeline, refused, deadline, hashes);
            }
            return hashes;
        } catch (JSchException e) {
            throw new SftpStatusException(SftpStatusException.OP_UNSUPPORTED, "it allows no further channel");
        }
    }

    /** The hash of the first bytes of a file; empty if the server refuses, or ends the channel. */
    static Optional<String> ofBeginning(SftpChannels channels, String file, long length, Duration deadline)
            throws IOException {
        try (SftpPipeline pipeline = channels.newPipeline()) {
            Optional<String> hash = pipeline.ask(deadline, List.of(SftpPacket.checkBeginning(file, length)))
                    .get(0)
                    .content()
                    .flatMap(CheckFile::parse);
            if (hash.isPresent()) {
                return hash;
            }
            Answer opened = pipeline.ask(List.of(SftpPacket.openToRead(file))).get(0);
            return opened.done()
                    ? pipeline.ask(deadline, List.of(SftpPacket.checkBeginning(opened.received(), length)))
                            .get(0)
                            .content()
                            .flatMap(CheckFile::parse)
                    : Optional.empty();
        } catch (JSchException e) {
            throw new SftpStatusException(SftpStatusException.OP_UNSUPPORTED, "it allows no further channel");
        }
    }

    /** The regular files, without the empty ones, of which there is nothing to hash: servers need not cope with others. */
    private static List<String> regular(SftpPipeline pipeline, Collection<String> files, Map<String, String> hashes)
            throws IOException {
        List<String> all = List.copyOf(files);
        List<Answer> there = pipeline.ask(all.stream().map(SftpPacket::stat).toList());
        List<String> regular = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            Optional<RemoteFile> entry = there.get(i).entry().filter(RemoteFile::file);
            if (entry.filter(file -> file.size() == 0).isPresent()) {
                hashes.put(all.get(i), OF_NOTHING);
            } else if (entry.isPresent()) {
                regular.add(all.get(i));
            }
        }
        return regular;
    }

    private static void byHandles(
            SftpPipeline pipeline, List<String> files, Duration deadline, Map<String, String> hashes)
            throws IOException {
        for (int from = 0; from < files.size(); from += OPEN) {
            List<String> some = files.subList(from, Math.min(from + OPEN, files.size()));
            List<Answer> opened =
                    pipeline.ask(some.stream().map(SftpPacket::openToRead).toList());
            List<SftpPacket> requests = new ArrayList<>();
            List<String> asked = new ArrayList<>();
            for (int i = 0; i < some.size(); i++) {
                if (opened.get(i).done()) {
                    requests.add(SftpPacket.checkFile(opened.get(i).received()));
                    asked.add(some.get(i));
                }
            }
            List<Answer> replies = pipeline.ask(deadline, requests);
            boolean any = false;
            for (int i = 0; i < asked.size(); i++) {
                any |= put(hashes, asked.get(i), replies.get(i));
            }
            for (Answer file : opened) {
                if (file.done()) {
                    pipeline.sendOnly(SftpPacket.close(file.received()));
                }
            }
            pipeline.flush();
            if (!any) {
                return;
            }
        }
    }

    private static boolean put(Map<String, String> hashes, String file, Answer reply) {
        Optional<String> hash = reply.content().flatMap(CheckFile::parse);
        hash.ifPresent(known -> hashes.put(file, known));
        return hash.isPresent();
    }

    /**
     * The hash in a reply: the name of the algorithm, then the hash. MINA begins with a word, and says how long the hash is.
     * Hashes of several blocks are none of the whole file.
     */
    static Optional<String> parse(ByteBuffer reply) {
        ByteBuffer rest = reply.duplicate();
        Optional<String> word = text(rest);
        if (word.filter(REPLY::equals).isPresent()) {
            word = text(rest);
        }
        if (word.map(name -> name.toLowerCase(Locale.ROOT).replace("-", ""))
                .filter(SftpPacket.SHA256::equals)
                .isEmpty()) {
            return Optional.empty();
        }
        if (rest.remaining() == Integer.BYTES + HASH_BYTES && rest.getInt() != HASH_BYTES) {
            return Optional.empty();
        }
        byte[] hash = new byte[HASH_BYTES];
        if (rest.remaining() != hash.length) {
            return Optional.empty();
        }
        rest.get(hash);
        return Optional.of(HexFormat.of().formatHex(hash));
    }

    private static Optional<String> text(ByteBuffer from) {
        if (from.remaining() < Integer.BYTES) {
            return Optional.empty();
        }
        int length = from.getInt();
        if (length < 0 || length > from.remaining()) {
            return Optional.empty();
        }
        byte[] bytes = new byte[length];
        from.get(bytes);
        return Optional.of(new String(bytes, StandardCharsets.US_ASCII));
    }
}
