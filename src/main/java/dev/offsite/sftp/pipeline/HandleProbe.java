package dev.offsite.sftp.pipeline;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds out whether a server tells apart what is open at the same time. Erlang's gives the third file the handle of the
 * second, so that what is read of one comes from another.
 */
final class HandleProbe {

    private static final List<SftpPacket> THREE =
            List.of(SftpPacket.openFolder("."), SftpPacket.openFolder("."), SftpPacket.openFolder("."));

    private HandleProbe() {}

    /** Opens a folder several times; a server that refuses that is believed to be right. */
    static boolean sharesHandles(SftpPipeline pipeline) throws IOException {
        Set<ByteBuffer> handles = new HashSet<>();
        boolean shares = false;
        for (Answer opened : pipeline.ask(THREE)) {
            if (opened.done()) {
                shares |= !handles.add(opened.data());
                pipeline.sendOnly(SftpPacket.close(opened.received()));
            }
        }
        pipeline.flush();
        return shares;
    }
}
