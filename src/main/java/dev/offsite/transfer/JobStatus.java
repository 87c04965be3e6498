package dev.offsite.transfer;

import dev.offsite.job.Job;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How the last ship of each job ended, one small file a job in the state folder ({@code db.status}), so that pruning
 * can ask while the ledger is another process's. A ship that was killed has not ended well.
 */
public final class JobStatus {

    /** The states; {@link #NONE} where no ship was recorded yet. */
    public enum State {
        NONE,
        RUNNING,
        OK,
        FAILED;

        /** Whether pruning may follow. */
        boolean pruning() {
            return this == NONE || this == OK;
        }
    }

    private final Path folder;
    private final Map<String, State> written = new ConcurrentHashMap<>();

    /**
     * @param folder the state folder
     */
    public JobStatus(String folder) {
        this.folder = Path.of(folder);
    }

    /** How the last ship of that job ended. */
    public State last(Job job) {
        try {
            return State.valueOf(Files.readString(file(job)).strip());
        } catch (NoSuchFileException e) {
            return State.NONE;
        } catch (IllegalArgumentException e) {
            // Unreadable is no proof of success.
            return State.FAILED;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void running(Job job) {
        write(job, State.RUNNING);
    }

    /** Records the end of a ship. */
    public void ended(Job job, boolean succeeded) {
        write(job, succeeded ? State.OK : State.FAILED);
    }

    private void write(Job job, State state) {
        if (written.put(job.name(), state) == state) {
            return;
        }
        try {
            Files.createDirectories(folder);
            Path temporary = folder.resolve(file(job).getFileName() + ".new");
            Files.writeString(temporary, state.name() + "\n");
            Files.move(temporary, file(job), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the status of job " + job.name(), e);
        }
    }

    private Path file(Job job) {
        return folder.resolve(URLEncoder.encode(job.name(), StandardCharsets.UTF_8) + ".status");
    }
}
