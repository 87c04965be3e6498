package dev.offsite.transfer;

import java.io.File;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileFilter;
import org.apache.camel.util.TimeUtils;

/** {@link RegularFiles} that were not written to for a while: a growing file is not shipped half. */
public final class FinishedFiles implements GenericFileFilter<File> {

    private final RegularFiles regular = new RegularFiles();
    private long readyMillis;

    /** How long a file must be unchanged, such as {@code 10s}. */
    public void setReady(String ready) {
        this.readyMillis = TimeUtils.toMilliSeconds(ready);
    }

    @Override
    public boolean accept(GenericFile<File> file) {
        return regular.accept(file)
                && (file.isDirectory() || file.getLastModified() + readyMillis <= System.currentTimeMillis());
    }
}
