package dev.offsite.source;

import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.TemporaryName;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.camel.component.file.FileComponent;
import org.apache.camel.component.file.FileConstants;

/** Names that no copy can have, because Offsite or Camel uses them. Such a file is refused, never renamed. */
public final class ReservedName {

    private ReservedName() {}

    /** Why a file with this name below the source folder is not shipped; empty if it can be. */
    public static Optional<String> reason(Path name) {
        String first = name.getName(0).toString();
        if (Manifest.isOwn(first)
                || Manifest.isOwn(first + ".age")
                || TemporaryName.matches(name.getFileName().toString())
                || SetAside.matches(name.getFileName().toString())) {
            return Optional.of("a copy cannot have this name, Offsite uses it itself; rename the file");
        }
        return keptByCamel(name)
                ? Optional.of(
                        "names with .camelLock at the end, and folders named .camel, are kept by Camel; rename it")
                : Optional.empty();
    }

    /** Whether this is the source folder's checksum list: checked, but not shipped, because ours takes its place. */
    static boolean isList(Path name) {
        return name.toString().equals(Manifest.NAME);
    }

    /** Names that the {@code file:} consumer skips whatever its options are. */
    private static boolean keptByCamel(Path name) {
        for (int i = 0; i < name.getNameCount(); i++) {
            String part = name.getName(i).toString();
            boolean folder = i < name.getNameCount() - 1;
            if (part.endsWith(FileComponent.DEFAULT_LOCK_FILE_POSTFIX)
                    || (folder && part.equals(FileConstants.DEFAULT_SUB_FOLDER))) {
                return true;
            }
        }
        return false;
    }
}
