package dev.offsite.support;

import java.util.List;
import java.util.Properties;
import org.apache.camel.main.Main;

/** Offsite's routes in a plain camel-main. */
public final class Routes {

    private Routes() {}

    /** Does not start it. The HTTP server on the class path of the tests stays off: by itself it listens for all the world. */
    public static void configure(Main main, Properties properties) {
        List.of("camel.management.enabled", "camel.metrics.enabled", "camel.opentelemetry2.enabled")
                .forEach(key -> properties.putIfAbsent(key, "false"));
        main.setOverrideProperties(properties);
        main.configure().setAutoConfigurationLogSummary(false);
        // Where Camel looks by itself.
        main.configure().setRoutesIncludePattern("classpath:camel/*.camel.yaml");
    }
}
