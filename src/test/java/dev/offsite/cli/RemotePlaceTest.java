package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.offsite.sftp.RemotePath;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RemotePlaceTest {

    @ParameterizedTest
    @CsvSource({
        "me@host:/srv/x, me, host, 0, /srv/x, false",
        "me@host:/srv/x/, me, host, 0, /srv/x, true",
        "host:/srv/x, , host, 0, /srv/x, false",
        "me@host:/, me, host, 0, /, true",
        "me@host:/srv/a b:c@d, me, host, 0, /srv/a b:c@d, false",
        "me@host:/srv/~, me, host, 0, /srv/~, false",
        "me@host:/srv/50%25, me, host, 0, /srv/50%25, false",
        "me@example.org@host:/srv, me@example.org, host, 0, /srv, false",
        "DOM\\me@host:/srv, DOM\\me, host, 0, /srv, false",
        "me@[::1]:/srv, me, ::1, 0, /srv, false",
        "[fe80::1%eth0]:/srv, , fe80::1%eth0, 0, /srv, false",
        "me@nas:/srv, me, nas, 0, /srv, false",
        "sftp://me@host/srv/x/, me, host, 0, /srv/x, true",
        "sftp://me@host:2222/srv, me, host, 2222, /srv, false",
        "sftp://host/srv, , host, 0, /srv, false",
        "sftp://me@[::1]:2222/srv, me, ::1, 2222, /srv, false",
        "sftp://me%40example.org@host/srv/a%20b%25%C3%BC, me@example.org, host, 0, /srv/a b%ü, false",
        "sftp://me@host/srv/a:b@c?d#e, me, host, 0, /srv/a:b@c?d#e, false",
        "sftp://me@host/, me, host, 0, /, true"
    })
    void namesAServer(String text, String user, String host, int port, String path, boolean into) {
        assertThat(RemotePlace.parse(text)).isEqualTo(new RemotePlace(user, host, port, new RemotePath(path, into)));
        assertThat(RemotePlace.isLikely(text)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"/srv/x, /srv/x", "sftp:/srv/x, /srv/x", "/srv/me@host:/x, /srv/me@host:/x", "sftp:/a:b, /a:b"})
    void orAPathAlone(String text, String path) {
        assertThat(RemotePlace.parse(text)).isEqualTo(new RemotePlace(null, null, 0, new RemotePath(path, false)));
        assertThat(RemotePlace.isLikely(text)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "me@host, no path",
        "me@host/srv, no path",
        "me@host:, no absolute path",
        "me@host:reports, /srv/reports",
        "me@host:2222:/srv, write a port as in sftp://me@host:2222/srv",
        "me@host:~, not at ~",
        "me@host:~/x, not at ~",
        "me@host:/~/x, not at ~",
        "sftp://me@host/~/x, not at ~",
        "sftp://me@host, no absolute path",
        "@host:/srv, no user",
        "sftp://@host/srv, no user",
        "me@:/srv, names no server",
        ":/srv, names no server",
        "sftp:///srv, names no server",
        "sftp://me@:22/srv, names no server",
        "me@ho st:/srv, no name or address",
        "me@[nonsense]:/srv, no name or address",
        "sftp://me@host:0/srv, no port",
        "sftp://me@host:/srv, no port",
        "sftp://me@host:65536/srv, no port",
        "sftp://me@host:ssh/srv, no port",
        "sftp://me@host/srv/50%, %25",
        "sftp://me@host/srv/%zz, %25",
        "sftp://me@host/srv/%00, %25",
        "sftp://me@host/srv/%ff, %25",
        "me@host:/srv/../etc, . or ..",
        "sftp://me@host/srv/%2e%2e/etc, . or ..",
        "C:\\reports, no path on a server",
        "report.pdf, not absolute",
        "'', not absolute"
    })
    void anythingElseIsRefusedWithAHint(String text, String hint) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RemotePlace.parse(text))
                .withMessageContaining(hint);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sftp://me:secret@host/srv", "sftp://me:secret@x@host:1/srv"})
    void aPasswordIsNeverRepeated(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RemotePlace.parse(text))
                .withMessageContaining("no password")
                .withMessageNotContaining("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"db", "db:prod", "my job", "db-2.x", "[db]", "me@work"})
    void theNameOfAJobLooksLikeNone(String text) {
        assertThat(RemotePlace.isLikely(text)).isFalse();
    }
}
