package dev.offsite.component;

import dev.offsite.ship.Upload;
import java.io.File;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileEndpoint;
import org.apache.camel.component.file.GenericFileOperations;
import org.apache.camel.component.file.GenericFileProcessStrategy;

/**
 * Adds a file that the consumer polled to its job's run. After Camel has written the ledger entry, the run keeps, moves
 * or deletes the file.
 */
public final class ShipFileStrategy implements GenericFileProcessStrategy<File> {

    private OffsiteComponent component;

    public void setComponent(OffsiteComponent component) {
        this.component = component;
    }

    @Override
    public void prepareOnStartup(GenericFileOperations<File> operations, GenericFileEndpoint<File> endpoint) {
        // CrashRecovery cleans up before the first poll.
    }

    @Override
    public boolean begin(
            GenericFileOperations<File> operations,
            GenericFileEndpoint<File> endpoint,
            Exchange exchange,
            GenericFile<File> file) {
        Upload upload = component.services().runs().take(exchange.getFromRouteId(), file.getFile());
        exchange.setProperty(CopyRoute.UPLOAD, upload);
        return upload != null;
    }

    @Override
    public void abort(
            GenericFileOperations<File> operations,
            GenericFileEndpoint<File> endpoint,
            Exchange exchange,
            GenericFile<File> file) {
        rollback(operations, endpoint, exchange, file);
    }

    @Override
    public void commit(
            GenericFileOperations<File> operations,
            GenericFileEndpoint<File> endpoint,
            Exchange exchange,
            GenericFile<File> file) {
        Upload upload = CopyRoute.upload(exchange);
        try {
            // Camel has just added it, or could not and did not say so.
            if (!component.services().ledger().contains(upload.job(), upload.source())) {
                throw new IllegalStateException("the ledger did not take it");
            }
        } catch (RuntimeException | Error e) {
            upload.run().failed(upload, e);
            return;
        }
        upload.run().shipped(upload);
    }

    @Override
    public void rollback(
            GenericFileOperations<File> operations,
            GenericFileEndpoint<File> endpoint,
            Exchange exchange,
            GenericFile<File> file) {
        Upload upload = CopyRoute.upload(exchange);
        if (upload == null) {
            return;
        }
        Exception cause = exchange.getException() != null
                ? exchange.getException()
                : exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Exception.class);
        upload.run().failed(upload, cause != null ? cause : new IllegalStateException("it was not shipped"));
    }
}
