package dev.offsite.cluster;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How a node finds the others.
 *
 * @param url of the database, as JDBC has it; empty for a single machine
 * @param passwordFile has the password in its first line
 */
public record ClusterSettings(Optional<String> url, Optional<String> user, Optional<Path> passwordFile) {

    private static final String START = "jdbc:postgresql://";

    public static final ClusterSettings NONE =
            new ClusterSettings(Optional.empty(), Optional.empty(), Optional.empty());

    /** From their texts, which may be empty. */
    public static ClusterSettings of(String url, String user, String passwordFile) {
        return new ClusterSettings(
                Optional.of(url).filter(text -> !text.isBlank()),
                Optional.of(user).filter(text -> !text.isBlank()),
                Optional.of(passwordFile).filter(text -> !text.isBlank()).map(Path::of));
    }

    /** What is wrong with a URL, to be said after its key; empty if nothing is. */
    public static Optional<String> problem(String url) {
        if (!url.startsWith(START)) {
            return Optional.of("must begin with " + START);
        }
        String parameters = url.contains("?") ? url.substring(url.indexOf('?')) : "";
        String address = address(url);
        if (parameters.matches("(?si).*[?&][^=&]*password=.*") || address.contains("@")) {
            return Optional.of("no user or password in it, please: use offsite.cluster.user and"
                    + " offsite.cluster.password-file");
        }
        return address.matches("[^/]+/[^/]+")
                ? Optional.empty()
                : Optional.of("must name a host and a database, such as " + START + "db.example.org/offsite");
    }

    /** Host and database, without parameters. */
    public static String address(String url) {
        String rest = url.startsWith(START) ? url.substring(START.length()) : url;
        return rest.contains("?") ? rest.substring(0, rest.indexOf('?')) : rest;
    }
}
