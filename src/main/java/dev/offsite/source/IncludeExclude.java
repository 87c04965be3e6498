package dev.offsite.source;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.camel.component.file.AntFilter;
import org.apache.camel.component.file.FileEndpoint;

/**
 * Which files below its source folder a job takes: the same decision as its {@code file:} consumer, made in advance.
 *
 * @param ant include and exclude patterns, or null
 * @param doneFile name pattern of the marker that says a file is finished, or null
 */
public record IncludeExclude(AntFilter ant, String doneFile) {

    private static final String NAME = "${file:name}";
    private static final String NAME_WITHOUT_EXTENSION = "${file:name.noext}";

    /** Of a job's consumer. */
    public static IncludeExclude of(FileEndpoint consumer) {
        return new IncludeExclude(consumer.getAntFilter(), consumer.getDoneFileName());
    }

    /** Whether the job wants this file and its done file, if required, exists. */
    public boolean takes(Path source, Path relative) {
        return wants(relative) && isFinished(source, relative);
    }

    /** Whether the job takes this file as soon as it is finished. */
    boolean wants(Path relative) {
        return (ant == null || ant.accept(false, relative.toString())) && !isMarker(relative);
    }

    boolean isMarker(Path relative) {
        return doneFile != null && isDoneFile(relative.getFileName().toString());
    }

    boolean isFinished(Path source, Path relative) {
        if (doneFile == null) {
            return true;
        }
        String name = relative.getFileName().toString();
        return Files.exists(source.resolve(relative).resolveSibling(doneFileOf(name)));
    }

    /** The file's own done file, if the pattern gives each file one. */
    public static Optional<Path> ownDoneFile(String pattern, Path file) {
        String name = file.getFileName().toString();
        String done = pattern == null ? name : new IncludeExclude(null, pattern).doneFileOf(name);
        return pattern == null || done.equals(pattern) ? Optional.empty() : Optional.of(file.resolveSibling(done));
    }

    private String doneFileOf(String name) {
        int dot = name.lastIndexOf('.');
        return doneFile.replace(NAME, name).replace(NAME_WITHOUT_EXTENSION, dot <= 0 ? name : name.substring(0, dot));
    }

    private boolean isDoneFile(String name) {
        String token = doneFile.contains(NAME) ? NAME : NAME_WITHOUT_EXTENSION;
        int at = doneFile.indexOf(token);
        if (at < 0) {
            return name.equals(doneFile);
        }
        String before = doneFile.substring(0, at);
        String after = doneFile.substring(at + token.length());
        return name.length() >= before.length() + after.length() && name.startsWith(before) && name.endsWith(after);
    }
}
