package dev.offsite.encryption;

import dev.offsite.io.StateException;
import dev.offsite.io.StateFile;
import dev.offsite.job.Job;
import dev.offsite.manifest.ManifestPart;
import dev.offsite.manifest.PlainFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What this machine knows of the content of encrypted copies: one text file per dated folder, {@code
 * <state>/contents/<destination>/<folder>}, in the format of {@link ManifestPart}. Lines are only appended, each before its
 * copy gets its name, so that a run that is cut never leaves a copy that nobody here can recognise.
 */
public final class ContentLog {

    private final Path folder;

    public ContentLog(String state) {
        this.folder = Path.of(state, "contents");
    }

    private Path file(Job job, String datedFolder) {
        return folder.resolve(StateFile.fileName(job.destination())).resolve(StateFile.fileName(datedFolder));
    }

    /** Appends what is inside copies, and returns after it is on disk. {@code datedFolder} is the name below the root. */
    public synchronized void add(Job job, String datedFolder, Collection<PlainFile> files) {
        if (files.isEmpty()) {
            return;
        }
        Path file = file(job, datedFolder);
        try {
            StateFile.makeFolder(file.getParent());
            boolean fresh = !Files.exists(file);
            // First ends a line that a crash may have cut short.
            String text = files.stream().map(ManifestPart::lines).collect(Collectors.joining("", "\n", ""));
            try (FileChannel channel = StateFile.open(file, StandardOpenOption.DSYNC, StandardOpenOption.APPEND)) {
                StateFile.write(channel, text);
            }
            if (fresh) {
                StateFile.syncFolder(file.getParent());
            }
        } catch (IOException e) {
            throw StateException.unwritable(file, e);
        }
    }

    /** All that is known of a dated folder, the oldest first; what a copy had before it was replaced, too. */
    public List<PlainFile> of(Job job, String datedFolder) {
        List<PlainFile> files = new ArrayList<>();
        read(job, datedFolder, files::add);
        return files;
    }

    /** Like {@link #of}, one after the other. */
    public void read(Job job, String datedFolder, ManifestPart.Listener listener) {
        try (InputStream text = new BufferedInputStream(Files.newInputStream(file(job, datedFolder)))) {
            ManifestPart.read(text, listener);
        } catch (NoSuchFileException e) {
            // Nothing is known.
        } catch (IOException e) {
            throw StateException.unreadable(file(job, datedFolder), e);
        }
    }

    /** The dated folders that something is known of. */
    public List<String> folders(Job job) {
        Path of = folder.resolve(StateFile.fileName(job.destination()));
        try (Stream<Path> files = Files.list(of)) {
            return files.map(file -> URLDecoder.decode(file.getFileName().toString(), StandardCharsets.UTF_8))
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw StateException.unreadable(of, e);
        }
    }

    /** Where the next line goes, in bytes. */
    public long size(Job job, String datedFolder) {
        try {
            return Files.size(file(job, datedFolder));
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            throw StateException.unreadable(file(job, datedFolder), e);
        }
    }

    /** The text from a place that {@link #size} gave. */
    public InputStream open(Job job, String datedFolder, long from) throws IOException {
        FileChannel channel = FileChannel.open(file(job, datedFolder), StandardOpenOption.READ);
        return new BufferedInputStream(Channels.newInputStream(channel.position(from)));
    }

    /** Forgets a dated folder that is gone. */
    public synchronized void forget(Job job, String datedFolder) {
        try {
            Files.deleteIfExists(file(job, datedFolder));
        } catch (IOException e) {
            throw StateException.unwritable(file(job, datedFolder), e);
        }
    }
}
