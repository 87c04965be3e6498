package dev.offsite.verify;

import dev.offsite.exec.CommandRunner;
import dev.offsite.exec.ExecException;
import dev.offsite.exec.ExecResult;
import dev.offsite.sftp.PartFiles;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.sftp.TargetConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has a server hash the first bytes of a file that is only partly there. */
record BeginningHasher(TargetConnection connection, CommandRunner server, List<HashMethod> methods) {

    private static final Logger LOG = LoggerFactory.getLogger(BeginningHasher.class);

    /**
     * Whether the file begins with bytes that have this SHA-256; empty if the server cannot tell.
     *
     * @param size of the whole file there
     * @throws IOException if the connection was lost
     */
    Optional<Boolean> begins(String file, long length, long size, String sha256) throws IOException {
        String path = connection.target().hashing().sshPath().ofCommand(file);
        for (HashMethod method : methods) {
            Optional<String> hash = method.overSftp()
                    // ProFTPD hashes the whole file, whatever the length.
                    ? overSftp(file, length).filter(said -> length == size || said.equals(sha256))
                    : method.takes(path) ? byCommand(method.command(), path, length, size) : Optional.empty();
            if (hash.isPresent()) {
                return hash.map(sha256::equals);
            }
        }
        return Optional.empty();
    }

    private Optional<String> overSftp(String file, long length) throws IOException {
        Duration deadline = RemoteHasher.deadline(length);
        connection.activity().expect(deadline);
        try {
            return connection.sessions().call(remote -> PartFiles.checkBeginning(remote, file, length, deadline));
        } catch (SftpStatusException e) {
            if (!e.answered()) {
                throw e;
            }
            LOG.debug("no check-file of a part", e);
            return Optional.empty();
        }
    }

    private Optional<String> byCommand(HashCommand command, String path, long length, long size) throws IOException {
        Optional<String> ofBeginning = command.ofBeginning(path, length);
        Optional<String> hash = ofBeginning.isPresent()
                ? run(ofBeginning.get(), length).flatMap(answer -> HashCommand.parseOne(answer.stdout()))
                : Optional.empty();
        if (hash.isEmpty() && length == size) {
            // A restricted shell may take a file and no pipe.
            hash = run(command.command(List.of(path)), length)
                    .map(answer -> command.parse(answer.stdout(), List.of(path)).get(path));
        }
        return hash.filter(said -> !said.equals(HashCommand.OF_NOTHING));
    }

    private Optional<ExecResult> run(String line, long bytes) throws IOException {
        try {
            ExecResult answer = server.run(line, RemoteHasher.deadline(bytes));
            if (answer.status().isEmpty()) {
                throw new SftpStatusException(
                        SftpStatusException.CONNECTION_LOST, "the connection was lost while the server hashed");
            }
            return Optional.of(answer);
        } catch (ExecException e) {
            if (e.hung()) {
                LOG.debug("no hash of a part", e);
                return Optional.empty();
            }
            throw new SftpStatusException(SftpStatusException.CONNECTION_LOST, e.getMessage(), e);
        }
    }
}
