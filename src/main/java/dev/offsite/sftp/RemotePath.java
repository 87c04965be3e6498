package dev.offsite.sftp;

import java.util.List;

/**
 * A place on the server, as it is given on the command line.
 *
 * @param path absolute, without a slash at its end (but {@code /} itself)
 * @param into whether it was written with a slash at its end: then it is a folder, to put a file into
 */
public record RemotePath(String path, boolean into) {

    /** What it may begin with, to tell it from a local one. */
    public static final String SCHEME = "sftp:";

    /**
     * Reads {@code /srv/x} or {@code sftp:/srv/x}.
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

    /** The last part. */
    public String name() {
        return name(path);
    }

    /** The last part of a path. */
    public static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** The folder that a path is in; empty for what is in {@code /}. */
    public static String parent(String path) {
        return path.substring(0, path.lastIndexOf('/'));
    }

    /** The path of a name below a folder; an empty name is the folder itself. */
    public static String below(String folder, String name) {
        return name.isEmpty() ? folder : (folder.equals("/") ? "" : folder) + "/" + name;
    }
}
