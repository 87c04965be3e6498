package dev.offsite.support;

import dev.offsite.bandwidth.BandwidthLimits;
import dev.offsite.demo.EmbeddedServer;
import dev.offsite.job.HashProgram;
import dev.offsite.job.Modes;
import dev.offsite.job.SshPath;
import dev.offsite.job.Target;
import dev.offsite.job.VerificationMethod;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.TargetConnection;
import dev.offsite.sftp.TargetConnections;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;

/** An embedded server and sessions to it. */
public final class Remote implements AutoCloseable {

    private final EmbeddedServer server;
    private final CamelContext context = new DefaultCamelContext();
    private final TargetConnection connection;

    public Remote(Path folder) throws IOException {
        server = EmbeddedServer.start(folder);
        TargetConnections connections = new TargetConnections(false, new BandwidthLimits(""));
        connections.setCamelContext(context);
        connection = connections.to(new Target(
                server.host(),
                server.port(),
                server.user(),
                server.key(),
                null,
                null,
                server.knownHosts(),
                VerificationMethod.READBACK,
                SshPath.SAME,
                HashProgram.AUTO,
                null,
                Modes.KEEP));
    }

    public SftpSessionPool sessions() {
        return connection.sessions();
    }

    public TargetConnection connection() {
        return connection;
    }

    public EmbeddedServer server() {
        return server;
    }

    /** A file on the server, below its root. */
    public Path file(String name) throws IOException {
        Path file = server.files().resolve(name);
        Files.createDirectories(file.getParent());
        return file;
    }

    @Override
    public void close() throws IOException {
        sessions().close();
        context.stop();
        server.close();
    }
}
