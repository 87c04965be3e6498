package dev.offsite.restore;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.job.SshPath;
import dev.offsite.job.Target;
import dev.offsite.proof.HashProgram;
import dev.offsite.proof.Proof;
import dev.offsite.transfer.Bandwidth;
import dev.offsite.transfer.Connections;
import dev.offsite.transfer.RemoteSessions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;

/** An embedded server and sessions to it. */
final class Remote implements AutoCloseable {

    private final EmbeddedServer server;
    private final CamelContext context = new DefaultCamelContext();
    private final RemoteSessions sessions;

    Remote(Path folder) throws IOException {
        server = EmbeddedServer.start(folder);
        Connections connections = new Connections(false, new Bandwidth(""));
        connections.setCamelContext(context);
        sessions = connections
                .to(new Target(
                        server.host(),
                        server.port(),
                        server.user(),
                        server.key(),
                        null,
                        null,
                        server.knownHosts(),
                        Proof.READBACK,
                        SshPath.SAME,
                        HashProgram.AUTO))
                .sessions();
    }

    RemoteSessions sessions() {
        return sessions;
    }

    EmbeddedServer server() {
        return server;
    }

    /** A file on the server, below its root. */
    Path file(String name) throws IOException {
        Path file = server.files().resolve(name);
        Files.createDirectories(file.getParent());
        return file;
    }

    @Override
    public void close() throws IOException {
        sessions.close();
        context.stop();
        server.close();
    }
}
