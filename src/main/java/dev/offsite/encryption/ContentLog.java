package dev.offsite.encryption;

import dev.offsite.io.StateException;
import dev.offsite.io.StateFile;
import dev.offsite.io.StateStore;
import dev.offsite.job.Job;
import dev.offsite.manifest.ManifestPart;
import dev.offsite.manifest.PlainFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What this machine knows of the content of encrypted copies: one text file per dated folder, {@code
 * <state>/contents/<destination>/<folder>}, in the format of {@link ManifestPart}. Lines are only appended, each before its
 * copy gets its name, so that a run that is cut never leaves a copy that nobody here can recognise.
 */
public final class ContentLog {

    private static final String FOLDER = "contents";

    private final StateStore state;

    public ContentLog(StateStore state) {
        this.state = state;
    }

    private static String folder(Job job) {
        return FOLDER + "/" + StateFile.fileName(job.destination());
    }

    private static String name(Job job, String datedFolder) {
        return folder(job) + "/" + StateFile.fileName(datedFolder);
    }

    /** Appends what is inside copies, and returns after it is on disk. {@code datedFolder} is the name below the root. */
    public void add(Job job, String datedFolder, Collection<PlainFile> files) {
        if (!files.isEmpty()) {
            // First ends a line that a crash may have cut short.
            state.append(
                    name(job, datedFolder),
                    files.stream().map(ManifestPart::lines).collect(Collectors.joining("", "\n", "")));
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
        try (InputStream text = state.open(name(job, datedFolder), 0)) {
            ManifestPart.read(text, listener);
        } catch (IOException e) {
            throw StateException.unreadable(state.place(name(job, datedFolder)), e);
        }
    }

    /** The dated folders that something is known of. */
    public List<String> folders(Job job) {
        return state.names(folder(job)).stream()
                .map(name -> URLDecoder.decode(name, StandardCharsets.UTF_8))
                .toList();
    }

    /** Where the next line goes. */
    public long end(Job job, String datedFolder) {
        return state.end(name(job, datedFolder));
    }

    /** The text from a place that {@link #end} gave. */
    public InputStream open(Job job, String datedFolder, long from) {
        return state.open(name(job, datedFolder), from);
    }

    /** Forgets a dated folder that is gone. */
    public void forget(Job job, String datedFolder) {
        state.delete(name(job, datedFolder));
    }
}
