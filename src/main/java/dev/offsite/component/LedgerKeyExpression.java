package dev.offsite.component;

import dev.offsite.job.Job;
import dev.offsite.ledger.Ledger;
import java.io.File;
import org.apache.camel.Exchange;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.support.ExpressionAdapter;

/**
 * The idempotent key of a polled file, {@link Ledger#key}. In Java, for the consumer asks at each poll for that of each
 * file, and what Simple takes a fraction of a millisecond for, this does at once.
 */
public final class LedgerKeyExpression extends ExpressionAdapter {

    private final Job job;

    LedgerKeyExpression(Job job) {
        this.job = job;
    }

    @Override
    public Object evaluate(Exchange exchange) {
        GenericFile<?> file = exchange.getProperty(Exchange.FILE_EXCHANGE_FILE, GenericFile.class);
        return Ledger.key(job, (File) file.getFile(), file.getLastModified(), file.getFileLength());
    }
}
