package dev.offsite.doctor;

import dev.offsite.job.Target;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** Checks, before anything must be trusted, that an SSH server answers and sends its identification line. */
public final class ServerBannerCheck {

    private static final int TIMEOUT_MILLIS = 10_000;
    /** RFC 4253 limits the identification to 255 characters; other lines may come before it. */
    private static final int MOST_BYTES = 4096;

    private static final String IDENTIFICATION = "SSH-";

    private ServerBannerCheck() {}

    static void check(Target target, Findings findings) {
        InetSocketAddress address = new InetSocketAddress(target.host(), target.port());
        if (address.isUnresolved()) {
            findings.add(
                    Check.REACHABLE,
                    Result.FAIL,
                    "the name %s is unknown here (DNS, or a misspelt host)".formatted(target.host()));
            return;
        }
        String shown = address.getAddress().getHostAddress() + " port " + target.port();
        try (Socket socket = new Socket()) {
            socket.connect(address, TIMEOUT_MILLIS);
            findings.add(Check.REACHABLE, Result.OK, shown);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            greeting(socket.getInputStream(), findings);
        } catch (IOException e) {
            if (!findings.went(Check.REACHABLE)) {
                findings.add(Check.REACHABLE, Result.FAIL, "%s %s".formatted(shown, unreachable(e)));
            } else {
                findings.add(Check.SSH, Result.FAIL, silent(e));
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
        if (e instanceof ConnectException) {
            return "refuses the connection: is its SSH server up, and is that its port?";
        }
        return "cannot be reached: " + e.getMessage();
    }

    private static String silent(IOException e) {
        return e instanceof SocketTimeoutException
                ? "the port is open, but no SSH server speaks there within %d seconds".formatted(TIMEOUT_MILLIS / 1000)
                : "the connection is closed at once: is this address banned there? (%s)".formatted(e.getMessage());
    }

    private static void greeting(InputStream in, Findings findings) throws IOException {
        int left = MOST_BYTES;
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b >= 0 && left-- > 0; b = in.read()) {
            if (b != '\n') {
                line.append(new String(new byte[] {(byte) b}, StandardCharsets.ISO_8859_1));
            } else if (line.toString().startsWith(IDENTIFICATION)) {
                findings.add(Check.SSH, Result.OK, line.toString());
                return;
            } else {
                line.setLength(0);
            }
        }
        findings.add(
                Check.SSH,
                Result.FAIL,
                left == MOST_BYTES
                        ? "the connection is closed at once: is this address banned there?"
                        : "what answers there is no SSH server: is the port right?");
    }
}
