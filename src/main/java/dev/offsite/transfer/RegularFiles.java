package dev.offsite.transfer;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileFilter;

/**
 * Folders and regular files. A named pipe in a source folder must not be opened for reading, for that would wait for
 * ever, and a folder that links back to one above it must not be entered, for that would ship it again and again.
 */
public final class RegularFiles implements GenericFileFilter<File> {

    @Override
    public boolean accept(GenericFile<File> file) {
        return file.isDirectory()
                ? !linksBack(file.getFile().toPath())
                : file.getFile().isFile();
    }

    private static boolean linksBack(Path folder) {
        if (!Files.isSymbolicLink(folder)) {
            return false;
        }
        try {
            return folder.toAbsolutePath().getParent().toRealPath().startsWith(folder.toRealPath());
        } catch (IOException e) {
            return true;
        }
    }
}
