package dev.offsite.transfer;

import java.io.File;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileFilter;

/** Folders and regular files; a named pipe in a source folder must not be opened for reading: that would wait for ever. */
public final class RegularFiles implements GenericFileFilter<File> {

    @Override
    public boolean accept(GenericFile<File> file) {
        return file.isDirectory() || file.getFile().isFile();
    }
}
