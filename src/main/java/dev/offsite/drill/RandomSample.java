package dev.offsite.drill;

import dev.offsite.catalog.SnapshotFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/** Chooses random copies of a dated folder. */
public final class RandomSample {

    /** A command gets the names as arguments, for which Linux allows 2 MiB. */
    private static final int MOST_BYTES_OF_NAMES = 1 << 20;

    private RandomSample() {}

    /** As many as {@code most} and the byte budget allow, but at least one if there are any. */
    public static List<SnapshotFile> of(List<SnapshotFile> items, int most, long budget, Random random) {
        List<SnapshotFile> shuffled = new ArrayList<>(items);
        Collections.shuffle(shuffled, random);
        List<SnapshotFile> sample = new ArrayList<>();
        long bytes = 0;
        long names = 0;
        for (SnapshotFile item : shuffled) {
            long name = item.shown().getBytes(StandardCharsets.UTF_8).length + 16L;
            boolean fits = sample.size() < most && bytes + item.size() <= budget && names + name <= MOST_BYTES_OF_NAMES;
            if (sample.isEmpty() || fits) {
                sample.add(item);
                bytes += item.size();
                names += name;
            }
        }
        sample.sort(Comparator.comparing(SnapshotFile::shown));
        return sample;
    }
}
