package dev.offsite.component;

import dev.offsite.ship.ActiveRuns;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.support.service.ServiceSupport;

/**
 * Takes no file for being in progress. Camel would note the files of a poll so that the next one passes them over; here
 * there is no next one before they are done ({@link ActiveRuns#begin}), and Camel never forgets a name with a backslash again,
 * for it notes the name as it is and strikes it out with slashes.
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
