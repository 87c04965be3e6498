package dev.offsite.transfer;

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

    /** Header that is true when the file goes over several connections instead. */
    static final String SEGMENTS = "OffsiteSegments";

    @Override
    public void process(Exchange exchange) throws Exception {
        Copy copy = Copy.of(exchange);
        OpenFolder folder = copy.run().folder(copy);
        folder.makeFolderOf(copy.name());
        copy.run().takeSlot(copy);

        Message message = exchange.getMessage();
        message.setHeader(SEGMENTS, Segments.worthwhile(exchange));
        message.setBody(copy.open(folder));
        message.setHeader(ENDPOINT, copy.run().connection().sftp());
        // Not CamelFileName: that would change what the file consumer takes for the file's name.
        message.setHeader(Exchange.OVERRULE_FILE_NAME, RemoteSession.literal(copy.part()));
    }
}
