package dev.offsite.support;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.sshd.sftp.server.FileHandle;
import org.apache.sshd.sftp.server.SftpFileSystemAccessor;
import org.apache.sshd.sftp.server.SftpSubsystemProxy;

/** The files of an embedded server whose disk does, for some of them, not do what it says it did. */
public final class FaultyFiles implements SftpFileSystemAccessor {
    private final Fault fault;
    private final Predicate<Path> which;

    /** What goes wrong. Every write is acknowledged all the same. */
    public enum Fault {
        /** One bit of the first byte is written wrong. */
        CORRUPTS,
        /** Only the first ten bytes are written. */
        TRUNCATES,
        /** Nothing is written. */
        WRITES_NOTHING,
        /** The file is gone when it was closed. */
        LOSES,
        /** One bit of the first byte is read wrong; on the disk all is well. */
        MISREADS,
        /** A read is answered with no bytes, and there is no end. */
        READS_NOTHING
    }

    /**
     * @param which of the server's files, by their paths there
     */
    public FaultyFiles(Fault fault, Predicate<Path> which) {
        this.fault = fault;
        this.which = which;
    }

    @Override
    public SeekableByteChannel openFile(
            SftpSubsystemProxy subsystem,
            FileHandle handle,
            Path file,
            String id,
            Set<? extends OpenOption> options,
            FileAttribute<?>... attributes)
            throws IOException {
        SeekableByteChannel channel =
                SftpFileSystemAccessor.super.openFile(subsystem, handle, file, id, options, attributes);
        return which.test(file) ? new Faulty(channel, fault) : channel;
    }

    @Override
    public void closeFile(
            SftpSubsystemProxy subsystem,
            FileHandle handle,
            Path file,
            String id,
            Channel channel,
            Set<? extends OpenOption> options)
            throws IOException {
        SftpFileSystemAccessor.super.closeFile(subsystem, handle, file, id, channel, options);
        if (fault == Fault.LOSES && which.test(file) && options.contains(StandardOpenOption.WRITE)) {
            Files.delete(file);
        }
    }

    private record Faulty(SeekableByteChannel channel, Fault fault) implements SeekableByteChannel {
        private static final int KEPT_BYTES = 10;

        @Override
        public int write(ByteBuffer from) throws IOException {
            int bytes = from.remaining();
            switch (fault) {
                case CORRUPTS -> channel.write(flipped(from, channel.position()));
                case TRUNCATES ->
                    channel.write(from.slice(0, (int) Math.max(0, Math.min(bytes, KEPT_BYTES - channel.position()))));
                case LOSES, MISREADS, READS_NOTHING -> channel.write(from);
                case WRITES_NOTHING -> {}
            }
            from.position(from.limit());
            return bytes;
        }

        @Override
        public int read(ByteBuffer to) throws IOException {
            if (fault == Fault.READS_NOTHING) {
                return 0;
            }
            long position = channel.position();
            int start = to.position();
            int bytes = channel.read(to);
            if (fault == Fault.MISREADS && position == 0 && bytes > 0) {
                to.put(start, (byte) (to.get(start) ^ 1));
            }
            return bytes;
        }

        private static ByteBuffer flipped(ByteBuffer from, long position) {
            byte[] bytes = new byte[from.remaining()];
            from.get(bytes);
            if (position == 0 && bytes.length > 0) {
                bytes[0] ^= 1;
            }
            return ByteBuffer.wrap(bytes);
        }

        @Override
        public long position() throws IOException {
            return channel.position();
        }

        @Override
        public SeekableByteChannel position(long position) throws IOException {
            channel.position(position);
            return this;
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public SeekableByteChannel truncate(long size) throws IOException {
            channel.truncate(size);
            return this;
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
