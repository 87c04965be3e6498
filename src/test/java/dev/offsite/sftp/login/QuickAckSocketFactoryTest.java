package dev.offsite.sftp.login;

import static jdk.net.ExtendedSocketOptions.TCP_QUICKACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offsite.job.Way;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Timeout(30)
class QuickAckSocketFactoryTest {

    private final QuickAckSocketFactory sockets = new QuickAckSocketFactory(Way.PLAIN);
    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private Socket connect() throws IOException {
        return sockets.createSocket(server.getInetAddress().getHostAddress(), server.getLocalPort());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void whatComesIsAcknowledgedAtOnceUntilLoggedIn() throws IOException {
        try (Socket ours = connect();
                Socket theirs = server.accept()) {
            InputStream in = sockets.getInputStream(ours);

            theirs.getOutputStream().write(new byte[] {1, 2});
            ours.setOption(TCP_QUICKACK, false);
            assertThat(in.read(new byte[1], 0, 1)).isEqualTo(1);
            assertThat(ours.getOption(TCP_QUICKACK)).isTrue();

            sockets.loggedIn();
            ours.setOption(TCP_QUICKACK, false);
            assertThat(in.read(new byte[1], 0, 1)).isEqualTo(1);
            assertThat(ours.getOption(TCP_QUICKACK)).isFalse();
        }
    }

    @Test
    void whatIsSentArrivesAndTheEndIsSeen() throws IOException {
        try (Socket ours = connect();
                Socket theirs = server.accept()) {
            theirs.getOutputStream().write("SSH-2.0".getBytes(StandardCharsets.US_ASCII));
            theirs.shutdownOutput();
            sockets.getOutputStream(ours).write(7);

            assertThat(sockets.getInputStream(ours).readAllBytes()).asString().isEqualTo("SSH-2.0");
            assertThat(theirs.getInputStream().read()).isEqualTo(7);
        }
    }

    @Test
    void aHostWithoutAnAddressIsNamed() {
        assertThatThrownBy(() -> sockets.createSocket("no-such-host.invalid", 22))
                .isInstanceOf(UnknownHostException.class)
                .hasMessageContaining("no-such-host.invalid");
    }
}
