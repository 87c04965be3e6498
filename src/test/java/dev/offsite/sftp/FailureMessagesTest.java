package dev.offsite.sftp;

import static org.assertj.core.api.Assertions.assertThat;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.SftpException;
import dev.offsite.job.Job;
import dev.offsite.prune.PruneException;
import dev.offsite.source.ChangedFileException;
import dev.offsite.support.Fixtures;
import dev.offsite.verify.VerificationException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.stream.Stream;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.component.file.GenericFileOperationFailedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailureMessagesTest {

    private static final Job DB = Fixtures.job("db", "/srv/db", Fixtures.target(2222));

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new TargetException("as it is", null), true, "as it is"),
                Arguments.of(
                        new JSchException("Auth fail for methods 'publickey'"),
                        true,
                        "me@nas:2222 refuses the login: is the key /keys/id right"),
                Arguments.of(new JSchException("invalid privatekey: [B@1"), true, "is its passphrase right?"),
                Arguments.of(
                        new JSchException("java.net.UnknownHostException: nas", new UnknownHostException("nas")),
                        true,
                        "the name nas is unknown here"),
                Arguments.of(
                        new JSchException("x", new ConnectException("Connection refused")),
                        true,
                        "cannot be reached: Connection refused (is the server up"),
                Arguments.of(
                        new JSchException("x", new SocketTimeoutException("connect timed out")),
                        true,
                        "does not answer in time"),
                Arguments.of(new JSchException("timeout: socket is not established"), true, "does not answer in time"),
                Arguments.of(
                        new JSchException("odd\nthing"), true, "the connection to me@nas:2222 failed: odd\\nthing"),
                Arguments.of(
                        new SftpException(ChannelSftp.SSH_FX_PERMISSION_DENIED, "Permission denied"),
                        false,
                        "me@nas:2222 may not write below /srv/db: Permission denied"),
                Arguments.of(
                        new SftpException(ChannelSftp.SSH_FX_FAILURE, "Failure"),
                        false,
                        "me@nas:2222 refuses without a reason"),
                Arguments.of(
                        new SftpException(ChannelSftp.SSH_FX_NO_SUCH_FILE, "No such file"),
                        false,
                        "me@nas:2222 answers: No such file, when asked to write below /srv/db"),
                Arguments.of(
                        new SftpException(4, "x", new SocketException("Broken pipe")),
                        false,
                        "the connection to me@nas:2222 was lost during the transfer"),
                Arguments.of(
                        new SftpException(
                                4,
                                "java.io.IOException: inputstream is closed",
                                new IOException("inputstream is closed")),
                        false,
                        "the connection to me@nas:2222 was lost during the transfer"),
                Arguments.of(
                        new JSchException("channel is not opened."),
                        true,
                        "me@nas:2222 failed: the connection was lost"),
                Arguments.of(
                        new JSchException("SSH_MSG_DISCONNECT: 2 Too many logins "),
                        true,
                        "me@nas:2222 failed: the server ended the connection (it says: Too many logins)"),
                Arguments.of(
                        new VerificationException("cannot run sha256sum", new IOException("Pipe closed")),
                        false,
                        "cannot run sha256sum: the connection was lost"),
                Arguments.of(new VerificationException("the copy differs"), false, "the copy differs"),
                Arguments.of(
                        new VerificationException("cannot run sha256sum", new IOException("no channel")),
                        false,
                        "cannot run sha256sum: no channel"),
                Arguments.of(new PruneException("nothing pruned: x"), false, "nothing pruned: x"),
                Arguments.of(new ChangedFileException("a"), false, "changed while it was being shipped: a"),
                Arguments.of(new NoSuchFileException("/backups/a"), false, "it is gone: /backups/a"),
                Arguments.of(new AccessDeniedException("/backups/a"), false, "it may not be read here: /backups/a"),
                Arguments.of(new NullPointerException("odd"), false, "nullpointerexception: odd"));
    }

    /** These messages are shown in many places. */
    @Test
    void aBrokenChannelIsNotWhatTheServerSays() {
        for (String said : new String[] {"inputstream is closed", "Pipe closed", "session is down"}) {
            SftpException broken = new SftpException(4, "java.io.IOException: " + said, new JSchException(said));
            assertThat(SftpStatusException.of(broken))
                    .hasMessage("the connection was lost")
                    .matches(e -> !e.answered());
        }
        assertThat(SftpStatusException.of(new SftpException(4, "inputstream is closed")))
                .hasMessage("the connection was lost");
        assertThat(SftpStatusException.of(new SftpException(4, "session is down, says the server")))
                .hasMessage("session is down, says the server")
                .matches(SftpStatusException::answered);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void isOneLineThatSaysWhoFailed(Throwable failure, boolean target, String text) {
        for (Throwable as : new Throwable[] {
            failure,
            new GenericFileOperationFailedException("Cannot connect to sftp://nas", failure),
            new CamelExecutionException("x", null, new IllegalStateException(failure))
        }) {
            FailureMessages problem = FailureMessages.of(as, DB);

            assertThat(problem.target()).isEqualTo(target);
            assertThat(problem.message()).contains(text).doesNotContain("\n", Fixtures.SECRET);
        }
    }
}
