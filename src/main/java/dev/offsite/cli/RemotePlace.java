package dev.offsite.cli;

import dev.offsite.io.Text;
import dev.offsite.job.HostName;
import dev.offsite.sftp.RemotePath;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A path on a server, as given on the command line, with or without the server.
 *
 * @param user null if it is not given
 * @param host name, address or alias, without brackets; null if no server is given
 * @param port 0 if it is not given
 */
record RemotePlace(String user, String host, int port, RemotePath path) {

    private static final String URL = RemotePath.SCHEME + "//";

    /** As some programs have it; scp has no such form. */
    private static final Pattern PORT_AND_PATH = Pattern.compile("[0-9]{1,5}:/.*", Pattern.DOTALL);

    /** As scp takes it: what is before the first colon, unless that is in brackets or a slash comes earlier. */
    private static final Pattern SCP = Pattern.compile("(?:([^/:]*)@)?(\\[[^]/]*]|[^/:\\[]*):(.*)", Pattern.DOTALL);

    private static final Pattern AUTHORITY = Pattern.compile("(?:(.*)@)?(\\[[^]]*]|[^:]*)(?::(.*))?", Pattern.DOTALL);
    private static final Pattern HOME = Pattern.compile("/*~(/.*)?", Pattern.DOTALL);
    private static final Pattern OF_WINDOWS = Pattern.compile("[A-Za-z]:\\\\.*", Pattern.DOTALL);

    /** What cannot be the name of a job, or is not likely to be one. */
    private static final Pattern PLACE =
            Pattern.compile("(sftp:|/|[^/:]*@[^/]*:|(\\[[^]/]*]|[^/:\\[]+):[/~]).*", Pattern.DOTALL);

    /** Whether it looks like a place, where the name of a job could stand too. */
    static boolean isLikely(String text) {
        return PLACE.matcher(text).matches();
    }

    /**
     * Parses {@code user@host:/path}, {@code sftp://user@host:port/path}, {@code /path} or {@code sftp:/path}.
     *
     * @throws IllegalArgumentException if it is none of these; the message says what to write instead
     */
    static RemotePlace parse(String text) {
        if (text.startsWith(URL)) {
            return url(text);
        }
        Matcher scp = SCP.matcher(text);
        if (text.startsWith(RemotePath.SCHEME) || !scp.matches()) {
            if (!text.startsWith("/") && text.contains("@")) {
                throw new IllegalArgumentException("'%s' has no path: write user@host:/path".formatted(line(text)));
            }
            return new RemotePlace(null, null, 0, RemotePath.parse(text));
        }
        if (OF_WINDOWS.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "'%s' is no path on a server: write user@host:/path".formatted(line(text)));
        }
        String host = scp.group(2);
        if (host.isEmpty()) {
            throw noServer(text);
        }
        return of(text, scp.group(1), host, 0, scp.group(3));
    }

    private static RemotePlace url(String text) {
        String rest = text.substring(URL.length());
        int slash = rest.indexOf('/');
        Matcher authority = AUTHORITY.matcher(slash < 0 ? rest : rest.substring(0, slash));
        if (authority.matches()
                && authority.group(1) != null
                && authority.group(1).contains(":")) {
            // Not the text: it has the password.
            throw new IllegalArgumentException(
                    "no password on the command line, where others can read it: write sftp://user@host/path");
        }
        if (!authority.matches() || authority.group(2).isEmpty()) {
            throw noServer(text);
        }
        String user = authority.group(1) == null ? null : decoded(text, authority.group(1));
        String path = slash < 0 ? "" : decoded(text, rest.substring(slash));
        return of(text, user, authority.group(2), port(text, authority.group(3)), path);
    }

    private static RemotePlace of(String text, String user, String host, int port, String path) {
        if (user != null && user.isEmpty()) {
            throw new IllegalArgumentException("'%s' has no user before the @".formatted(line(text)));
        }
        if (HOME.matcher(path).matches()) {
            throw new IllegalArgumentException(
                    "'%s': a path on the server begins at /, not at ~: write user@host:/path".formatted(line(text)));
        }
        if (PORT_AND_PATH.matcher(path).matches()) {
            int colon = path.indexOf(':');
            throw new IllegalArgumentException("'%s': write a port as in sftp://%s%s:%s%s"
                    .formatted(
                            line(text),
                            user == null ? "" : user + "@",
                            host,
                            path.substring(0, colon),
                            line(path.substring(colon + 1))));
        }
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException(
                    "'%s' has no absolute path: say where on the server it is, from / on, such as user@host:/srv/%s"
                            .formatted(line(text), line(path)));
        }
        String name = HostName.parse(host);
        return new RemotePlace(user, name, port, RemotePath.parse(path));
    }

    private static IllegalArgumentException noServer(String text) {
        return new IllegalArgumentException(
                "'%s' names no server: write user@host:/path, or /path alone".formatted(line(text)));
    }

    private static int port(String text, String port) {
        if (port == null) {
            return 0;
        }
        if (!port.matches("[0-9]{1,5}") || port.matches("0+") || Integer.parseInt(port) > 65_535) {
            throw new IllegalArgumentException("'%s' has no port from 1 to 65535".formatted(line(text)));
        }
        return Integer.parseInt(port);
    }

    /** Without the escapes of a URL. */
    private static String decoded(String text, String part) {
        String plain;
        try {
            // A plus is itself here, unlike in a form.
            plain = URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw badEscape(text);
        }
        // What is no UTF-8 was replaced.
        if (plain.indexOf('\0') >= 0 || plain.indexOf('\uFFFD') >= 0) {
            throw badEscape(text);
        }
        return plain;
    }

    private static IllegalArgumentException badEscape(String text) {
        return new IllegalArgumentException(
                "'%s' has a %% that escapes nothing: in a URL, write %%25 for %%, or write user@host:/path"
                        .formatted(line(text)));
    }

    private static String line(String text) {
        return Text.line(text);
    }
}
