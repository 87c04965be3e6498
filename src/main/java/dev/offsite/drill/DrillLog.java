package dev.offsite.drill;

import dev.offsite.io.StateException;
import dev.offsite.io.StateFile;
import dev.offsite.io.StateStore;
import java.util.List;
import java.util.Optional;

/** Remembers the last drill of each job as one line in {@code <job>.drill} in the state folder. */
public record DrillLog(StateStore state) {

    public Optional<DrillResult> last(String job) {
        return file(job).read().map(lines -> lines.stream()
                .findFirst()
                .flatMap(line -> DrillResult.parse(job, line))
                .orElseThrow(() -> StateException.damaged(file(job).place(), "it has no result", null)));
    }

    void write(DrillResult result) {
        file(result.job()).write(List.of(result.format()));
    }

    private StateFile file(String job) {
        return StateFile.of(state, job, "drill");
    }
}
