package dev.offsite.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Properties;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.PropertiesFunction;
import org.apache.camel.support.service.ServiceSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlaceholdersTest {

    private final DefaultCamelContext camel = new DefaultCamelContext();

    @BeforeEach
    void values() {
        Properties properties = new Properties();
        properties.setProperty("plain", "1");
        properties.setProperty("one", "{{plain}}");
        properties.setProperty("two", "a{{one}}b{{plain}}");
        properties.setProperty("name", "plain");
        properties.setProperty("secret", "{{vault:x}}");
        properties.setProperty("round", "{{round}}");
        camel.getPropertiesComponent().setInitialProperties(properties);
        camel.getPropertiesComponent().addPropertiesFunction(new Vault());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no placeholder|no placeholder",
                "{{two}}|a1b1",
                "x{{plain}}{{plain}}y|x11y",
                "{{nothing:default}}|default",
                "{{nothing:{{plain}}}}|1",
                "{{nothing:}}x|x",
                "{{{{name}}}}|1",
                "{{?nothing}}x|x",
                "{{plain:other}}|1",
                "{{vault:x}}|a{{plain}}b}}{{",
                "{{secret}}|a{{plain}}b}}{{",
                "{{secret:}}-{{plain}}|a{{plain}}b}}{{-1",
                "{{env:OFFSITE_NO_SUCH_VARIABLE:d}}|d"
            })
    void areResolvedAndWhatAVaultHoldsIsNot(String text, String resolved) {
        assertThat(Placeholders.resolve(camel, text)).isEqualTo(resolved);
    }

    @ParameterizedTest
    @CsvSource({"{{nothing}}", "{{env:OFFSITE_NO_SUCH_VARIABLE}}", "{{plain", "{{round}}"})
    void withoutAValueTheyFail(String text) {
        assertThatThrownBy(() -> Placeholders.resolve(camel, text)).isInstanceOf(IllegalArgumentException.class);
    }

    /** What would be wrong with Camel's own way. */
    @Test
    void camelResolvesASecretAgain() {
        assertThatThrownBy(() -> camel.resolvePropertyPlaceholders("{{secret}}"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static final class Vault extends ServiceSupport implements PropertiesFunction {
        @Override
        public String getName() {
            return "vault";
        }

        @Override
        public String apply(String name) {
            return "a{{plain}}b}}{{";
        }
    }
}
