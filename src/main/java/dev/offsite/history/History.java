package dev.offsite.history;

import dev.offsite.io.StateException;
import dev.offsite.io.StateFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
import java.util.stream.Stream;

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

    private static final int TAIL = 8192;
    /** What is read and parsed at once. */
    private static final int BLOCK = 64 << 10;

    private static final Pattern MONTH = Pattern.compile("\\d{4}-\\d{2}\\.jsonl");

    private final Path folder;

    public History(String state) {
        this.folder = Path.of(state, "history");
    }

    /** Appends an entry, unless the last one said the same within the hour. Fails with {@link StateException} */
    public synchronized void add(HistoryEntry entry) {
        Path file = folder(entry.job()).resolve(YearMonth.from(entry.at().atZone(ZoneOffset.UTC)) + ".jsonl");
        try {
            Optional<HistoryEntry> last = last(file);
            if (last.filter(entry::repeats)
                    .filter(one -> Duration.between(one.at(), entry.at()).abs().compareTo(AGAIN) < 0)
                    .isPresent()) {
                return;
            }
            StateFile.makeFolder(file.getParent());
            boolean fresh = !Files.exists(file);
            try (FileChannel channel = StateFile.open(file, StandardOpenOption.APPEND)) {
                // First ends a line that a crash may have cut short.
                StateFile.write(channel, "\n" + entry.json().toJson() + "\n");
            }
            if (fresh || Files.size(file) > MOST_BYTES / 2) {
                bound(file.getParent());
            }
        } catch (IOException e) {
            throw StateException.unwritable(file, e);
        }
    }

    /** The entries of a job from that moment on, the oldest first. */
    public List<HistoryEntry> since(String job, Instant from) {
        String first = YearMonth.from(from.atZone(ZoneOffset.UTC)) + ".jsonl";
        List<HistoryEntry> entries = new ArrayList<>();
        for (Path month : months(folder(job))) {
            if (month.getFileName().toString().compareTo(first) >= 0) {
                entries.addAll(read(month));
            }
        }
        entries.removeIf(entry -> entry.at().isBefore(from));
        entries.sort(Comparator.comparing(HistoryEntry::at));
        return entries;
    }

    /** The files of a job, one for each month, the oldest first. */
    public List<Path> months(String job) {
        return months(folder(job));
    }

    private static List<HistoryEntry> read(Path month) {
        List<HistoryEntry> entries = new ArrayList<>();
        read(month, 0, entries::add);
        return entries;
    }

    /**
     * Hands over the entries of one file that begin at that byte or later, without holding the whole file in memory.
     *
     * @return where the last whole line ends, to go on from there when the file has grown
     */
    public static long read(Path month, long from, Consumer<HistoryEntry> entries) {
        long end = from;
        try (InputStream in = Channels.newInputStream(
                FileChannel.open(month, StandardOpenOption.READ).position(from))) {
            ByteArrayOutputStream lines = new ByteArrayOutputStream();
            byte[] part = new byte[BLOCK];
            for (int length = in.read(part); length >= 0; length = in.read(part)) {
                int whole = length;
                while (whole > 0 && part[whole - 1] != '\n') {
                    whole--;
                }
                lines.write(part, 0, whole);
                if (whole > 0) {
                    end += lines.size();
                    HistoryEntry.parse(lines.toString(StandardCharsets.UTF_8).lines())
                            .forEach(entries);
                    lines.reset();
                }
                lines.write(part, whole, length - whole);
            }
            return end;
        } catch (NoSuchFileException e) {
            return from;
        } catch (IOException e) {
            throw StateException.unreadable(month, e);
        }
    }

    /** Whatever a power cut left in it: such a line is no entry. */
    private static Stream<String> lines(Path month) {
        try {
            return new String(Files.readAllBytes(month), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank());
        } catch (NoSuchFileException e) {
            return Stream.empty();
        } catch (IOException e) {
            throw StateException.unreadable(month, e);
        }
    }

    private Path folder(String job) {
        return folder.resolve(StateFile.encoded(job));
    }

    private static List<Path> months(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(
                            file -> MONTH.matcher(file.getFileName().toString()).matches())
                    .sorted()
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw StateException.unreadable(folder, e);
        }
    }

    /** Without reading the whole file. */
    private static Optional<HistoryEntry> last(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long from = Math.max(0, channel.size() - TAIL);
            channel.position(from);
            byte[] tail = Channels.newInputStream(channel).readNBytes(TAIL);
            List<String> lines = new String(tail, StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .toList();
            return lines.isEmpty() ? Optional.empty() : HistoryEntry.parse(lines.get(lines.size() - 1));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static void bound(Path folder) throws IOException {
        List<Path> months = months(folder);
        long bytes = 0;
        for (int i = months.size() - 1; i >= 0; i--) {
            Path month = months.get(i);
            bytes += Files.size(month);
            boolean newest = i == months.size() - 1;
            if (newest && bytes > MOST_BYTES) {
                bytes = cut(month);
            } else if (!newest && (bytes > MOST_BYTES || months.size() - i > MOST_MONTHS)) {
                Files.deleteIfExists(month);
            }
        }
    }

    /** Keeps the newer half of a month with very many runs. */
    private static long cut(Path month) throws IOException {
        List<String> lines = lines(month).toList();
        String rest = String.join("\n", lines.subList(lines.size() / 2, lines.size())) + "\n";
        new StateFile(month).replace(rest, true);
        return Files.size(month);
    }
}
