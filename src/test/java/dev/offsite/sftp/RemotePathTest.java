package dev.offsite.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RemotePathTest {
    @ParameterizedTest
    @CsvSource({
        "/srv/x, /srv/x, false",
        "sftp:/srv/x, /srv/x, false",
        "/srv/x/, /srv/x, true",
        "/srv///x//, /srv/x, true",
        "/, /, true",
        "/srv/...x, /srv/...x, false",
        "/srv/a:b, /srv/a:b, false"
    })
    void isAbsolute(String text, String path, boolean into) {
        assertThat(RemotePath.parse(text)).isEqualTo(new RemotePath(path, into));
    }

    @ParameterizedTest
    @CsvSource({
        "srv/x, /srv/srv/x",
        "sftp:srv/x, /srv/srv/x",
        "sftp://host/srv, sftp:/path",
        "/srv/../x, '. or ..'",
        "/srv/./x, '. or ..'",
        "/.., '. or ..'",
        "'', not absolute"
    })
    void anythingElseIsRefusedWithAHint(String text, String hint) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RemotePath.parse(text))
                .withMessageContaining(hint);
    }

    @Test
    void hasAName() {
        assertThat(RemotePath.parse("/srv/x/").name()).isEqualTo("x");
    }
}
