package dev.offsite.sftp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SftpSessionTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {"/srv/plain, /srv/plain", "/a*b, /a\\*b", "/a?, /a\\?", "/a\\b, /a\\\\b", "/[x]{y}$z, /[x]{y}$z"})
    void whatJschReadsAsAPatternIsEscaped(String path, String literal) {
        assertThat(SftpSession.literal(path)).isEqualTo(literal);
    }
}
