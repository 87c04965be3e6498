package dev.offsite.demo;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.sshd.common.util.threads.ThreadUtils;
import org.apache.sshd.server.command.AbstractCommandSupport;

/** Runs one command of the embedded server on its own thread. */
public final class ExecChannel extends AbstractCommandSupport {
    private final EmbeddedServer.Exec exec;
    private final Path root;

    ExecChannel(String command, EmbeddedServer.Exec exec, Path root) {
        super(command, ThreadUtils.newSingleThreadExecutor("exec")); // the default name repeats the command
        this.exec = exec;
        this.root = root;
    }

    @Override
    public void run() {
        try {
            EmbeddedServer.Exec.Result result = exec.run(getCommand(), root);
            write(getOutputStream(), result.stdout());
            write(getErrorStream(), result.stderr());
            if (result.status() == EmbeddedServer.Exec.Result.DROPPED) {
                // Close gracefully, so that pending output is still sent.
                getSession().close(false);
            } else {
                onExit(result.status());
            }
        } catch (IOException | RuntimeException e) {
            log.debug("Command failed, dropping the connection", e);
            getSession().close(true);
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
