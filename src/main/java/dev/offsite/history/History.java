package dev.offsite.history;

import dev.offsite.io.StateException;
import dev.offsite.io.StateFile;
import dev.offsite.io.StateStore;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * What ran: one line of JSON for each ended run, in {@code <state>/history/<job>/<year>-<month>.jsonl}. Lines are only
 * appended, each with one write, so several processes may write and read at any time; what a power cut left of a line is
 * passed over. The oldest months go first when a job has more than {@value #MOST_MONTHS} months or {@value #MOST_BYTES}
 * bytes.
 */
public final class History {

    static final int MOST_MONTHS = 25;
    static final long MOST_BYTES = 8 << 20;

    /** A run that ends like the one before it is written at most this often. */
    private static final Duration AGAIN = Duration.ofHours(1);

    /** What is parsed at once. */
    private static final int TOGETHER = 200;

    private static final Pattern MONTH = Pattern.compile("\\d{4}-\\d{2}\\.jsonl");

    private static final int TAIL = 8192;

    private final StateStore state;

    public History(StateStore state) {
        this.state = state;
    }

    /** Appends an entry, unless the last one said the same within the hour. Fails with {@link StateException} */
    public synchronized void add(HistoryEntry entry) {
        String month = folder(entry.job()) + "/" + YearMonth.from(entry.at().atZone(ZoneOffset.UTC)) + ".jsonl";
        Optional<HistoryEntry> last = last(month);
        if (last.filter(entry::repeats)
                .filter(one -> Duration.between(one.at(), entry.at()).abs().compareTo(AGAIN) < 0)
                .isPresent()) {
            return;
        }
        boolean fresh = state.version(month).isEmpty();
        // First ends a line that a crash may have cut short.
        state.append(month, "\n" + entry.json().toJson() + "\n");
        if (fresh || state.size(month) > MOST_BYTES / 2) {
            bound(entry.job());
        }
    }

    /** The entries of a job from that moment on, the oldest first. */
    public List<HistoryEntry> since(String job, Instant from) {
        String first = YearMonth.from(from.atZone(ZoneOffset.UTC)) + ".jsonl";
        List<HistoryEntry> entries = new ArrayList<>();
        for (Month month : months(job)) {
            if (month.file().compareTo(first) >= 0) {
                read(month, 0, entries::add);
            }
        }
        entries.removeIf(entry -> entry.at().isBefore(from));
        entries.sort(Comparator.comparing(HistoryEntry::at));
        return entries;
    }

    /**
     * The runs of a job that ended in one month of UTC.
     *
     * @param name of the text in the state
     */
    public record Month(String name) {
        private String file() {
            return name.substring(name.lastIndexOf('/') + 1);
        }

        /** As in {@code 2026-05}. */
        public String text() {
            return file().substring(0, "2026-01".length());
        }
    }

    /** The months of a job, the oldest first. */
    public List<Month> months(String job) {
        return state.names(folder(job)).stream()
                .filter(file -> MONTH.matcher(file).matches())
                .sorted()
                .map(file -> new Month(folder(job) + "/" + file))
                .toList();
    }

    /** What tells whether a month has changed. Empty if it is gone. */
    public Optional<StateStore.Version> version(Month month) {
        return state.version(month.name());
    }

    /**
     * Hands over the entries of a month that begin at that place or later, without holding the whole month in memory.
     *
     * @return where the last whole line ends, to go on from there when it has grown
     */
    public long read(Month month, long from, Consumer<HistoryEntry> entries) {
        List<String> lines = new ArrayList<>();
        long end = state.lines(month.name(), from, line -> {
            lines.add(line);
            if (lines.size() == TOGETHER) {
                HistoryEntry.parse(lines.stream()).forEach(entries);
                lines.clear();
            }
        });
        HistoryEntry.parse(lines.stream()).forEach(entries);
        return end;
    }

    private static String folder(String job) {
        return "history/" + StateFile.encoded(job);
    }

    /** Without reading the whole text. */
    private Optional<HistoryEntry> last(String month) {
        List<String> lines =
                state.tail(month, TAIL).lines().filter(line -> !line.isBlank()).toList();
        return lines.isEmpty() ? Optional.empty() : HistoryEntry.parse(lines.get(lines.size() - 1));
    }

    private void bound(String job) {
        List<Month> months = months(job);
        long bytes = 0;
        for (int i = months.size() - 1; i >= 0; i--) {
            String month = months.get(i).name();
            bytes += state.size(month);
            boolean newest = i == months.size() - 1;
            if (newest && bytes > MOST_BYTES) {
                bytes = cut(month);
            } else if (!newest && (bytes > MOST_BYTES || months.size() - i > MOST_MONTHS)) {
                state.delete(month);
            }
        }
    }

    /** Keeps the newer half of a month with very many runs. */
    private long cut(String month) {
        state.update(
                month,
                text -> {
                    List<String> lines =
                            text.lines().filter(line -> !line.isBlank()).toList();
                    return String.join("\n", lines.subList(lines.size() / 2, lines.size())) + "\n";
                },
                true);
        return state.size(month);
    }
}
