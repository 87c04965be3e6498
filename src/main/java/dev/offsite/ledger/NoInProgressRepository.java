package dev.offsite.ledger;

import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.support.service.ServiceSupport;

/**
 * Never reports a file as in progress, since a poll starts only after the last one's files are done. Camel's own
 * repository would keep names with a backslash forever: it adds them as they are and removes them with slashes.
 */
public final class NoInProgressRepository extends ServiceSupport implements IdempotentRepository {

    @Override
    public boolean add(String key) {
        return true;
    }

    @Override
    public boolean contains(String key) {
        return false;
    }

    @Override
    public boolean remove(String key) {
        return true;
    }

    @Override
    public boolean confirm(String key) {
        return true;
    }

    @Override
    public void clear() {
        // There is nothing to forget.
    }
}
