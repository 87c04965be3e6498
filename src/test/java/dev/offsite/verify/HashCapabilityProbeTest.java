package dev.offsite.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.exec.CommandRunner;
import dev.offsite.exec.ExecException;
import dev.offsite.exec.ExecResult;
import dev.offsite.support.Fixtures;
import dev.offsite.support.Things;
import dev.offsite.verify.HashCapabilityProbe.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an answer to a hash command means. */
class HashCapabilityProbeTest {
    private static final String PATH = "/srv/db/.probe.part";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ABSENT | 127 | sh: sha256sum: not found",
                "ABSENT | 1   | \"sha256sum -- '/srv/db/.probe.part' '/srv/db/.probe.part'\" not implemented",
                "ABSENT | 255 | **Error** syntax error before: '/srv/db/.probe.part'",
                "ABSENT | 1   | 'sha256sum' is not recognized as an internal or external command",
                "ABSENT | 1   | % Unknown command: sha256sum -- /srv/db/.probe.part",
                "UNSEEN | 1   | sha256sum: /srv/db/.probe.part: No such file or directory",
                "NO_HASH | 1  | Shell access is disabled !"
            })
    void aRefusalIsNotALostFile(Kind kind, int status, String said) {
        CommandRunner server = answering(new ExecResult(Optional.of(status), "", said));

        assertThat(new HashCapabilityProbe(server, PATH, Things.SHA256)
                        .of(HashCommand.SHA256SUM)
                        .kind())
                .isEqualTo(kind);
    }

    @Test
    void aProbeThatTookTooLongIsRepeatedSoon() throws IOException {
        HashCapabilityProbe busy = new HashCapabilityProbe(
                answering(new ExecResult(Optional.empty(), "", "")), PATH, Things.SHA256, Optional::empty);

        HashCapability capability = busy.search(Fixtures.target(22), Things.THEN);

        assertThat(capability.isNone()).isTrue();
        assertThat(Duration.between(Things.THEN, capability.at().plus(HashCapability.ASK_AGAIN)))
                .isEqualTo(HashCapability.ASK_AGAIN_SOON);
    }

    private static CommandRunner answering(ExecResult answer) {
        return new CommandRunner() {
            @Override
            public ExecResult run(String command, Duration deadline) throws ExecException {
                return answer;
            }
        };
    }
}
