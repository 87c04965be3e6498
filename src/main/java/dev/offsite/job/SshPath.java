package dev.offsite.job;

/**
 * Maps SFTP paths to paths for commands on the server. They differ behind a chroot (SFTP's {@code /} may be {@code
 * /srv/chroot}) and on many NAS ({@code /share} is {@code /volume1/share}).
 *
 * @param sftp prefix of an absolute SFTP path, without a trailing slash; empty for all paths
 * @param ssh its replacement for commands, without a trailing slash; may be relative
 */
public record SshPath(String sftp, String ssh) {

    public static final SshPath SAME = new SshPath("", "");

    /**
     * Parses the configured form, {@code <path over SFTP>:<path for a command>}, such as {@code /:/srv/chroot}.
     *
     * @throws IllegalArgumentException if it does not have this form
     */
    public static SshPath parse(String text) {
        if (text == null || text.isEmpty()) {
            return SAME;
        }
        int colon = text.indexOf(':');
        if (colon < 0 || !text.startsWith("/") || colon == text.length() - 1 || text.charAt(colon + 1) == '-') {
            throw new IllegalArgumentException(
                    "'%s' is not <path over SFTP>:<path for a command>, such as /:/srv/chroot".formatted(text));
        }
        return new SshPath(withoutSlash(text.substring(0, colon)), withoutSlash(text.substring(colon + 1)));
    }

    private static String withoutSlash(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    /** The path for a command; unchanged if it does not start with the prefix. */
    public String ofCommand(String path) {
        return path.startsWith(sftp + "/") ? ssh + path.substring(sftp.length()) : path;
    }

    /** As in the configuration; empty if both are the same. */
    @Override
    public String toString() {
        return sftp.isEmpty() && ssh.isEmpty() ? "" : (sftp.isEmpty() ? "/" : sftp) + ":" + (ssh.isEmpty() ? "/" : ssh);
    }
}
