package dev.offsite.io;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class StateFolderTest extends StateStoreContract {

    @TempDir
    private Path folder;

    @Override
    protected StateStore store() {
        return new StateFolder(folder);
    }
}
