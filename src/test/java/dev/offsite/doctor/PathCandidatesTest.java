package dev.offsite.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.job.SshPath;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathCandidatesTest {

    @ParameterizedTest
    @CsvSource({
        "/db/x/y, /srv/chroot/db/x/y, /:/srv/chroot",
        "/share/db/x, /volume1/share/db/x, /:/volume1",
        "/home/db/x, /volume1/homes/me/db/x, /home:/volume1/homes/me",
        "/home/me/db/x, /db/x, /home/me:/",
        "/db/x, /db/x, ''",
    })
    void whatTwoPathsOfAFileDifferInMapsOneToTheOther(String sftp, String command, String setting) {
        SshPath path = PathCandidates.between(sftp, command).orElseThrow();

        assertThat(path).hasToString(setting);
        assertThat(path.ofCommand(sftp)).isEqualTo(command);
    }

    @Test
    void whatCannotBeWrittenIntoTheConfigurationIsNoCandidate() {
        assertThat(PathCandidates.between("/a:b/x", "/c/x")).isEmpty();
        assertThat(PathCandidates.between("/x", "/{{env:HOME}}/x")).isEmpty();
    }

    @Test
    void theConfiguredPathComesFirstThenTheSameThenTheHome() {
        SshPath configured = SshPath.parse("/a:/b");

        assertThat(PathCandidates.of(configured, "/sftp/home", Optional.of("/srv/me")))
                .startsWith(configured, SshPath.SAME, SshPath.parse("/:."), SshPath.parse("/sftp/home:."))
                .contains(
                        SshPath.parse("/sftp/home:/srv/me"),
                        SshPath.parse("/:/srv/me"),
                        SshPath.parse("/:/srv"),
                        SshPath.parse("/:/volume1"))
                .doesNotHaveDuplicates();
    }
}
