package dev.offsite.support.servers;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Tests with real servers, which run only with {@code mvn verify -Pservers}. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@EnabledIfSystemProperty(
        named = "offsite.servers",
        matches = "true",
        disabledReason = "real servers are tested with: sudo .ci/install-servers && sudo mvn verify -Pservers")
public @interface RequiresServers {}
