package dev.offsite.component;

import dev.offsite.sftp.SftpSession;
import dev.offsite.ship.DatedFolderWriter;
import dev.offsite.ship.Upload;
import dev.offsite.upload.SmallFileBatch;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/**
 * Before the upload of one file that does not go with others: its folder on the target is there, the body is the file as a stream that hashes what
 * is read, and the name to upload to is the temporary one.
 */
public final class UploadProcessor implements Processor {

    /** Header that tells the route which camel-ftp endpoint to use. */
    static final String ENDPOINT = "OffsiteSftp";

    /** Header that tells the route how the file goes: by {@link #GROUP}, {@link #SEGMENTS} or {@link #ALONE}. */
    static final String WAY = "OffsiteWay";

    /** With other small files, over one connection. */
    static final String GROUP = "group";

    /** In pieces, over several connections. */
    static final String SEGMENTS = "segments";

    /** Over camel-ftp's endpoint. */
    static final String ALONE = "alone";

    @Override
    public void process(Exchange exchange) throws Exception {
        Upload copy = Upload.of(exchange);
        DatedFolderWriter folder = copy.run().folder(copy);
        Message message = exchange.getMessage();
        if (SmallFileBatch.worthwhile(exchange)) {
            message.setHeader(WAY, GROUP);
            return;
        }
        folder.makeFolderOf(copy.name());
        copy.run().takeSlot(copy);
        try {
            message.setHeader(WAY, SegmentsProcessor.worthwhile(exchange) ? SEGMENTS : ALONE);
            message.setBody(copy.open(folder));
        } catch (Exception e) {
            copy.run().giveSlot(copy);
            throw e;
        }
        message.setHeader(ENDPOINT, copy.run().connection().sftp());
        // Not CamelFileName: that would change what the file consumer takes for the file's name.
        message.setHeader(Exchange.OVERRULE_FILE_NAME, SftpSession.literal(copy.part()));
    }
}
