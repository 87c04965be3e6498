package dev.offsite.io;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import org.apache.camel.CamelContext;

/** The clock of a context: the one currently bound in its registry, else the system's. */
public final class Clocks {

    private Clocks() {}

    public static Clock of(CamelContext context) {
        InstantSource source = () -> {
            Clock bound = context.getRegistry().findSingleByType(Clock.class);
            return bound == null ? Instant.now() : bound.instant();
        };
        return source.withZone(ZoneId.systemDefault());
    }
}
