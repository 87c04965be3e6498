package dev.offsite.manifest;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Collection;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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

    /** Bytes of a hash. */
    private static final int HASH_BYTES = 32;

    private static final HexFormat HEX = HexFormat.of();

    /** Sorted. Arrays, because a folder may have a hundred thousand copies. */
    private final String[] names;

    /** One after another, in the order of the names. */
    private final byte[] hashes;

    /**
     * Copies the entries.
     *
     * @param entries name to hash
     * @throws IllegalArgumentException if a hash is not 64 lower-case hex digits, or a name is empty, absolute,
     *     contains NUL or has an empty, {@code .} or {@code ..} part
     */
    public Manifest(Map<String, String> entries) {
        this(bytes(checked(entries)));
    }

    /** Takes checked entries, name to the bytes of the hash. */
    Manifest(SortedMap<String, byte[]> checked) {
        this(new String[checked.size()], new byte[checked.size() * HASH_BYTES]);
        int i = 0;
        for (Map.Entry<String, byte[]> entry : checked.entrySet()) {
            names[i] = entry.getKey();
            System.arraycopy(entry.getValue(), 0, hashes, i * HASH_BYTES, HASH_BYTES);
            i++;
        }
    }

    private Manifest(String[] names, byte[] hashes) {
        this.names = names;
        this.hashes = hashes;
    }

    private static SortedMap<String, byte[]> bytes(SortedMap<String, String> entries) {
        SortedMap<String, byte[]> bytes = new TreeMap<>();
        entries.forEach((name, hash) -> bytes.put(name, HEX.parseHex(hash)));
        return bytes;
    }

    private static SortedMap<String, String> checked(Map<String, String> entries) {
        SortedMap<String, String> sorted = new TreeMap<>();
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

    /** All entries, sorted by name, each made when it is asked for. */
    public Iterable<Map.Entry<String, String>> entries() {
        return () -> IntStream.range(0, names.length)
                .mapToObj(i -> Map.entry(names[i], hash(i)))
                .iterator();
    }

    private String hash(int i) {
        return HEX.formatHex(hashes, i * HASH_BYTES, (i + 1) * HASH_BYTES);
    }

    /** The same text, which takes no more memory if it is a name that is listed. */
    public String shared(String name) {
        int i = find(name);
        return i >= 0 ? names[i] : name;
    }

    private int find(String name) {
        return Arrays.binarySearch(names, name);
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
        StringBuilder text = new StringBuilder(names.length * 100);
        entries().forEach(entry -> text.append(Sha256sumFormat.writeLine(entry.getValue(), entry.getKey())));
        return text.toString();
    }

    /** The same text as UTF-8, built while it is read, so that a large folder's text is never in memory as a whole. */
    @SuppressWarnings("JdkObsolete") // SequenceInputStream takes no Iterator
    public InputStream stream() {
        Iterator<Map.Entry<String, String>> rest = entries().iterator();
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
        return these.entrySet().stream()
                .allMatch(
                        one -> hash(one.getKey()).filter(one.getValue()::equals).isPresent());
    }

    /** The hash of a name; empty if it is not listed. */
    public Optional<String> hash(String name) {
        int i = find(name);
        return i >= 0 ? Optional.of(hash(i)) : Optional.empty();
    }

    /** Adds entries, checked as in the constructor; an existing name gets the new hash. */
    public Manifest with(Map<String, String> more) {
        Manifest added = new Manifest(more);
        int both = (int) Stream.of(added.names).filter(name -> find(name) >= 0).count();
        int size = names.length + added.names.length - both;
        Manifest all = new Manifest(new String[size], new byte[size * HASH_BYTES]);
        int mine = 0;
        int others = 0;
        for (int i = 0; i < size; i++) {
            int order = mine == names.length
                    ? 1
                    : others == added.names.length ? -1 : names[mine].compareTo(added.names[others]);
            if (order < 0) {
                all.set(i, this, mine++);
            } else {
                all.set(i, added, others++);
                mine += order == 0 ? 1 : 0;
            }
        }
        return all;
    }

    /** Removes names; unknown ones are ignored. */
    public Manifest without(Collection<String> names) {
        Set<String> gone = new HashSet<>(names);
        int[] kept = IntStream.range(0, this.names.length)
                .filter(i -> !gone.contains(this.names[i]))
                .toArray();
        Manifest rest = new Manifest(new String[kept.length], new byte[kept.length * HASH_BYTES]);
        for (int i = 0; i < kept.length; i++) {
            rest.set(i, this, kept[i]);
        }
        return rest;
    }

    /** While it is made. */
    private void set(int i, Manifest from, int there) {
        names[i] = from.names[there];
        System.arraycopy(from.hashes, there * HASH_BYTES, hashes, i * HASH_BYTES, HASH_BYTES);
    }

    public int size() {
        return names.length;
    }

    /** Sorted. */
    public Set<String> names() {
        return new AbstractSet<>() {
            @Override
            public Iterator<String> iterator() {
                return Arrays.asList(names).iterator();
            }

            @Override
            public int size() {
                return names.length;
            }

            @Override
            public boolean contains(Object name) {
                return name instanceof String text && find(text) >= 0;
            }
        };
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Manifest manifest
                && Arrays.equals(hashes, manifest.hashes)
                && Arrays.equals(names, manifest.names);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(names);
    }

    @Override
    public String toString() {
        return format();
    }

    /** Whether a file of this name below a dated folder is the manifest or a part of it, no copy. */
    public static boolean isOwn(String name) {
        return name.equals(NAME) || ManifestPart.isPart(name);
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
