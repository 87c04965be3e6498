package dev.offsite.transfer;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** After the upload of one file, whether it went well or not: another may have its place on the link. */
public final class UploadEnd implements Processor {

    @Override
    public void process(Exchange exchange) {
        Copy copy = Copy.of(exchange);
        copy.run().giveSlot(copy);
    }
}
