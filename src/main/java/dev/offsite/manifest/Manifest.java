package dev.offsite.manifest;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The verified copies of a dated folder, as listed in {@code SHA256SUMS}: relative name to SHA-256 in lower-case hex.
 * Immutable, and sorted by name so that the same copies always give the same text. The format is GNU
 * {@code sha256sum}'s, including its escapes, so {@code sha256sum -c SHA256SUMS} checks the folder without Offsite.
 */
public final class Manifest {

    /** The name of the file in each dated folder. */
    public static final String NAME = "SHA256SUMS";

    public static final Manifest EMPTY = new Manifest(Map.of());

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    /** Entries turned into text at a time. */
    private static final int STREAMED = 500;

    private final NavigableMap<String, String> entries;

    /**
     * Copies the entries.
     *
     * @param entries name to hash
     * @throws IllegalArgumentException if a hash is not 64 lower-case hex digits, or a name is empty, absolute,
     *     contains NUL or has an empty, {@code .} or {@code ..} part
     */
    public Manifest(Map<String, String> entries) {
        this(checked(entries));
    }

    /** Takes checked entries without copying them: a folder may have a hundred thousand. */
    private Manifest(NavigableMap<String, String> checked) {
        this.entries = Collections.unmodifiableNavigableMap(checked);
    }

    private static NavigableMap<String, String> checked(Map<String, String> entries) {
        NavigableMap<String, String> sorted = new TreeMap<>();
        sorted.putAll(entries);
        sorted.forEach((name, hash) -> {
            if (!HASH.matcher(hash).matches()) {
                throw new IllegalArgumentException("not a SHA-256 in lower-case hex: " + hash);
            }
            fault(name).ifPresent(fault -> {
                throw new IllegalArgumentException(fault + ": " + name);
            });
        });
        return sorted;
    }

    public NavigableMap<String, String> entries() {
        return entries;
    }

    /**
     * Parses a {@code SHA256SUMS}. It comes from the server, so it is untrusted and never quoted in a message.
     *
     * @throws IllegalArgumentException with the line number, if a line is not a sum, ends in a carriage return, has a
     *     name that could lead out of the folder (see the constructor), or gives a name a second, different hash
     */
    public static Manifest parse(String text) {
        NavigableMap<String, String> entries = new TreeMap<>();
        int number = 0;
        for (int start = 0; start < text.length(); ) {
            number++;
            int newline = text.indexOf('\n', start);
            int end = newline < 0 ? text.length() : newline;
            Sha256sumFormat.Sum sum = parseLine(text.substring(start, end), number);
            String other = entries.putIfAbsent(sum.name(), sum.hash());
            if (other != null && !other.equals(sum.hash())) {
                throw refused(number, "a name that is already there with a different hash");
            }
            start = end + 1;
        }
        return new Manifest(entries);
    }

    /** The names that {@link #parse} refuses, unchanged: untrusted, only for messages or to be skipped. */
    public static Set<String> refusedNames(String text) {
        Set<String> refused = new TreeSet<>();
        split(text, refused);
        return refused;
    }

    /** As {@link #parse}, but skips {@link #refusedNames}. */
    public static Manifest parseSafeNames(String text) {
        return parse(split(text, new TreeSet<>()));
    }

    private static String split(String text, Set<String> refused) {
        StringBuilder rest = new StringBuilder(text.length());
        for (String line : text.split("\n", -1)) {
            Optional<String> name = Sha256sumFormat.readLine(line).map(Sha256sumFormat.Sum::name);
            if (name.flatMap(Manifest::fault).isPresent()) {
                refused.add(name.get());
            } else if (!line.isEmpty()) {
                rest.append(line).append('\n');
            }
        }
        return rest.toString();
    }

    /** The text of the file: one line per entry, in GNU text mode. */
    public String format() {
        StringBuilder text = new StringBuilder(entries.size() * 100);
        entries.forEach((name, hash) -> text.append(Sha256sumFormat.writeLine(hash, name)));
        return text.toString();
    }

    /** The same text as UTF-8, built while it is read, so that a large folder's text is never in memory as a whole. */
    @SuppressWarnings("JdkObsolete") // SequenceInputStream takes no Iterator
    public InputStream stream() {
        Iterator<Map.Entry<String, String>> rest = entries.entrySet().iterator();
        return new SequenceInputStream(new Enumeration<>() {
            @Override
            public boolean hasMoreElements() {
                return rest.hasNext();
            }

            @Override
            public InputStream nextElement() {
                StringBuilder text = new StringBuilder(STREAMED * 100);
                for (int i = 0; i < STREAMED && rest.hasNext(); i++) {
                    Map.Entry<String, String> entry = rest.next();
                    text.append(Sha256sumFormat.writeLine(entry.getValue(), entry.getKey()));
                }
                return new ByteArrayInputStream(text.toString().getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    public boolean has(Map<String, String> these) {
        return these.entrySet().stream().allMatch(one -> one.getValue().equals(entries.get(one.getKey())));
    }

    /** The hash of a name; empty if it is not listed. */
    public Optional<String> hash(String name) {
        return Optional.ofNullable(entries.get(name));
    }

    /** Adds entries, checked as in the constructor; an existing name gets the new hash. */
    public Manifest with(Map<String, String> more) {
        NavigableMap<String, String> all = new TreeMap<>(entries);
        all.putAll(checked(more));
        return new Manifest(all);
    }

    /** Removes names; unknown ones are ignored. */
    public Manifest without(Collection<String> names) {
        NavigableMap<String, String> rest = new TreeMap<>(entries);
        names.forEach(rest::remove);
        return new Manifest(rest);
    }

    public int size() {
        return entries.size();
    }

    public Set<String> names() {
        return entries.keySet();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Manifest manifest && entries.equals(manifest.entries);
    }

    @Override
    public int hashCode() {
        return entries.hashCode();
    }

    @Override
    public String toString() {
        return entries.toString();
    }

    private static Sha256sumFormat.Sum parseLine(String line, int number) {
        if (line.endsWith("\r")) {
            throw refused(
                    number, "ends in a carriage return, which sha256sum never writes: the file was changed on its way");
        }
        Sha256sumFormat.Sum sum =
                Sha256sumFormat.readLine(line).orElseThrow(() -> refused(number, "not a line of sha256sum"));
        fault(sum.name()).ifPresent(fault -> {
            throw refused(number, fault);
        });
        return sum;
    }

    private static IllegalArgumentException refused(int number, String fault) {
        return new IllegalArgumentException(NAME + " line " + number + ": " + fault);
    }

    /** Why a manifest cannot list a copy of this name, in a few words; empty if it can. */
    public static Optional<String> fault(String name) {
        if (name.isEmpty()) {
            return Optional.of("an empty name");
        }
        if (name.startsWith("/")) {
            return Optional.of("an absolute name");
        }
        if (name.indexOf('\0') >= 0) {
            return Optional.of("a name with NUL");
        }
        for (String part : name.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                return Optional.of("a name with an empty, . or .. part");
            }
        }
        return Optional.empty();
    }
}
