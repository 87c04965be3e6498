package dev.offsite.source;

import dev.offsite.manifest.Sha256sumFormat;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What somebody else's checksum file says: {@code dump.gz.sha256}, or a list such as {@code SHA256SUMS}. Read as generously as
 * {@code sha256sum -c} does: lines of GNU and of BSD, a hash alone, capital letters, carriage returns, comments.
 *
 * @param entries name, as it is written there, to the hash in lower-case hex; a hash alone has the empty name
 * @param ambiguous names that have several different hashes
 * @param unreadable lines that are none of these; those that wrap a signed list are among them
 */
public record ChecksumFile(Map<String, String> entries, Set<String> ambiguous, List<String> unreadable) {

    /** The hashes that it may have. */
    public enum Algorithm {
        SHA256("SHA-256", 64),
        SHA512("SHA-512", 128);

        private final String javaName;
        private final Pattern alone;
        private final Pattern gnu;
        private final Pattern bsd;

        Algorithm(String javaName, int digits) {
            this.javaName = javaName;
            String hash = "([0-9a-fA-F]{%d})".formatted(digits);
            this.alone = Pattern.compile(hash);
            this.gnu = Pattern.compile("(\\\\?)" + hash + "(?: [ *]|[ \t]+)(.+)", Pattern.DOTALL);
            this.bsd = Pattern.compile(
                    "(\\\\?)SHA(?:2-)?%d ?\\((.+)\\) ?= ?%s".formatted(digits * 4, hash), Pattern.DOTALL);
        }

        /** As people and {@link java.security.MessageDigest} write it. */
        public String javaName() {
            return javaName;
        }

        /** What the name of a file's own checksum file ends in. */
        public String suffix() {
            return "." + name().toLowerCase(Locale.ROOT);
        }

        /** The name of a list for a folder. */
        public String listName() {
            return name() + "SUMS";
        }
    }

    /** Reads its text. */
    public static ChecksumFile parse(String text, Algorithm algorithm) {
        Map<String, String> entries = new HashMap<>();
        Set<String> ambiguous = new HashSet<>();
        Set<String> unreadable = new LinkedHashSet<>();
        String plain = text.startsWith("\ufeff") ? text.substring(1) : text;
        for (String written : plain.split("\n", -1)) {
            // One that belongs to a name would be escaped.
            String line = written.endsWith("\r") ? written.substring(0, written.length() - 1) : written;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            Optional<Sha256sumFormat.Sum> sum = line(line, algorithm);
            if (sum.isEmpty()) {
                unreadable.add(line);
                continue;
            }
            String other = entries.putIfAbsent(sum.get().name(), sum.get().hash());
            if (other != null && !other.equals(sum.get().hash())) {
                ambiguous.add(sum.get().name());
            }
        }
        return new ChecksumFile(entries, ambiguous, List.copyOf(unreadable));
    }

    private static Optional<Sha256sumFormat.Sum> line(String line, Algorithm algorithm) {
        Matcher alone = algorithm.alone.matcher(line.strip());
        if (alone.matches()) {
            return Optional.of(sum(alone.group(1), ""));
        }
        Matcher gnu = algorithm.gnu.matcher(line);
        if (gnu.matches()) {
            return name(gnu.group(1), gnu.group(3)).map(name -> sum(gnu.group(2), name));
        }
        Matcher bsd = algorithm.bsd.matcher(line.stripTrailing());
        return bsd.matches() ? name(bsd.group(1), bsd.group(2)).map(name -> sum(bsd.group(3), name)) : Optional.empty();
    }

    private static Optional<String> name(String escaped, String written) {
        return escaped.isEmpty() ? Optional.of(written) : Sha256sumFormat.unescape(written);
    }

    private static Sha256sumFormat.Sum sum(String hash, String name) {
        return new Sha256sumFormat.Sum(hash.toLowerCase(Locale.ROOT), name);
    }

    /**
     * The hash that a file's own checksum file has for it: that of its name, in whatever folder it was then; or the only one
     * that is there, since whose it is the checksum file's own name says.
     *
     * @param fileName without its folder
     * @return empty if there is none, or several that could be meant
     */
    public Optional<String> own(String fileName) {
        Set<String> hashes = new HashSet<>();
        entries.forEach((name, hash) -> {
            if (name.substring(name.lastIndexOf('/') + 1).equals(fileName) && !ambiguous.contains(name)) {
                hashes.add(hash);
            }
        });
        if (hashes.isEmpty() && entries.size() == 1 && ambiguous.isEmpty()) {
            hashes.addAll(entries.values());
        }
        return hashes.size() == 1 && ambiguous.isEmpty()
                ? Optional.of(hashes.iterator().next())
                : Optional.empty();
    }
}
