package dev.offsite.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RemoteSessionTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {"/srv/plain, /srv/plain", "/a*b, /a\\*b", "/a?, /a\\?", "/a\\b, /a\\\\b", "/[x]{y}$z, /[x]{y}$z"})
    void whatJschReadsAsAPatternIsEscaped(String path, String literal) {
        assertThat(RemoteSession.literal(path)).isEqualTo(literal);
    }
}
