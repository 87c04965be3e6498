package dev.offsite.component;

import dev.offsite.ship.Upload;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** After the upload of one file, whether it went well or not: another may have its place on the link. */
public final class UploadEnd implements Processor {

    @Override
    public void process(Exchange exchange) {
        Upload copy = Upload.of(exchange);
        copy.run().giveSlot(copy);
    }
}
