package dev.offsite.sftp;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A path on the server, as given on the command line.
 *
 * @param path absolute, without a trailing slash (except {@code /} itself)
 * @param into whether it was given with a trailing slash, meaning a folder to put a file into
 */
public record RemotePath(String path, boolean into) {

    /** Optional prefix that marks a path as remote. */
    public static final String SCHEME = "sftp:";

    /**
     * Parses {@code /srv/x} or {@code sftp:/srv/x}.
     *
     * @throws IllegalArgumentException if it is not absolute, or has a {@code .} or {@code ..} part
     */
    public static RemotePath parse(String text) {
        String path = text.startsWith(SCHEME) ? text.substring(SCHEME.length()) : text;
        if (text.startsWith(SCHEME + "//")) {
            throw new IllegalArgumentException(
                    "'%s': the server is the one of the configuration (or of --job), so leave it out: sftp:/path"
                            .formatted(text));
        }
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException(
                    "'%s' is not absolute: say where on the server it is, from / on, such as /srv/%s"
                            .formatted(text, path));
        }
        for (String part : List.of(path.split("/"))) {
            if (part.equals(".") || part.equals("..")) {
                throw new IllegalArgumentException("'%s' has a . or .. in it: write the path without".formatted(text));
            }
        }
        String plain = path.replaceAll("/+", "/");
        boolean into = plain.endsWith("/");
        return new RemotePath(into && plain.length() > 1 ? plain.substring(0, plain.length() - 1) : plain, into);
    }

    public String name() {
        return name(path);
    }

    public static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** Whether a file or folder can have this name. */
    static boolean isName(String name) {
        return !name.isEmpty()
                && !name.equals(".")
                && !name.equals("..")
                && name.indexOf('/') < 0
                && name.indexOf('\0') < 0;
    }

    /** The parent folder; empty for an entry of {@code /}. */
    public static String parent(String path) {
        return path.substring(0, path.lastIndexOf('/'));
    }

    /** The path of a name in a folder; for an empty name, the folder itself. */
    public static String below(String folder, String name) {
        return name.isEmpty() ? folder : (folder.equals("/") ? "" : folder) + "/" + name;
    }

    /** The folders above a relative path, outermost first: {@code a} and {@code a/b} for {@code a/b/c}. */
    public static List<String> parents(String name) {
        return IntStream.range(0, name.length())
                .filter(i -> name.charAt(i) == '/')
                .mapToObj(slash -> name.substring(0, slash))
                .toList();
    }
}
