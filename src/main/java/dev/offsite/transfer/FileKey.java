package dev.offsite.transfer;

import java.io.File;
import org.apache.camel.Exchange;
import org.apache.camel.component.file.GenericFile;

/**
 * The key of a polled file in the ledger, as {@link Ledger#key} has it. Simple's own way to the methods of a file looks them
 * up by reflection again for each file and each poll, which takes longer than all else about a file that is known.
 */
public final class FileKey {

    private String destination = "";

    /** Where the job's copies go, as {@code Job.destination()} has it. */
    public void setDestination(String destination) {
        this.destination = destination;
    }

    /** That of the file which the exchange carries. */
    public String of(Exchange exchange) {
        GenericFile<?> polled = exchange.getProperty(Exchange.FILE_EXCHANGE_FILE, GenericFile.class);
        return Ledger.key(destination, (File) polled.getFile(), polled.getLastModified(), polled.getFileLength());
    }
}
