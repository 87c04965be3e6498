package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offsite.metrics.HttpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpSettingsTest {

    @TempDir
    private Path folder;

    private static List<String> problems(String host, String file) {
        return HttpSettings.problems(
                Map.of("offsite.http.port", "9464", "offsite.http.host", host, "offsite.http.password-file", file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.8.0.1", "::1", "localhost", "LOCALHOST"})
    void thisMachineNeedsNoPassword(String host) {
        assertThat(problems(host, "")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0.0.0.0", "::", "192.0.2.1", "backup.example.org", "localhost.example.org", "127.0.0.1.example"
            })
    void anotherAddressNeedsOne(String host) throws IOException {
        Path file = Files.writeString(folder.resolve("password"), "me:secret\n");

        assertThat(problems(host, "")).singleElement().asString().contains("offsite.http.host", host, "password-file");
        assertThat(problems(host, file.toString())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret", ":secret", "me:", "\nme:secret"})
    void thePasswordFileHasAUserAndAPassword(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("password"), text);

        assertThat(problems("127.0.0.1", file.toString()))
                .singleElement()
                .asString()
                .contains("user:password")
                .doesNotContain("secret");
    }

    @Test
    void aPasswordFileAloneDoesNothing() {
        assertThat(HttpSettings.problems(Map.of("offsite.http.password-file", "/etc/offsite/http")))
                .singleElement()
                .asString()
                .contains("offsite.http.port");
    }

    @Test
    void aPortThatIsTakenIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> HttpSettings.checkFree(
                            new HttpAddress("127.0.0.1", taken.getLocalPort(), Optional.empty())))
                    .isInstanceOf(CommandException.class)
                    .hasMessageContainingAll("offsite.http.port", "127.0.0.1:" + taken.getLocalPort());
        }
    }
}
