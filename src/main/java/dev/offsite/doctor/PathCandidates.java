package dev.offsite.doctor;

import dev.offsite.job.SshPath;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Guesses where a command finds what SFTP shows at a path. A guess must be verified by hashing a file through it. */
final class PathCandidates {

    /** Where NAS makers keep what SFTP shows as {@code /}. */
    private static final List<String> OF_NAS = List.of(
            "/volume1", "/volume2", "/share", "/shares", "/mnt", "/mnt/data", "/data", "/srv", "/home", "/chroot");

    private PathCandidates() {}

    /** The guesses that need no search, likeliest first; the two homes are the initial folders after a login. */
    static List<SshPath> of(SshPath configured, String sftpHome, Optional<String> shellHome) {
        Set<SshPath> candidates = new LinkedHashSet<>(List.of(configured, SshPath.SAME, new SshPath("", ".")));
        if (!sftpHome.equals("/") && sftpHome.startsWith("/")) {
            candidates.add(new SshPath(sftpHome, "."));
            candidates.add(new SshPath(sftpHome, ""));
        }
        shellHome.ifPresent(home -> {
            if (!sftpHome.equals("/") && sftpHome.startsWith("/")) {
                candidates.add(new SshPath(sftpHome, home));
            }
            for (String folder = home; !folder.isEmpty(); folder = folder.substring(0, folder.lastIndexOf('/'))) {
                candidates.add(new SshPath("", folder));
            }
        });
        OF_NAS.forEach(folder -> candidates.add(new SshPath("", folder)));
        return candidates.stream().filter(PathCandidates::writable).toList();
    }

    /** Maps one absolute path of a file to the other, without the components that both share at the end. */
    static Optional<SshPath> between(String sftp, String found) {
        List<String> one = new ArrayList<>(List.of(sftp.split("/")));
        List<String> other = new ArrayList<>(List.of(found.split("/")));
        while (one.size() > 1 && other.size() > 1 && one.get(one.size() - 1).equals(other.get(other.size() - 1))) {
            one.remove(one.size() - 1);
            other.remove(other.size() - 1);
        }
        SshPath path = new SshPath(String.join("/", one), String.join("/", other));
        return Optional.of(path).filter(PathCandidates::writable);
    }

    /** Whether it keeps its meaning when it is written to the configuration and read again. */
    private static boolean writable(SshPath path) {
        return path.equals(SshPath.SAME)
                || (!path.toString().contains("{")
                        && SshPath.parse(path.toString()).equals(path));
    }
}
