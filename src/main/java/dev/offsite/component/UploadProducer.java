package dev.offsite.component;

import dev.offsite.age.Encryption;
import dev.offsite.io.HashingInputStream;
import dev.offsite.io.UploadPermits;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.TargetConnection;
import dev.offsite.ship.DatedFolderWriter;
import dev.offsite.ship.ShipRun;
import dev.offsite.ship.Upload;
import dev.offsite.source.FileState;
import dev.offsite.upload.ResumableUploads;
import dev.offsite.upload.SegmentPlan;
import dev.offsite.upload.SmallFileBatch;
import dev.offsite.upload.UploadTask;
import java.io.IOException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.support.DefaultAsyncProducer;

/**
 * {@code offsite:upload}: sends a file to its hidden name. Small files share a connection, large ones use one or several and
 * go on after a cut, and all others go through camel-ftp.
 */
final class UploadProducer extends DefaultAsyncProducer {

    private static final String RETRIES = "{{offsite.retries:2}}";

    private final OffsiteEndpoint endpoint;

    UploadProducer(OffsiteEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Upload upload = CopyRoute.upload(exchange);
        keepItsSizeAndTime(exchange, upload);
        boolean plainly = failedBefore(exchange);
        try {
            upload.checkFinished();
            DatedFolderWriter folder = upload.run().folder(upload);
            if (!plainly && SmallFileBatch.worthwhile(upload)) {
                endpoint.services().smallFiles().add(upload, new CopyRoute.Waiting(exchange, callback)::end);
                return false;
            }
            folder.makeFolderOf(upload);
            upload.run().takeSlot(upload);
            try {
                send(upload, folder, plainly);
            } finally {
                upload.run().giveSlot(upload);
            }
        } catch (Exception | Error e) {
            exchange.setException(e);
        }
        callback.done(true);
        return true;
    }

    /**
     * Camel reads a backslash in a name as a slash, and then gives a polled file the size and time of another one. The ledger's key
     * is made of both.
     */
    private static void keepItsSizeAndTime(Exchange exchange, Upload upload) {
        GenericFile<?> polled = exchange.getProperty(Exchange.FILE_EXCHANGE_FILE, GenericFile.class);
        if (polled != null) {
            polled.setFileLength(upload.size());
            polled.setLastModified(upload.source().modified());
        }
    }

    /**
     * Whether the last attempt failed without losing the connection. The file is then sent alone and in one piece,
     * because the server may limit open files or handle segments wrongly.
     */
    private static boolean failedBefore(Exchange exchange) {
        Exception before = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Exception.class);
        return before != null && !FailureMessages.lost(before);
    }

    private void send(Upload upload, DatedFolderWriter folder, boolean inOnePiece) throws Exception {
        ShipRun run = upload.run();
        if (!inOnePiece && upload.copySize() >= ResumableUploads.LARGE) {
            endpoint.services().resumableUploads().send(task(upload, folder));
            return;
        }
        upload.startOver();
        try (HashingInputStream file = upload.open(folder)) {
            if (inOnePiece || !suitsCamel(run) || !sendByCamel(upload, file)) {
                // Opened once: the server may allow few open files.
                run.connection().sessions().run(remote -> remote.write(file, upload.part(), upload.partMode()));
            }
        }
    }

    private UploadTask task(Upload upload, DatedFolderWriter folder) throws IOException {
        ShipRun run = upload.run();
        int parallel = upload.job().parallel();
        UploadPermits permits = run.connection().slots();
        return new UploadTask(
                run.connection(),
                upload.key(),
                upload.job().name(),
                upload.job().name() + ": " + upload.name(),
                upload.source().file().toPath(),
                FileState.of(upload.source().file().toPath()),
                upload.part(folder),
                upload.partMode(),
                upload.copySize(),
                key -> upload.open(folder, key),
                upload.job().encryption().map(Encryption::recipients),
                upload::encryptionKey,
                upload::progress,
                () -> SegmentPlan.of(upload.copySize(), parallel, run.link(), permits.taken()),
                retries(),
                run::isStopping);
    }

    private int retries() {
        return Integer.parseInt(endpoint.getCamelContext().resolvePropertyPlaceholders(RETRIES));
    }

    /** Whether the server takes a connection for each of camel-ftp's producers, and JSch's writes as they are. */
    private static boolean suitsCamel(ShipRun run) {
        return !run.connection().sessions().places().isLimited() && !run.link().narrow();
    }

    /** False if nothing was read from the file, because the server takes no more connections. */
    private boolean sendByCamel(Upload upload, HashingInputStream file) throws Exception {
        createEmpty(upload);
        String path = SftpSession.literal(upload.part());
        return endpoint.services().sftpProducers().send(upload.run().connection(), path, file);
    }

    /** One at a time, since all at once would each take a login of its own. */
    private static void createEmpty(Upload upload) throws IOException {
        TargetConnection connection = upload.run().connection();
        synchronized (connection) {
            connection.sessions().run(remote -> remote.createEmpty(upload.part(), upload.partMode()));
        }
    }
}
