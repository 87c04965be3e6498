package dev.offsite.support.servers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.config.keys.AuthorizedKeysAuthenticator;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;

/** MINA's SFTP server with its defaults, as a program: {@code MinaServer PORT FOLDER}. Commands are not run. */
final class MinaServer {

    private MinaServer() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Path.of(arguments[1]);
        SshServer server = SshServer.setUpDefaultServer();
        server.setHost("127.0.0.1");
        server.setPort(Integer.parseInt(arguments[0]));
        server.setKeyPairProvider(new FileKeyPairProvider(ServerAccount.KEY_TYPES.stream()
                .map(type -> folder.resolve("host_" + type))
                .toList()));
        server.setPublickeyAuthenticator(new AuthorizedKeysAuthenticator(folder.resolve("home/.ssh/authorized_keys")));
        server.setSubsystemFactories(List.of(new SftpSubsystemFactory()));
        server.start();
        new CountDownLatch(1).await();
    }
}
