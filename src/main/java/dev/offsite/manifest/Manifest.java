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
import java.util.regex.Pattern;

/**
 * The verified copies of a dated folder, as listed in {@code SHA256SUMS}: relative name to SHA-256 in lower-case hex.
 * Immutable, and sorted by name so that the same copies always give the same text. The format is GNU
 * {@code sha256sum}'s, with as few escapes as the names allow, so {@code sha256sum -c SHA256SUMS} checks the folder without Offsite.
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
    Manifest(NavigableMap<String, String> checked) {
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
     * Parses a {@code SHA256SUMS}.
     *
     * @throws IllegalArgumentException as {@link ManifestReader#manifest()}
     */
    public static Manifest parse(String text) {
        return ManifestReader.of(text).manifest();
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
