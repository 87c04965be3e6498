package dev.offsite.sftp;

import dev.offsite.sftp.pipeline.Answer;
import dev.offsite.sftp.pipeline.PositionedWrite;
import dev.offsite.sftp.pipeline.SftpPacket;
import dev.offsite.sftp.pipeline.SftpPipeline;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What lies at a path: a link, if the server shows it as something else and still says where it leads.
 *
 * @param entry empty if there is nothing, or the server refuses to say
 * @param refusal why it refuses; null if it does not
 */
public record RemoteStat(Optional<RemoteFile> entry, SftpStatusException refusal) {

    /** Asks about many paths: together, where requests can be pipelined. Fails only if the connection is lost. */
    public static Map<String, RemoteStat> of(SftpSession remote, List<String> paths) throws IOException {
        Map<String, RemoteStat> stats = new LinkedHashMap<>();
        Optional<SftpPipeline> many = remote.channels().pipelineFor(paths.size());
        if (many.isPresent()) {
            Iterator<Answer> replies = many.get()
                    .ask(PositionedWrite.DEADLINE, SftpPipeline.MANY, requests(paths))
                    .iterator();
            for (String path : paths) {
                stats.put(path, of(path, replies.next(), replies.next()));
            }
            return stats;
        }
        for (String path : paths) {
            try {
                stats.put(path, new RemoteStat(RealFolders.statUnpipelined(remote, path), null));
            } catch (SftpStatusException e) {
                if (!e.answered()) {
                    throw e;
                }
                stats.put(path, new RemoteStat(Optional.empty(), e));
            }
        }
        return stats;
    }

    /** Two for each path. */
    static List<SftpPacket> requests(List<String> paths) {
        List<SftpPacket> requests = new ArrayList<>();
        for (String path : paths) {
            requests.add(SftpPacket.stat(path));
            requests.add(SftpPacket.readLink(path));
        }
        return requests;
    }

    static RemoteStat of(String path, Answer attributes, Answer target) {
        return of(path, attributes, target.entry().map(RemoteFile::name));
    }

    private static RemoteStat of(String path, Answer attributes, Optional<String> target) {
        SftpStatusException refusal = attributes.refusal();
        if (refusal != null) {
            boolean absent = refusal.code() == SftpStatusException.NO_SUCH_FILE;
            return new RemoteStat(Optional.empty(), absent ? null : refusal);
        }
        Optional<RemoteFile> entry = attributes.entry().map(there -> there.called(RemotePath.name(path)));
        return new RemoteStat(new RealFolders.Answers(entry, Optional.empty(), target).entry(path), null);
    }

    static Optional<RemoteFile> of(SftpSession remote, String path) throws SftpStatusException {
        try {
            return of(remote, List.of(path)).get(path).entryOrFail();
        } catch (SftpStatusException e) {
            throw e;
        } catch (IOException e) {
            throw new SftpStatusException(SftpStatusException.CONNECTION_LOST, e.toString(), e);
        }
    }

    /** What lies at a path, or where a link there leads. */
    static Optional<RemoteFile> follow(SftpSession remote, String path) throws SftpStatusException {
        try {
            Optional<SftpPipeline> open = remote.channels().pipelineFor(1);
            if (open.isEmpty()) {
                return remote.followUnpipelined(path);
            }
            Answer reply = open.get().ask(List.of(SftpPacket.follow(path))).get(0);
            return of(path, reply, Optional.empty()).entryOrFail();
        } catch (SftpStatusException e) {
            throw e;
        } catch (IOException e) {
            throw new SftpStatusException(SftpStatusException.CONNECTION_LOST, e.toString(), e);
        }
    }

    /** Fails as the server refused. */
    public Optional<RemoteFile> entryOrFail() throws SftpStatusException {
        if (refusal != null) {
            throw refusal;
        }
        return entry;
    }
}
