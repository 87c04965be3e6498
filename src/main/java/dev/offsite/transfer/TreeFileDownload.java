package dev.offsite.transfer;

import dev.offsite.download.Incoming;
import dev.offsite.download.PartFile;
import dev.offsite.io.HashedFile;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemoteFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Downloads one file of a tree to its hidden name; whether it is right, the caller asks the server. */
final class TreeFileDownload implements Incoming {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private final FileTreeEntry file;
    private final String path;
    private final Path to;
    private final boolean resume;
    private final PartFile part;
    private final BiConsumer<Sent, Exception> whenSent;

    /**
     * Prepares the download.
     *
     * @param path absolute, on the server
     * @param resume whether to go on after what an earlier attempt left
     */
    TreeFileDownload(
            FileTreeEntry file,
            String path,
            Path to,
            boolean resume,
            LongConsumer progress,
            BiConsumer<Sent, Exception> whenSent) {
        this.file = file;
        this.path = path;
        this.to = to;
        this.resume = resume;
        this.part = new PartFile(to, progress);
        this.whenSent = whenSent;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public long size() {
        return file.size();
    }

    @Override
    public void check(RemoteFile there) throws IOException {
        if (there.size() != file.size() || !there.modified().equals(file.modified())) {
            throw new IOException("it has changed on the server since it was listed; get it again");
        }
    }

    @Override
    public long begin() throws IOException {
        return part.begin(file.size(), resume);
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        part.write(bytes);
    }

    @Override
    public boolean end() throws IOException {
        HashedFile got = part.end();
        part.store();
        whenSent.accept(Sent.plain(got), null);
        return true;
    }

    @Override
    public void fail(Exception cause) {
        try {
            part.leave(resume && FailureMessages.cut(cause));
        } catch (IOException e) {
            LOG.debug("{}: its part file stays", to, e);
        }
        whenSent.accept(null, cause);
    }
}
