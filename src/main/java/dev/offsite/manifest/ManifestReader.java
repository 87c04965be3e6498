package dev.offsite.manifest;

import dev.offsite.io.Text;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * Parses a {@code SHA256SUMS} as it arrives, so that its text is never in memory as a whole. It comes from the server:
 * it is untrusted, its size is limited, and it is never quoted in a message.
 *
 * <p>What GNU {@code sha256sum -c} takes without a warning is accepted. So are an empty line and a comment, which is not
 * kept.
 */
public final class ManifestReader extends OutputStream {

    /** The longest path on Linux, with all of it escaped, needs half of this. */
    private static final int MOST_LINE = 16 << 10;

    /** Bytes of memory that each entry takes besides those of its line. */
    private static final int EACH = 120;

    private final long most;
    private final UnaryOperator<String> names;
    private final SortedMap<String, byte[]> entries = new TreeMap<>();
    private final Set<String> refused = new TreeSet<>();
    private final ByteArrayOutputStream rest = new ByteArrayOutputStream();
    private long size;
    private int number;
    private String fault;
    /** Whether there is a fault besides unsafe names. */
    private boolean damaged;

    /**
     * Reads one manifest.
     *
     * @param most limit for the memory that it may take, in bytes
     * @param known what is probably the same; its names take no memory again
     */
    public ManifestReader(long most, Manifest known) {
        this(most, known::shared);
    }

    /** {@code names}: returns the same text that is in memory already, or what it is given */
    public ManifestReader(long most, UnaryOperator<String> names) {
        this.most = most;
        this.names = names;
    }

    /** Reads a text of any size. */
    public static ManifestReader of(String text) {
        ManifestReader reader = new ManifestReader(Long.MAX_VALUE, Manifest.EMPTY);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        reader.write(bytes, 0, bytes.length);
        return reader;
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        int start = offset;
        for (int i = offset; i < offset + length && !damaged; i++) {
            if (bytes[i] == '\n') {
                rest.write(bytes, start, i - start);
                start = i + 1;
                endLine();
            }
        }
        if (!damaged) {
            rest.write(bytes, start, offset + length - start);
            if (rest.size() > MOST_LINE) {
                endLine();
            }
        }
    }

    private void endLine() {
        number++;
        size += rest.size() + EACH;
        if (size > most) {
            damage(
                    "%s is too large: from line %d on it takes more than %s of memory; OFFSITE_JAVA_OPTS=-Xmx512m allows more"
                            .formatted(Manifest.NAME, number, Text.size(most)));
        } else if (rest.size() > MOST_LINE) {
            damage(line("not a line of sha256sum"));
        } else {
            read(rest.toString(StandardCharsets.UTF_8));
        }
        rest.reset();
    }

    private void read(String line) {
        if (line.isEmpty() || line.startsWith("#")) {
            return;
        }
        if (line.endsWith("\r")) {
            damage(line("ends in a carriage return, which sha256sum never writes: the file was changed on its way"));
            return;
        }
        Optional<Sha256sumFormat.Sum> sum = Sha256sumFormat.readLine(line);
        if (sum.isEmpty()) {
            damage(line("not a line of sha256sum"));
            return;
        }
        String name = sum.get().name();
        Optional<String> unsafe = Manifest.fault(name);
        if (unsafe.isPresent()) {
            refused.add(name);
            fault = fault == null ? line(unsafe.get()) : fault;
            return;
        }
        byte[] hash = HexFormat.of().parseHex(sum.get().hash());
        byte[] other = entries.putIfAbsent(names.apply(name), hash);
        if (other != null && !Arrays.equals(other, hash)) {
            damage(line("a name that is already there with a different hash"));
        }
    }

    private String line(String what) {
        return Manifest.NAME + " line " + number + ": " + what;
    }

    private void damage(String what) {
        damaged = true;
        fault = fault == null ? what : fault;
    }

    /** Whether the rest of the file would change nothing. */
    public boolean hasEnough() {
        return damaged;
    }

    /**
     * The entries, after all was written.
     *
     * @throws IllegalArgumentException with the line number, if a line is not a sum, ends in a carriage return, has a
     *     name that could lead out of the folder (see {@link Manifest#fault}), or gives a name a second, different
     *     hash; or if it is too large
     */
    public Manifest manifest() {
        end();
        if (fault != null) {
            throw new IllegalArgumentException(fault);
        }
        return new Manifest(entries);
    }

    /** The entries except {@link #refusedNames}; empty if there are none, or the file has other faults. */
    public Optional<Manifest> safe() {
        end();
        return damaged || entries.isEmpty() ? Optional.empty() : Optional.of(new Manifest(entries));
    }

    /** The names that could lead out of the folder, unchanged: untrusted, only for messages or to be skipped. */
    public Set<String> refusedNames() {
        end();
        return refused;
    }

    private void end() {
        if (rest.size() > 0 && !damaged) {
            endLine();
        }
    }
}
