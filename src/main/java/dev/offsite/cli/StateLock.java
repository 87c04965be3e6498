package dev.offsite.cli;

import dev.offsite.io.PrivateFiles;
import dev.offsite.io.StateException;
import dev.offsite.io.Text;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Held while a run uses a state folder, so that runs never overlap. The system frees it however the process ends. */
public final class StateLock implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");
    private static final String ROOT = "root";

    private final FileChannel channel;

    private StateLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Fails with {@link CommandException} with {@link ExitCode#BUSY} at once if another process has it */
    static StateLock take(Path state, String verb) {
        Path file = state.resolve("lock");
        try {
            PrivateFiles.makePrivate(state);
            warnOfOwner(state);
            return take(PrivateFiles.open(file, StandardOpenOption.READ), file, verb);
        } catch (AccessDeniedException e) {
            String reason = Files.isWritable(state)
                    ? StateException.unreadable(file, e).getMessage()
                    : "the folder %s cannot be written: permission denied".formatted(state);
            throw new CommandException(ExitCode.CONFIGURATION, "offsite.state: " + reason);
        } catch (IOException e) {
            // Only what names a file shows that the setting is wrong: a full disk does not.
            throw new CommandException(
                    e instanceof FileSystemException ? ExitCode.CONFIGURATION : ExitCode.FAILED,
                    "offsite.state: the folder %s cannot be written: %s".formatted(state, StateException.why(e)));
        }
    }

    /** Root may write everywhere, and nobody else can read it then. */
    private static void warnOfOwner(Path state) throws IOException {
        String owner = Files.getOwner(state).getName();
        if (System.getProperty("user.name").equals(ROOT) && !owner.equals(ROOT)) {
            LOG.warn(
                    "offsite.state: {} belongs to {}, who cannot read what root writes there: run it as that user"
                            + " (runuser -u {} -- offsite ...), or, if only root is to run it: chown -R root: {}",
                    state,
                    owner,
                    owner,
                    state);
        }
    }

    private static StateLock take(FileChannel channel, Path file, String verb) throws IOException {
        boolean taken = false;
        try {
            FileLock lock = tryLock(channel);
            if (lock == null) {
                String holder = Text.line(new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip());
                throw new CommandException(
                        ExitCode.BUSY, "another run is active (%s, lock %s)".formatted(holder, file));
            }
            channel.truncate(0);
            PrivateFiles.write(
                    channel,
                    "%s, process %d%n".formatted(verb, ProcessHandle.current().pid()));
            taken = true;
            return new StateLock(channel);
        } finally {
            if (!taken) {
                channel.close();
            }
        }
    }

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
