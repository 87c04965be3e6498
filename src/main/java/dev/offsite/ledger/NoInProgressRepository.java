package dev.offsite.ledger;

import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.support.service.ServiceSupport;

/**
 * Takes no file for being in progress: there is no poll before the files of the last one are done. Camel's own would never forget
 * a name with a backslash, because it adds the name as it is and removes it with slashes.
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
