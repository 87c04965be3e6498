package dev.offsite.init;

import dev.offsite.io.Text;
import dev.offsite.job.HostName;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server as somebody types it: {@code host}, {@code user@host}, {@code host:2222}, {@code [fd00::7]:2222}.
 *
 * @param port 0 if it is not given
 */
public record ServerText(Optional<String> user, String host, int port) {

    private static final Pattern TEXT = Pattern.compile(
            "(?:(.+)@)?(\\[[^]]+]|[^:@\\[\\]]+|[0-9a-fA-F]*:[^@\\[\\]]*:[^@\\[\\]]*)(?::([0-9]{1,5}))?");

    private static final int MOST = 65_535;

    /** Fails with {@link IllegalArgumentException}, whose message says what to write instead. */
    public static ServerText parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'%s' is no name or address of a server, such as backup.example.org or 192.0.2.7:2222"
                            .formatted(Text.line(text)));
        }
        int port = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
        if (matcher.group(3) != null && (port == 0 || port > MOST)) {
            throw new IllegalArgumentException("'%s' has no port from 1 to %d".formatted(Text.line(text), MOST));
        }
        return new ServerText(Optional.ofNullable(matcher.group(1)), HostName.parse(matcher.group(2)), port);
    }
}
