package dev.offsite.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostNameTest {

    @ParameterizedTest
    @CsvSource({
        "backup.example.org, backup.example.org",
        "backup_1, backup_1",
        "192.0.2.7, 192.0.2.7",
        "2001:db8::7, 2001:db8::7",
        "[2001:db8::7], 2001:db8::7",
        "::ffff:192.0.2.7, ::ffff:192.0.2.7",
        "fe80::1%eth0, fe80::1%eth0",
        "[fe80::1%eth0], fe80::1%eth0"
    })
    void isANameOrAnAddress(String written, String host) {
        assertThat(HostName.parse(written)).isEqualTo(host);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sftp://backup.example.org|write host=backup.example.org",
                "ssh://me:geheim@backup.example.org:2222/srv|write host=backup.example.org, port=2222, user=me",
                "sftp://[2001:db8::7]:22|write host=2001:db8::7, port=22",
                "backup.example.org:2222|write host=backup.example.org, port=2222",
                "[::1]:2222|write host=::1, port=2222",
                "me@backup.example.org|write host=backup.example.org, user=me",
                "backup.example.org/srv|write host=backup.example.org",
                "\"backup\"|is no name or address",
                "a b|is no name or address",
                "-oProxyCommand=x|is no name or address",
                "1:2:3|is no name or address",
                "[backup]|is no name or address",
                "http://|is no name or address"
            })
    void anythingElseIsRefusedWithWhatToWrite(String written, String problem) {
        assertThatThrownBy(() -> HostName.parse(written))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(problem)
                .hasMessageNotContaining("geheim");
    }
}
