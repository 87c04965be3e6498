package dev.offsite.sftp;

import dev.offsite.sftp.pipeline.Answer;
import dev.offsite.sftp.pipeline.SftpPacket;
import dev.offsite.sftp.pipeline.SftpPipeline;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * A rename on the server.
 *
 * @param from absolute
 * @param to absolute; an existing file is replaced
 * @param modified the modification time to set
 * @param mode the permissions to set; -1 leaves them as they are
 * @param free whether nothing can have the name {@code to}, since its folder was made just now
 */
public record RemoteMove(String from, String to, Instant modified, int mode, boolean free) {

    /** Renames without the pipeline; returns why it failed, or empty. */
    Optional<SftpStatusException> oneByOne(SftpSession remote, Consumer<SftpStatusException> refusedMode) {
        try {
            if (!free && remote.stat(to).filter(RemoteFile::link).isPresent()) {
                remote.remove(to);
            }
            remote.rename(from, to);
        } catch (SftpStatusException e) {
            return Optional.of(e);
        }
        try {
            if (mode != SftpPacket.NO_MODE) {
                remote.setMode(to, mode);
            }
        } catch (SftpStatusException e) {
            refusedMode.accept(e);
        }
        try {
            remote.setModified(to, modified);
        } catch (SftpStatusException e) {
            // Some servers do not let clients set times; the copy is still good.
        }
        return Optional.empty();
    }

    /** Pipelined; returns why each rename failed, or empty. */
    static List<Optional<SftpStatusException>> all(
            SftpPipeline pipeline, List<RemoteMove> moves, Consumer<SftpStatusException> refusedMode)
            throws IOException {
        removeLinks(pipeline, moves);
        List<SftpPacket> requests = new ArrayList<>();
        for (RemoteMove move : moves) {
            requests.add(pipeline.rename(move.from(), move.to()));
            // After the rename: a part file with an old time would look abandoned.
            requests.add(SftpPacket.setModified(move.to(), move.mode(), move.modified()));
        }
        List<Answer> replies = pipeline.askMany(requests);
        List<Optional<SftpStatusException>> failures = new ArrayList<>();
        List<SftpPacket> again = new ArrayList<>();
        for (int i = 0; i < moves.size(); i++) {
            RemoteMove move = moves.get(i);
            boolean renamed = replies.get(2 * i).done();
            failures.add(Optional.ofNullable(replies.get(2 * i).refusal()));
            if (renamed && !replies.get(2 * i + 1).done() && move.mode() != SftpPacket.NO_MODE) {
                // Only one of the two may be refused.
                again.add(SftpPacket.setMode(move.to(), move.mode()));
                again.add(SftpPacket.setModified(move.to(), move.modified()));
            }
        }
        replies = pipeline.ask(again);
        for (int i = 0; i < replies.size(); i += 2) {
            if (!replies.get(i).done()) {
                refusedMode.accept(replies.get(i).refusal());
            }
        }
        return failures;
    }

    /** ProFTPD would replace what a link leads to, wherever that is. */
    private static void removeLinks(SftpPipeline pipeline, List<RemoteMove> moves) throws IOException {
        List<String> names =
                moves.stream().filter(move -> !move.free()).map(RemoteMove::to).toList();
        List<Answer> targets =
                pipeline.askMany(names.stream().map(SftpPacket::readLink).toList());
        List<String> suspects = IntStream.range(0, names.size())
                .filter(i -> targets.get(i).entry().isPresent())
                .mapToObj(names::get)
                .toList();
        pipeline.ask(RealFolders.links(pipeline, suspects).stream()
                .map(SftpPacket::remove)
                .toList());
    }
}
