package dev.offsite.cli;

import dev.offsite.io.TextFile;
import dev.offsite.job.HostName;
import dev.offsite.job.Setting;
import dev.offsite.metrics.HttpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where the service answers over HTTP, by its configuration. */
final class HttpSettings {

    /** For these no name is looked up. */
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9A-Fa-f:.]*:.*");

    private HttpSettings() {}

    /** Empty if it does not. */
    static Optional<HttpAddress> of(Configuration configuration) {
        Map<String, String> values = configuration.values();
        if (value(values, Setting.HTTP_PORT).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new HttpAddress(
                value(values, Setting.HTTP_HOST),
                Integer.parseInt(value(values, Setting.HTTP_PORT)),
                Optional.of(value(values, Setting.HTTP_PASSWORD_FILE))
                        .filter(file -> !file.isEmpty())
                        .flatMap(HttpSettings::login)));
    }

    private static String value(Map<String, String> values, Setting setting) {
        return values.getOrDefault(setting.globalKey(), "");
    }

    /** @param values of all valid settings, by key */
    static List<String> problems(Map<String, String> values) {
        List<String> problems = new ArrayList<>();
        String host = value(values, Setting.HTTP_HOST);
        String file = value(values, Setting.HTTP_PASSWORD_FILE);
        if (value(values, Setting.HTTP_PORT).isEmpty()) {
            if (!file.isEmpty()) {
                problems.add("%s: does nothing without %s"
                        .formatted(Setting.HTTP_PASSWORD_FILE.globalKey(), Setting.HTTP_PORT.globalKey()));
            }
        } else if (file.isEmpty() && !host.isEmpty() && !isLoopback(host)) {
            problems.add("%s: %s can be reached from other machines: set %s as well, or use 127.0.0.1"
                    .formatted(Setting.HTTP_HOST.globalKey(), host, Setting.HTTP_PASSWORD_FILE.globalKey()));
        } else if (!file.isEmpty() && login(file).isEmpty()) {
            problems.add("%s: the first line of %s is not user:password"
                    .formatted(Setting.HTTP_PASSWORD_FILE.globalKey(), file));
        }
        return problems;
    }

    private static boolean isLoopback(String host) {
        if (!ADDRESS.matcher(host).matches()) {
            return host.equalsIgnoreCase("localhost");
        }
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static Optional<HttpAddress.Login> login(String file) {
        try {
            String line = TextFile.read(Path.of(file)).lines().findFirst().orElse("");
            int colon = line.indexOf(':');
            return colon < 1 || colon == line.length() - 1
                    ? Optional.empty()
                    : Optional.of(new HttpAddress.Login(line.substring(0, colon), line.substring(colon + 1)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Fails with {@link CommandException} if nothing can listen there, such as when another program does. */
    static void checkFree(HttpAddress address) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(address.host()), address.port()));
        } catch (IOException e) {
            throw new CommandException(
                    "%s: nothing can listen on %s (%s): is another program using that port? choose another one"
                            .formatted(
                                    Setting.HTTP_PORT.globalKey(),
                                    HostName.withPort(address.host(), address.port()),
                                    Failures.line(e)));
        }
    }
}
