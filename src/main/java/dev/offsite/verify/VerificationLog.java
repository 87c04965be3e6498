package dev.offsite.verify;

import dev.offsite.io.StateException;
import dev.offsite.io.StateFile;
import dev.offsite.io.StateStore;
import dev.offsite.job.Job;
import dev.offsite.job.VerificationMethod;
import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.Sha256sumFormat;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * When and how this machine last verified each copy or found it damaged: one text file per dated folder,
 * {@code <state>/verifications/<destination>/<folder>}. Lines are only appended, so other processes may read it at any
 * time. A listed copy without an entry was verified by another machine, or before this state was made.
 *
 * <p>An earlier version wrote the same files into {@code <state>/proofs}. They are read too, and moved over at the
 * first write for their folder.
 */
public final class VerificationLog {

    /** Everything that a line can begin with. */
    private static final Pattern CUT =
            Pattern.compile("[-0-9T:.Z]{1,40}( [-a-z0-9]*( \\\\?\\p{XDigit}{0,64}( ?[ *]?))?)?");

    private static final long WORTH_COMPACTING = 4;

    private static final String FOLDER = "verifications";
    /** The folder of an earlier version, which writes there again if it is restarted. */
    private static final String OLD = "proofs";

    private final StateStore state;

    public VerificationLog(StateStore state) {
        this.state = state;
    }

    /** Why a copy is not verified any more, in the word of its line. */
    public enum Loss {
        /** It is verified. */
        NONE,
        /** It was not what its manifest says. Only in lines of an earlier version, which forgot it with its manifest. */
        DAMAGED,
        /** It has other bytes. */
        CHANGED,
        MISSING,
        /** Its manifest no longer lists it. */
        UNLISTED,
        /** A person has given it up: nobody expects it any more. */
        GIVEN_UP;

        /** The word in lines and messages. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * The last known state of one copy.
     *
     * @param name below the dated folder
     * @param sha256 the hash in the manifest at that time; the entry is void for any other hash
     * @param verification empty if the copy was lost or damaged
     * @param loss why it is not verified
     */
    public record Entry(String name, String sha256, Optional<VerificationMethod> verification, Loss loss, Instant at) {

        public Entry(String name, String sha256, Optional<VerificationMethod> verification, Instant at) {
            this(name, sha256, verification, verification.isPresent() ? Loss.NONE : Loss.DAMAGED, at);
        }

        /** The same copy, found lost, or given up. */
        public Entry lost(Loss how, Instant now) {
            return new Entry(name, sha256, Optional.empty(), how, now);
        }

        /** Whether it should be on the server: it was verified there, and nobody has given it up. */
        public boolean expected() {
            return loss != Loss.GIVEN_UP && loss != Loss.DAMAGED;
        }

        /** Whether a manifest that lists this hash for the copy was written by somebody else. */
        public boolean isContradictedBy(String listed) {
            return expected() && !sha256.equals(listed);
        }

        private String line() {
            return at + " " + verification.map(VerificationMethod::toString).orElse(loss.word()) + " "
                    + Sha256sumFormat.writeEscapedLine(sha256, name);
        }
    }

    /** Parses lines one after another. Those of one batch differ only in their names and hashes, and share all else. */
    private static final class LineReader {
        private final Manifest known;
        private String time = "";
        private Instant at = Instant.EPOCH;
        private String word = "";
        private Loss loss = Loss.NONE;
        private Optional<VerificationMethod> verification = Optional.empty();

        LineReader(Manifest known) {
            this.known = known;
        }

        Optional<Entry> parse(String line) {
            String[] parts = line.split(" ", 3);
            if (parts.length < 3) {
                return Optional.empty();
            }
            try {
                if (!parts[0].equals(time)) {
                    at = Instant.parse(parts[0]);
                    time = parts[0];
                }
                if (!parts[1].equals(word)) {
                    Loss now = loss(parts[1]);
                    // An unknown word throws here, before anything is remembered.
                    verification =
                            now == Loss.NONE ? Optional.of(VerificationMethod.ofOldOrNew(parts[1])) : Optional.empty();
                    loss = now;
                    word = parts[1];
                }
                return Sha256sumFormat.readLine(parts[2]).map(this::entry);
            } catch (DateTimeException | IllegalArgumentException cutShort) {
                return Optional.empty();
            }
        }

        private Entry entry(Sha256sumFormat.Sum sum) {
            return new Entry(known.shared(sum.name()), sum.hash(), verification, loss, at);
        }

        private static Loss loss(String word) {
            return Stream.of(Loss.values())
                    .filter(loss -> loss.word().equals(word))
                    .findFirst()
                    .orElse(Loss.NONE);
        }
    }

    /** Appends entries, and returns after they are on disk. {@code datedFolder} is the name below the root. */
    public void add(Job job, String datedFolder, Collection<Entry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        takeOver(job, datedFolder);
        // First ends a line that a crash may have cut short.
        file(job, datedFolder).append("\n" + text(entries));
    }

    private static String text(Collection<Entry> entries) {
        return entries.stream().map(Entry::line).collect(Collectors.joining());
    }

    /** The last entry of each copy in the folder, by name. */
    public Map<String, Entry> of(Job job, String datedFolder) {
        return of(job, datedFolder, Manifest.EMPTY);
    }

    /** The same, and shares memory with the folder's manifest as far as that is {@code known}. */
    public Map<String, Entry> of(Job job, String datedFolder, Manifest known) {
        // The old file first: once it is gone, the new one has its lines.
        Map<String, Entry> old = read(oldFile(job, datedFolder), known);
        Map<String, Entry> entries = read(file(job, datedFolder), known);
        old.forEach((name, entry) ->
                entries.merge(name, entry, (now, before) -> now.at().isBefore(before.at()) ? before : now));
        return entries;
    }

    private static Map<String, Entry> read(StateFile file, Manifest known) {
        Map<String, Entry> entries = new TreeMap<>();
        file.read(parser(file, known, entries));
        return entries;
    }

    /** Puts the entries of lines into a map, the last one of each copy. */
    private static Consumer<String> parser(StateFile file, Manifest known, Map<String, Entry> entries) {
        LineReader lines = new LineReader(known);
        AtomicInteger number = new AtomicInteger();
        return line -> {
            number.incrementAndGet();
            Optional<Entry> entry = lines.parse(line);
            entry.ifPresent(one -> entries.put(one.name(), one));
            if (entry.isEmpty() && !isCut(line)) {
                // It may say of any copy that it is damaged.
                throw StateException.damaged(file.place(), "line %d".formatted(number.get()), null);
            }
        };
    }

    /** Nothing, or what a crash leaves of a line: it was not on disk as a whole, so nobody relied on it. */
    private static boolean isCut(String line) {
        return line.chars().allMatch(c -> c == 0) || CUT.matcher(line).matches();
    }

    public List<String> folders(Job job) {
        return Stream.of(OLD, FOLDER)
                .flatMap(top -> state.names(top + "/" + StateFile.fileName(job.destination())).stream())
                .map(name -> URLDecoder.decode(name, StandardCharsets.UTF_8))
                .filter(name -> job.folders().parse(name).isPresent())
                .distinct()
                .sorted()
                .toList();
    }

    /** Keeps only the last entry of each copy, if the file has many more lines. */
    public void compact(Job job, String datedFolder) {
        if (takeOver(job, datedFolder)) {
            return;
        }
        StateFile file = file(job, datedFolder);
        Map<String, Entry> entries = new TreeMap<>();
        Consumer<String> parser = parser(file, Manifest.EMPTY, entries);
        LongAdder lines = new LongAdder();
        file.read(line -> {
            lines.add(line.isEmpty() ? 0 : 1);
            parser.accept(line);
        });
        if (lines.sum() > entries.size() * WORTH_COMPACTING) {
            file.update(all -> {
                Map<String, Entry> last = new TreeMap<>();
                all.forEach(parser(file, Manifest.EMPTY, last));
                return text(last.values()).lines().toList();
            });
        }
    }

    /**
     * Moves the entries of an earlier version over, if there are any. Every entry is in one of the two files at any
     * time, so this can be interrupted and repeated.
     */
    private boolean takeOver(Job job, String datedFolder) {
        StateFile old = oldFile(job, datedFolder);
        if (!old.exists()) {
            return false;
        }
        file(job, datedFolder).write(text(of(job, datedFolder).values()).lines().toList());
        old.delete();
        return true;
    }

    public void forget(Job job, String datedFolder) {
        StateFile old = oldFile(job, datedFolder);
        if (old.exists()) {
            old.delete();
        }
        file(job, datedFolder).delete();
    }

    /** A file of the job's destination that is no record of a dated folder. */
    StateFile beside(Job job, String name) {
        return file(FOLDER, job, name);
    }

    private StateFile file(Job job, String datedFolder) {
        return file(FOLDER, job, StateFile.fileName(datedFolder));
    }

    private StateFile oldFile(Job job, String datedFolder) {
        return file(OLD, job, StateFile.fileName(datedFolder));
    }

    private StateFile file(String top, Job job, String name) {
        return new StateFile(state, top + "/" + StateFile.fileName(job.destination()) + "/" + name);
    }
}
