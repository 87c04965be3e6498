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
 * A checksum file written by other software: {@code dump.gz.sha256}, or a list such as {@code SHA256SUMS}. As lenient
 * as {@code sha256sum -c}: GNU and BSD lines, a hash alone, capital letters, carriage returns, comments.
 *
 * @param entries name as written to the hash in lower-case hex; a hash alone has the empty name
 * @param ambiguous names with several different hashes
 * @param unreadable other lines, including those around a signed list
 */
public record ChecksumFile(Map<String, String> entries, Set<String> ambiguous, List<String> unreadable) {

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

        /** As users and {@link java.security.MessageDigest} write it. */
        public String javaName() {
            return javaName;
        }

        public String suffix() {
            return "." + name().toLowerCase(Locale.ROOT);
        }

        public String listName() {
            return name() + "SUMS";
        }
    }

    public static ChecksumFile parse(String text, Algorithm algorithm) {
        Map<String, String> entries = new HashMap<>();
        Set<String> ambiguous = new HashSet<>();
        Set<String> unreadable = new LinkedHashSet<>();
        String plain = text.startsWith("\ufeff") ? text.substring(1) : text;
        for (String written : plain.split("\n", -1)) {
            // A carriage return in a name would be escaped.
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
     * The hash of the file that this checksum file belongs to: the one listed under its name, in any folder, or else
     * the only one listed. Empty if there is none, or several could be meant.
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
