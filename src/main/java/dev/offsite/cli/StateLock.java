package dev.offsite.cli;

import dev.offsite.io.Text;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Held while a run uses a state folder, so that runs never overlap. The system frees it however the process ends. */
public final class StateLock implements AutoCloseable {

    private final FileChannel channel;

    private StateLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Fails with {@link CommandException} with {@link ExitCode#BUSY} at once if another process has it */
    static StateLock take(Path state, String verb) {
        Path file = state.resolve("lock");
        try {
            Files.createDirectories(state);
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                String holder = Files.readString(file).strip();
                channel.close();
                throw new CommandException(
                        ExitCode.BUSY, "another run is active (%s, lock %s)".formatted(holder, file));
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap("%s, process %d%n"
                    .formatted(verb, ProcessHandle.current().pid())
                    .getBytes(StandardCharsets.UTF_8)));
            return new StateLock(channel);
        } catch (IOException e) {
            throw new CommandException(
                    "offsite.state: the folder %s cannot be written: %s".formatted(state, Text.reason(e)));
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
