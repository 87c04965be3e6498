package dev.offsite.io;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import org.apache.camel.CamelContext;

/** The clock of a context: the one currently bound in its registry, else the system's. */
public final class Clocks {

    private Clocks() {}

    public static Clock of(CamelContext context) {
        return new RegistryClock(context, ZoneId.systemDefault());
    }

    private static final class RegistryClock extends Clock {
        private final CamelContext context;
        private final ZoneId zone;

        RegistryClock(CamelContext context, ZoneId zone) {
            this.context = context;
            this.zone = zone;
        }

        @Override
        public Instant instant() {
            Clock bound = context.getRegistry().findSingleByType(Clock.class);
            return bound == null ? Instant.now() : bound.instant();
        }

        @Override
        public ZoneId getZone() {
            return zone;
        }

        @Override
        public Clock withZone(ZoneId other) {
            return new RegistryClock(context, other);
        }
    }
}
