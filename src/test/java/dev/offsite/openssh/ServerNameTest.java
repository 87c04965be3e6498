package dev.offsite.openssh;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerNameTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            textBlock =
                    """
                    backup.example,      22,   -,     backup.example,        -
                    Backup.Example,      22,   -,     backup.example,        -
                    backup.example,      2222, -,     [backup.example]:2222, backup.example
                    192.0.2.7,           22,   -,     192.0.2.7,             -
                    127.1,               23,   -,     [127.0.0.1]:23,        127.0.0.1
                    2001:db8:0:0:0:0:0:1,22,   -,     2001:db8::1,           -
                    2001:DB8::0:1,       2222, -,     [2001:db8::1]:2222,    2001:db8::1
                    0:0:0:0:0:0:0:0,     22,   -,     ::,                    -
                    1:0:0:2:0:0:0:3,     22,   -,     1:0:0:2::3,            -
                    1:0:2:3:4:5:6:7,     22,   -,     1:0:2:3:4:5:6:7,       -
                    1:2:3:4:5:6:0:0,     22,   -,     1:2:3:4:5:6::,         -
                    ::1,                 22,   -,     ::1,                   -
                    ::ffff:192.0.2.7,    22,   -,     192.0.2.7,             -
                    fe80::1%eth0,        22,   -,     fe80::1%eth0,          -
                    backup.example,      2222, NAS,   nas,                   -
                    """)
    void isWhatOpenSshLooksFor(String host, int port, String alias, String entry, String other) {
        ServerName name = new ServerName(host, port, alias);

        assertThat(name.entry()).isEqualTo(entry);
        assertThat(name.otherEntry().orElse(null)).isEqualTo(other);
    }
}
