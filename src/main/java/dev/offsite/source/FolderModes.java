package dev.offsite.source;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The permissions of the folders in a source, each read once. */
public final class FolderModes {

    private static final int PRIVATE_FOLDER = 0700;

    private final Path source;
    private final Map<Path, Integer> known = new ConcurrentHashMap<>();

    public FolderModes(Path source) {
        this.source = source;
    }

    /** The permissions that a folder of files, and those above it in the source, have in common. */
    public int common(Path folder) {
        Integer mode = known.get(folder);
        if (mode == null) {
            int own = PRIVATE_FOLDER | mode(folder);
            boolean top = !folder.startsWith(source) || folder.equals(source);
            mode = top ? own : own & common(folder.getParent());
            known.put(folder, mode);
        }
        return mode;
    }

    private static int mode(Path folder) {
        try {
            return FileState.of(folder).mode();
        } catch (IOException e) {
            return 0;
        }
    }
}
