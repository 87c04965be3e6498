package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.job.Setting;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ServerSettingsTest {

    private static final Map<String, String> ENVIRONMENT =
            Map.of("SSH_HOST", "env", "SSH_USER", "ann", "SSH_PORT", "2222", "SSH_KEY", "/env/key");

    private static final Map<Setting, String> CONFIGURED =
            Map.of(Setting.HOST, "conf", Setting.USER, "bob", Setting.KEY, "/conf/key", Setting.PASSWORD, "secret");

    private static Map<String, String> settings(
            String place, Integer port, Map<Setting, String> configured, Map<String, String> environment) {
        Map<String, String> texts = new TreeMap<>();
        ServerSettings.of(RemotePlace.parse(place), port, configured, environment)
                .values()
                .forEach((setting, value) -> texts.put(setting.key(), value.text()));
        return texts;
    }

    @Test
    void theEnvironmentNamesAServer() {
        assertThat(settings("/srv", null, Map.of(), ENVIRONMENT))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("host", "env", "user", "ann", "port", "2222", "key", "/env/key"));
    }

    @Test
    void theCommandLineWins() {
        assertThat(settings("sftp://me@ENV:22/srv", null, Map.of(), ENVIRONMENT))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("host", "ENV", "user", "me", "port", "22", "key", "/env/key"));
        assertThat(settings("/srv", 7, Map.of(), ENVIRONMENT)).containsEntry("port", "7");
    }

    @Test
    void whatIsSaidOfAnotherServerIsNotForThisOne() {
        assertThat(settings("me@other:/srv", null, CONFIGURED, ENVIRONMENT))
                .containsExactlyInAnyOrderEntriesOf(Map.of("host", "other", "user", "me"));
    }

    @Test
    void theConfigurationWinsOverTheEnvironment() {
        assertThat(settings("/srv", null, CONFIGURED, ENVIRONMENT))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("host", "conf", "user", "bob", "key", "/conf/key", "password", "secret"));
    }

    @Test
    void withoutTheNameOfAServerItIsForEach() {
        assertThat(settings(
                        "me@other:/srv", null, Map.of(), Map.of("SSH_KEY", "/key", "SSH_PORT", "23", "SSH_HOST", " ")))
                .containsExactlyInAnyOrderEntriesOf(Map.of("host", "other", "user", "me", "port", "23", "key", "/key"));
        assertThat(settings("/srv", null, Map.of(Setting.KEY, "/conf/key"), ENVIRONMENT))
                .containsEntry("host", "env")
                .containsEntry("key", "/conf/key");
    }

    /** It would be sent to that server. */
    @Test
    void aPasswordIsOnlyForTheServerThatItStandsBeside() {
        Map<Setting, String> configured = Map.of(Setting.PASSWORD, "secret", Setting.PASSWORD_FILE, "/file");

        assertThat(settings("me@other:/srv", null, configured, Map.of()))
                .doesNotContainKeys("password", "password-file");
    }

    @Test
    void withoutAnythingThereIsNoServer() {
        assertThat(settings("/srv", null, Map.of(), Map.of())).isEmpty();
    }
}
