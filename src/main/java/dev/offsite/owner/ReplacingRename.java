package dev.offsite.owner;

import dev.offsite.io.StateFile;
import dev.offsite.io.StateStore;
import dev.offsite.io.Text;
import dev.offsite.job.Target;
import dev.offsite.manifest.TemporaryName;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.SftpStatusException;
import java.io.IOException;
import java.util.List;

/** Whether a rename on a server replaces a file that is there, without which no SHA256SUMS can be changed. */
public final class ReplacingRename {

    public static final String MISSING =
            "a rename does not replace what is there: SHA256SUMS and changed files could not be replaced";

    private ReplacingRename() {}

    /**
     * Tries it once per target, unless the server says that it can.
     *
     * @param state what remembers it
     * @param folder where small files may be written
     * @throws RootException if it does not
     */
    static void require(StateStore state, Target target, SftpSessionPool sessions, String folder) throws IOException {
        StateFile tried = StateFile.of(state, target.toString(), "replaces");
        if (tried.read().isEmpty()) {
            sessions.run(remote -> require(target, remote, folder));
            tried.write(List.of("yes"));
        }
    }

    private static void require(Target target, SftpSession remote, String folder) throws IOException {
        if (remote.replacesByRename()) {
            return;
        }
        String from = folder + "/" + TemporaryName.random("from");
        String to = folder + "/" + TemporaryName.random("to");
        try {
            remote.write(from, "new");
            remote.write(to, "old");
            remote.rename(from, to);
        } catch (SftpStatusException e) {
            if (!e.answered() || e.code() == SftpStatusException.PERMISSION_DENIED) {
                throw e;
            }
            String said = Text.line(String.valueOf(e.getMessage()));
            throw new RootException("%s on %s%s; Offsite needs that"
                    .formatted(MISSING, target, said.isBlank() ? "" : " (it says: " + said + ")"));
        } finally {
            remote.removeIfAllowed(from);
            remote.removeIfAllowed(to);
        }
    }
}
