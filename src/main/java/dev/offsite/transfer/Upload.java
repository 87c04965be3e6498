package dev.offsite.transfer;

import java.io.File;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/**
 * Before the upload of one file: its folder on the target is there, the body is the file as a stream that hashes what
 * is read, and the name to upload to is the temporary one.
 */
public final class Upload implements Processor {

    /** Header that tells the route which camel-ftp endpoint to use. */
    static final String ENDPOINT = "OffsiteSftp";

    private final Runs runs;

    public Upload(Runs runs) {
        this.runs = runs;
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        Copy copy = copy(exchange);
        OpenFolder folder = copy.run().folder(copy);
        folder.makeFolderOf(copy.name());

        Message message = exchange.getMessage();
        message.setBody(copy.open(folder));
        message.setHeader(ENDPOINT, copy.run().connection().sftp());
        // Not CamelFileName: that would change what the file consumer takes for the file's name.
        message.setHeader(Exchange.OVERRULE_FILE_NAME, RemoteSession.literal(copy.part()));
    }

    /** The one that the exchange carries from the ship route or from an attempt before this, else one of its own. */
    private Copy copy(Exchange exchange) {
        Copy carried = Copy.of(exchange);
        if (carried == null || carried.committed()) {
            return runs.single(exchange);
        }
        boolean polled = exchange.getProperty(Exchange.FILE_EXCHANGE_FILE) != null;
        boolean sameFile = exchange.getMessage().getBody() instanceof HashingStream
                || carried.file().equals(exchange.getMessage().getBody(File.class));
        return polled || sameFile ? carried : runs.single(exchange);
    }
}
