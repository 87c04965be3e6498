package dev.offsite.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LibraryWordsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "session is down",
                "channel is not opened.",
                "channel is down",
                "channel is broken",
                "inputstream is closed",
                "java.io.IOException: inputstream is closed",
                "Pipe closed",
                "java.io.IOException: Pipe closed",
                "Write end dead",
                "Session.connect: java.io.IOException: End of IO Stream Read",
                "connection is closed by foreign host",
                "java.net.SocketException: Connection reset",
                "Broken pipe (Write failed)",
                "Socket closed",
                "Stream closed",
                "Session is closed",
                "Channel is being closed",
                "Closed"
            })
    void whicheverPartNoticesItTheConnectionWasLost(String said) {
        assertThat(LibraryWords.of(said)).isEqualTo("the connection was lost");
        assertThat(LibraryWords.of(new IOException(said))).isEqualTo("the connection was lost");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "timeout: socket is not established|the server did not answer in time",
                "java.net.SocketTimeoutException: Read timed out|the server did not answer in time",
                "DefaultAuthFuture[auth]: Failed to get operation result within specified timeout: 20000|the server did not answer in time",
                "timeout in waiting for rekeying process.|the server did not answer in time",
                "SSH_MSG_DISCONNECT: 2 Too many authentication failures |the server ended the connection (it says: Too many authentication failures)",
                "SSH_MSG_DISCONNECT: 11 bye\u001b[1m en|the server ended the connection (it says: bye\\u001b[1m en)",
                "failed to send channel request|the server opens no channel for it",
                "DefaultOpenFuture[ChannelExec]: Failed (SshChannelOpenException) to execute: only one|the server opens no channel for it",
                "Packet corrupt|what arrives is damaged on the way, or is not SSH",
                "Permission denied|Permission denied",
                "java.io.IOException: No space left on device|No space left on device",
                "odd|odd"
            })
    void othersAreSaidInWordsOrStayAsTheyAre(String said, String words) {
        assertThat(LibraryWords.of(said.replace("\\u001b", "\u001b"))).isEqualTo(words);
    }

    @Test
    void aFileIsNoMessage() {
        assertThat(LibraryWords.of(new NoSuchFileException("/backups/connection reset timed out")))
                .isEqualTo("/backups/connection reset timed out: no such file or folder");
        assertThat(LibraryWords.of(new IOException())).isEqualTo("IOException");
    }
}
