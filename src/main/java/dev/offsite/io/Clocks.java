package dev.offsite.io;

import java.time.Clock;
import java.time.ZoneId;
import org.apache.camel.CamelContext;

/** The clock of a context: the one that is bound in its registry, else the system's. */
public final class Clocks {

    private Clocks() {}

    /** Never null. */
    public static Clock of(CamelContext context) {
        Clock bound = context.getRegistry().findSingleByType(Clock.class);
        return bound == null ? Clock.system(ZoneId.systemDefault()) : bound;
    }
}
