package dev.offsite.transfer;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileFilter;

/**
 * Folders and regular files. A named pipe in a source folder must not be opened for reading: that would wait for ever. A
 * folder that links back to one above it must not be followed: that would go round and round.
 */
final class RegularFiles implements GenericFileFilter<File> {

    @Override
    public boolean accept(GenericFile<File> file) {
        Path source = Path.of(file.getEndpointPath());
        if (!file.isDirectory()) {
            Path name = source.relativize(file.getFile().toPath());
            return file.getFile().isFile() && ReservedName.reason(name).isEmpty();
        }
        return !linksBack(file.getFile().toPath(), source);
    }

    /** As {@link SourceFiles} has it: the folder is one of those that were gone through to get to it. */
    private static boolean linksBack(Path folder, Path source) {
        try {
            for (Path above = folder.getParent(); above != null; above = above.getParent()) {
                if (Files.isSameFile(above, folder)) {
                    return true;
                }
                if (above.equals(source)) {
                    return false;
                }
            }
            return false;
        } catch (IOException e) {
            // It has gone.
            return true;
        }
    }
}
