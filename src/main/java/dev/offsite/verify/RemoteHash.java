package dev.offsite.verify;

import dev.offsite.exec.CommandRunner;
import dev.offsite.exec.ExecException;
import dev.offsite.exec.ExecResult;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Has a server hash files in the way that it can. */
public final class RemoteHash {

    private static final Duration LEAST = Duration.ofMinutes(1);
    /** A disk slower than this is taken for a hanging command. */
    private static final long BYTES_PER_SECOND = 4L << 20;

    private final CommandRunner server;
    private final HashMethod way;

    public RemoteHash(CommandRunner server, HashMethod way) {
        this.server = server;
        this.way = way;
    }

    /**
     * Hashes the files of one of the way's batches.
     *
     * @param paths as a command on the server calls them
     * @param bytes how much there is to hash, for the deadline
     * @return the hash of each path for which the server gave one; a path that is missing here is not verified
     * @throws ExecException if the command did not come to its end
     */
    public Map<String, String> hash(List<String> paths, long bytes) throws ExecException {
        ExecResult answer = server.run(way.command().command(paths), LEAST.plusSeconds(bytes / BYTES_PER_SECOND));
        int status = answer.status()
                .orElseThrow(() -> new ExecException(
                        "the connection was lost while %s ran on the server"
                                .formatted(way.command().program()),
                        false,
                        null));
        if (!way.command().counts(status)) {
            return Map.of();
        }
        return new HashMap<>(way.command().parse(answer.stdout(), paths));
    }
}
