package dev.offsite.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A committed file that is about to be deleted or moved. It first gets a hidden name in its folder, where no other file
 * can take its place, so that what is compared is what is deleted. After a crash, the next run puts it back.
 */
public record SetAside(Path file) {

    private static final String PREFIX = ".offsite-removing-";
    private static final int LONGEST_NAME = 255;

    static boolean matches(String fileName) {
        return fileName.startsWith(PREFIX) && fileName.length() > PREFIX.length();
    }

    static SetAside ofHidden(Path hidden) {
        return new SetAside(
                hidden.resolveSibling(hidden.getFileName().toString().substring(PREFIX.length())));
    }

    private Path hidden() {
        return file.resolveSibling(PREFIX + file.getFileName());
    }

    /** Gives it the hidden name, and returns that; a link, and a very long name, stay as they are. */
    public Path take() throws IOException {
        int bytes = hidden().getFileName().toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > LONGEST_NAME || Files.isSymbolicLink(file)) {
            return file;
        }
        putBack();
        return Files.move(file, hidden(), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Gives it back its name, if it has the hidden one. Another file that took the name meanwhile stays, too. */
    public void putBack() throws IOException {
        if (!Files.exists(hidden())) {
            return;
        }
        Path back = file;
        for (int i = 1; !rename(back); i++) {
            back = file.resolveSibling(file.getFileName() + ".replaced-" + i);
        }
    }

    /** Whether the name was free. */
    private boolean rename(Path to) throws IOException {
        try {
            // A link, since a rename would replace a file that comes just now.
            Files.createLink(to, hidden());
        } catch (FileAlreadyExistsException e) {
            if (!Files.isSameFile(to, hidden())) {
                return false;
            }
        } catch (IOException | UnsupportedOperationException noLinks) {
            return renameWithoutLink(to);
        }
        Files.delete(hidden());
        return true;
    }

    private boolean renameWithoutLink(Path to) throws IOException {
        try {
            Files.move(hidden(), to);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }
}
