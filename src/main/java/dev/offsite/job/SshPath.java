package dev.offsite.job;

/**
 * Where a command on the server finds what SFTP shows at a path: they differ behind a chroot ({@code /} is {@code
 * /srv/chroot} there) and on many NAS ({@code /share} is {@code /volume1/share}).
 *
 * @param sftp the beginning of a path over SFTP, absolute and without a slash at its end; empty for all paths
 * @param ssh what stands in its place for a command, without a slash at its end; may be relative
 */
public record SshPath(String sftp, String ssh) {

    /** The same on both ways. */
    public static final SshPath SAME = new SshPath("", "");

    /**
     * Reads it as it is configured: {@code <path over SFTP>:<path for a command>}, such as {@code /:/srv/chroot}.
     *
     * @throws IllegalArgumentException if it is no such pair
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

    /** What a command calls the file that SFTP has at this path; the path itself where it does not begin so. */
    public String ofCommand(String path) {
        return path.startsWith(sftp + "/") ? ssh + path.substring(sftp.length()) : path;
    }

    /** As it is configured; empty where both are the same. */
    @Override
    public String toString() {
        return equals(SAME) ? "" : (sftp.isEmpty() ? "/" : sftp) + ":" + (ssh.isEmpty() ? "/" : ssh);
    }
}
