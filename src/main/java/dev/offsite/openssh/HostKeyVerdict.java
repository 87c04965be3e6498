package dev.offsite.openssh;

import dev.offsite.io.Text;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What known_hosts says of the key that a server showed.
 *
 * @param entry the server's name in known_hosts
 * @param shown type and SHA-256 of the key, as {@code ssh-keygen -l} prints it
 * @param detail the place in known_hosts, or what is wrong with the certificate; empty if there is nothing to say
 * @param files in which it was looked for; at least one
 */
public record HostKeyVerdict(Kind kind, String entry, String shown, String detail, List<Path> files) {

    /** What becomes of the key. */
    public enum Kind {
        /** Only such a server is talked to. */
        TRUSTED,
        UNKNOWN,
        CHANGED,
        REVOKED,
        /** It is certified, and the certificate or its authority is not accepted. */
        BAD_CERTIFICATE,
        /** No key that this side can check. */
        UNUSABLE
    }

    public boolean isTrusted() {
        return kind == Kind.TRUSTED;
    }

    /**
     * Why the server is not trusted, and what to do: one line.
     *
     * @param server the address for the message
     * @param name the server's real name or address
     */
    public String message(String server, String name, int port) {
        String scan = "ssh-keyscan -p %d %s".formatted(port, name);
        Path file = files.get(0);
        return Text.line(
                switch (kind) {
                    case TRUSTED -> "the host key of %s is known: %s".formatted(server, shown);
                    case UNKNOWN ->
                        ("the host key of %s is unknown: it showed %s, %s no line for %s%s. Check the fingerprint on the server, "
                                        + "then add the key: %s >> %s")
                                .formatted(server, shown, filesHave(), entry, also(), scan, file);
                    case CHANGED ->
                        ("the host key of %s has CHANGED: it showed %s, and another is known for %s (%s). If the server was set "
                                        + "up anew, check the fingerprint there, remove the old line (ssh-keygen -R '%s' -f '%s') "
                                        + "and add the new one (%s); if not, somebody may be in between")
                                .formatted(server, shown, entry, detail, entry, file, scan);
                    case REVOKED ->
                        ("the host key of %s is REVOKED: it showed %s, which is marked @revoked (%s). It may be stolen: do not "
                                        + "trust it again; the server needs a new key")
                                .formatted(server, shown, detail);
                    case BAD_CERTIFICATE ->
                        ("the host certificate of %s is not accepted: %s. It showed %s; have the certificate renewed, or check "
                                        + "the line @cert-authority for %s in %s")
                                .formatted(server, detail, shown, entry, file);
                    case UNUSABLE -> "the host key of %s cannot be checked: %s".formatted(server, detail);
                });
    }

    private String filesHave() {
        return files.stream().map(Path::toString).collect(Collectors.joining(" and "))
                + (files.size() == 1 ? " has" : " have");
    }

    private String also() {
        return detail.isEmpty() ? "" : " (%s)".formatted(detail);
    }
}
