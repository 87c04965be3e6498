package dev.offsite.openssh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads a file in the format of ssh_config, with all that it includes. */
final class SshConfigReader {

    /** As OpenSSH. */
    private static final int DEEPEST = 16;

    private static final long MOST_BYTES = 4 << 20;
    private static final int MOST_FILES = 4096;

    private final Surroundings here;
    private int files;

    SshConfigReader(Surroundings here) {
        this.here = here;
    }

    List<SshConfigLine> read(Path file) throws SshConfigException {
        try {
            return read(file, 0);
        } catch (NoSuchFileException e) {
            throw new SshConfigException("there is no file " + file);
        } catch (IOException e) {
            throw new SshConfigException("%s cannot be read: %s".formatted(file, e.getMessage()));
        }
    }

    private List<SshConfigLine> read(Path file, int depth) throws SshConfigException, IOException {
        if (depth > DEEPEST) {
            throw new SshConfigException("%s: Include goes more than %d files deep".formatted(file, DEEPEST));
        }
        if (Files.size(file) > MOST_BYTES || ++files > MOST_FILES) {
            throw new SshConfigException(
                    "%s: this is more than the configuration of ssh can be (%d MiB, or %d files by Include)"
                            .formatted(file, MOST_BYTES >> 20, MOST_FILES));
        }
        checkOwner(file);
        List<SshConfigLine> lines = new ArrayList<>();
        int number = 0;
        // Bytes that are no UTF-8 must not end it: they may be in a comment.
        for (String text : new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\n", -1)) {
            number++;
            SshConfigLine line = SshConfigLine.parse(file, number, text);
            if (line != null) {
                lines.add(line.keyword().equals("include") ? line.including(included(line, depth)) : line);
            }
        }
        return lines;
    }

    /** Whoever can write to it chooses the server and the key: so only we, and root. */
    private void checkOwner(Path file) throws SshConfigException, IOException {
        try {
            String owner = Files.getOwner(file).getName();
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (permissions.contains(PosixFilePermission.GROUP_WRITE)
                    || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
                throw new SshConfigException("%s can be written by others; chmod go-w %s".formatted(file, file));
            }
            if (!owner.equals(here.user()) && !owner.equals("root")) {
                throw new SshConfigException(
                        "%s belongs to %s, who is neither %s nor root".formatted(file, owner, here.user()));
            }
        } catch (UnsupportedOperationException e) {
            return; // a file system without owners
        }
    }

    private List<List<SshConfigLine>> included(SshConfigLine line, int depth) throws SshConfigException, IOException {
        List<List<SshConfigLine>> files = new ArrayList<>();
        for (String argument : line.arguments()) {
            if (argument.contains("${") || argument.contains("%") || (argument.startsWith("~") && !isHome(argument))) {
                throw line.problem("Offsite does not understand Include %s; write the whole path".formatted(argument));
            }
            Path path = isHome(argument)
                    ? here.home().resolve(argument.substring(2))
                    : here.ssh().resolve(argument);
            for (Path file : expand(path)) {
                if (Files.isRegularFile(file)) {
                    files.add(read(file, depth + 1));
                }
            }
        }
        return files;
    }

    private static boolean isHome(String path) {
        return path.startsWith("~/");
    }

    /** The paths that a glob pattern stands for, in their order; none if there is none. */
    private static List<Path> expand(Path pattern) throws IOException {
        List<Path> found = List.of(pattern.getRoot());
        for (Path name : pattern.normalize()) {
            List<Path> next = new ArrayList<>();
            for (Path folder : found) {
                if (!name.toString().matches(".*[*?\\[].*")) {
                    next.add(folder.resolve(name));
                    continue;
                }
                Pattern glob = glob(name.toString());
                try (DirectoryStream<Path> entries = Files.newDirectoryStream(
                        folder,
                        entry -> glob.matcher(entry.getFileName().toString()).matches())) {
                    List<Path> sorted = new ArrayList<>();
                    entries.forEach(sorted::add);
                    sorted.sort(null);
                    next.addAll(sorted);
                } catch (NoSuchFileException | NotDirectoryException e) {
                    // As any pattern that fits nothing.
                }
            }
            found = next;
        }
        return found;
    }

    /** Names that begin with a dot need a pattern that does. */
    private static Pattern glob(String name) {
        StringBuilder regex = new StringBuilder(name.startsWith(".") ? "" : "(?!\\.)");
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            int close = c == '[' ? name.indexOf(']', i + 2) : -1;
            if (c == '*') {
                regex.append(".*");
            } else if (c == '?') {
                regex.append('.');
            } else if (close > 0) {
                String set = name.substring(i + 1, close).replace("\\", "\\\\").replace("[", "\\[");
                regex.append('[')
                        .append(set.startsWith("!") ? "^" + set.substring(1) : set)
                        .append(']');
                i = close;
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        try {
            return Pattern.compile(regex.toString(), Pattern.DOTALL);
        } catch (PatternSyntaxException e) {
            return Pattern.compile(Pattern.quote(name));
        }
    }
}
