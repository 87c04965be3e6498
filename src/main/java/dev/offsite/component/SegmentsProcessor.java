package dev.offsite.component;

import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.LinkQuality;
import dev.offsite.sftp.UploadPermits;
import dev.offsite.ship.Upload;
import dev.offsite.upload.SegmentPlan;
import dev.offsite.upload.SegmentedUpload;
import java.io.InputStream;
import java.util.function.IntSupplier;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Processor;

/**
 * The upload of one file over several connections, in place of camel-ftp's endpoint, which can write a file over one only.
 * All write at their places into the one part file; its verification is that of any other.
 */
public final class SegmentsProcessor implements Processor {

    /**
     * Whether that is worth it for this copy, on the link to its target. Some servers put what is written in no order together
     * wrongly, or refuse it: where an attempt has failed and the connection was not lost, the next goes over one.
     */
    static boolean worthwhile(Exchange exchange) {
        Upload copy = Upload.of(exchange);
        int parallel = copy.job().parallel();
        Exception before = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Exception.class);
        return (before == null || FailureMessages.lost(before))
                && SegmentPlan.mayBeWorthwhile(copy.size(), parallel)
                && SegmentPlan.worthwhile(copy.size(), copy.run().link(), parallel);
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        Upload copy = Upload.of(exchange);
        UploadPermits slots = copy.run().connection().slots();
        LinkQuality link = copy.run().link();
        IntSupplier lanes = () -> SegmentPlan.lanes(copy.job().parallel(), link, slots.taken());
        try (InputStream file = exchange.getMessage().getBody(InputStream.class)) {
            new SegmentedUpload(copy.run().connection().sessions(), copy.part(), lanes).send(file);
        }
    }
}
