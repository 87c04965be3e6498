package dev.offsite.sftp;

import dev.offsite.sftp.pipeline.Answer;
import dev.offsite.sftp.pipeline.SftpPacket;
import dev.offsite.sftp.pipeline.SftpPipeline;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.camel.util.function.ThrowingSupplier;

/** Requests about files that are only partly there. */
public final class PartFiles {

    private static final String TEXT = "Offsite tries whether this stays here.";
    private static final int PLACE = 10;
    private static final int LENGTH = 4;

    private PartFiles() {}

    /** The SHA-256 of the first bytes of a file as the server's check-file says; empty if it does not say it. */
    public static Optional<String> checkBeginning(SftpSession remote, String file, long length, Duration deadline)
            throws IOException {
        return answered(() -> CheckFile.ofBeginning(remote.channels(), file, length, deadline));
    }

    /** Reads all from an offset on, until there is {@code length}. */
    public static void read(SftpSession remote, String file, long from, long length, OutputStream into)
            throws IOException {
        answered(() -> {
            SftpFiles.readRange(remote.channel(), file, from, length, into);
            return null;
        });
    }

    /** A request without an answer means that the connection is lost. */
    private static <T> T answered(ThrowingSupplier<T, IOException> request) throws SftpStatusException {
        try {
            return request.get();
        } catch (SftpStatusException e) {
            throw e;
        } catch (IOException e) {
            throw new SftpStatusException(SftpStatusException.CONNECTION_LOST, e.toString(), e);
        }
    }

    /**
     * Writes a small file, opens it again, and writes in its middle: a server may empty it then, refuse that, or write
     * elsewhere. Returns whether all is as it must be.
     */
    public static boolean keepsWhatIsThere(SftpSession remote, String file) throws IOException {
        remote.write(file, TEXT);
        try {
            return answered(() -> writesInTheMiddle(remote.channel(), file))
                    && remote.read(file).filter(TEXT::equals).isPresent();
        } catch (SftpStatusException e) {
            if (!e.answered()) {
                throw e;
            }
            return false;
        } finally {
            remote.removeIfAllowed(file);
        }
    }

    private static boolean writesInTheMiddle(SftpPipeline pipeline, String file) throws IOException {
        Answer opened = pipeline.ask(List.of(SftpPacket.openToWrite(file))).get(0);
        if (!opened.done()) {
            return false;
        }
        byte[] handle = opened.received();
        byte[] same = TEXT.getBytes(StandardCharsets.US_ASCII);
        return pipeline
                .ask(List.of(SftpPacket.write(handle, PLACE, same, PLACE, LENGTH), SftpPacket.close(handle)))
                .stream()
                .allMatch(Answer::done);
    }
}
