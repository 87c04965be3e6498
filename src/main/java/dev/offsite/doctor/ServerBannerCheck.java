package dev.offsite.doctor;

import dev.offsite.doctor.CheckRunner.Outcome;
import dev.offsite.job.Target;
import dev.offsite.sftp.login.Tunnel;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;

/** Checks, before anything must be trusted, that an SSH server answers and sends its identification line. */
final class ServerBannerCheck {

    private static final int TIMEOUT_MILLIS = 10_000;
    /** RFC 4253 limits the identification to 255 characters; other lines may come before it. */
    private static final int MOST_BYTES = 4096;

    private static final String IDENTIFICATION = "SSH-";

    private ServerBannerCheck() {}

    /** Where there are jump hosts, the first of them is what this machine reaches. */
    static void check(Target server, Findings findings) {
        Target target =
                server.way().jumps().isEmpty() ? server : server.way().jumps().get(0);
        String via = target.equals(server) ? "" : ", the jump host";
        String shown = "%s port %d%s".formatted(target.host(), target.port(), via);
        try (Socket socket = Tunnel.socket(target)) {
            String address = socket.getInetAddress().getHostAddress();
            findings.add(Check.REACHABLE, Outcome.ok("%s port %d%s".formatted(address, target.port(), via)));
            socket.setSoTimeout(TIMEOUT_MILLIS);
            findings.add(Check.SSH, greeting(socket.getInputStream()));
        } catch (UnknownHostException e) {
            String unknown = "the name %s is unknown here (DNS, or a misspelt host)".formatted(target.host());
            findings.add(Check.REACHABLE, Outcome.fail(unknown));
        } catch (IOException e) {
            if (findings.went(Check.REACHABLE)) {
                findings.add(Check.SSH, Outcome.fail(silent(e)));
            } else {
                findings.add(Check.REACHABLE, Outcome.fail(shown + " " + unreachable(e)));
            }
        }
    }

    private static String unreachable(IOException e) {
        if (e instanceof SocketTimeoutException) {
            return "does not answer: is the server up, and does a firewall let this machine through?";
        }
        if (e instanceof NoRouteToHostException) {
            return "cannot be reached from here: no route";
        }
        return e instanceof ConnectException
                ? "refuses the connection: is its SSH server up, and is that its port?"
                : "cannot be reached: " + e.getMessage();
    }

    private static String silent(IOException e) {
        return e instanceof SocketTimeoutException
                ? "the port is open, but no SSH server speaks there within %d seconds".formatted(TIMEOUT_MILLIS / 1000)
                : "the connection is closed at once: is this address banned there? (%s)".formatted(e.getMessage());
    }

    private static Outcome greeting(InputStream in) throws IOException {
        int left = MOST_BYTES;
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b >= 0 && left-- > 0; b = in.read()) {
            if (b != '\n') {
                line.append((char) b);
            } else if (line.toString().startsWith(IDENTIFICATION)) {
                return Outcome.ok(line.toString());
            } else {
                line.setLength(0);
            }
        }
        return Outcome.fail(
                left == MOST_BYTES
                        ? "the connection is closed at once: is this address banned there?"
                        : "what answers there is no SSH server: is the port right?");
    }
}
