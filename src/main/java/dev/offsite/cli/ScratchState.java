package dev.offsite.cli;

import dev.offsite.cluster.MigrationMark;
import dev.offsite.io.StateException;
import dev.offsite.io.Text;
import dev.offsite.job.Setting;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/**
 * A temporary state folder with a copy of what a ship reads first: its ledger, what was seen of the sources, and when commands
 * failed. A dry run uses it in place of the original, which is neither opened nor changed, and may be in use. Without the copy,
 * a dry run on a machine without a state would leave an empty ledger there, as if nothing had ever been shipped.
 */
final class ScratchState implements AutoCloseable {

    /** A run that is active changes its ledger meanwhile, a few times a second at most. */
    private static final int ATTEMPTS = 20;

    private static final String CHECK = "ledger.check";
    private static final String LEDGER = "ledger.mv";
    /** What sources had at the last run, when commands failed, and whether all has moved elsewhere. */
    private static final String OF_JOBS = "{" + MigrationMark.NAME + ",*.source,*.command}";

    private final Path original;
    private final Path folder;

    private ScratchState(Path original, Path folder) {
        this.original = original;
        this.folder = folder;
    }

    /** Fails with {@link CommandException} if it cannot be read. A state that does not exist yet is an empty one. */
    static ScratchState of(Path state) {
        ScratchState scratch;
        try {
            scratch = new ScratchState(state, Files.createTempDirectory("offsite-dry-run-"));
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.FAILED,
                    "a dry run needs a temporary folder, and none can be made in %s: %s"
                            .formatted(System.getProperty("java.io.tmpdir"), StateException.why(e)));
        }
        try {
            scratch.copy();
            return scratch;
        } catch (IOException e) {
            scratch.close();
            throw new CommandException(
                    e instanceof FileSystemException ? ExitCode.CONFIGURATION : ExitCode.FAILED,
                    "offsite.state: the folder %s cannot be copied for a dry run: %s"
                            .formatted(state, StateException.why(e)));
        }
    }

    private void copy() throws IOException {
        try (DirectoryStream<Path> sources = Files.newDirectoryStream(original, OF_JOBS)) {
            for (Path source : sources) {
                copy(source.getFileName().toString());
            }
        } catch (NoSuchFileException e) {
            return;
        } catch (NotDirectoryException e) {
            throw new FileSystemException(original.toString(), null, "it is no folder");
        }
        Path ledger = original.resolve(LEDGER);
        for (int attempt = 0; attempt < ATTEMPTS && Files.exists(ledger); attempt++) {
            Stamp before = Stamp.of(ledger);
            // First, since an older check fits a newer ledger.
            copy(CHECK);
            copy(LEDGER);
            if (before.equals(Stamp.of(ledger))) {
                return;
            }
        }
    }

    /** Tells whether the file was written to. */
    private record Stamp(long size, long modified) {
        static Stamp of(Path file) throws IOException {
            return new Stamp(
                    Files.size(file), Files.getLastModifiedTime(file).to(java.util.concurrent.TimeUnit.NANOSECONDS));
        }
    }

    /** What is replaced meanwhile is there again at the next attempt. */
    private void copy(String name) throws IOException {
        try {
            Files.copy(original.resolve(name), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        } catch (NoSuchFileException e) {
            Files.deleteIfExists(folder.resolve(name));
        }
    }

    /** The same configuration with this state. */
    Configuration in(Configuration configuration) {
        String key = Setting.STATE.globalKey();
        Properties properties = new Properties();
        properties.putAll(configuration.properties());
        properties.setProperty(key, folder.toString());
        Map<String, String> values = new HashMap<>(configuration.values());
        values.put(key, folder.toString());
        return new Configuration(
                configuration.file(),
                properties,
                configuration.jobs(),
                configuration.written(),
                Map.copyOf(values),
                configuration.targets());
    }

    /** A message about a file here is about the one that it is a copy of. */
    String original(String message) {
        return message.replace(folder.toString(), original.toString());
    }

    @Override
    public void close() {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            Failures.say("the temporary folder %s could not be removed: %s".formatted(folder, Text.reason(e)));
        }
    }
}
