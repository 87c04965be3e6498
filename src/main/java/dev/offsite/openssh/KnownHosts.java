package dev.offsite.openssh;

import dev.offsite.openssh.HostKeyVerdict.Kind;
import dev.offsite.openssh.KnownHostsLine.Marker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The known_hosts files of a target: which keys of a server are trusted. Every line has the meaning that OpenSSH gives it, and both
 * SSH clients ask here.
 *
 * @param lines without those that OpenSSH ignores
 */
public record KnownHosts(List<Path> files, List<KnownHostsLine> lines) {

    /** A line for one server, with its key. */
    private record Entry(KnownHostsLine line, SshKey key) {
        boolean is(Marker marker) {
            return line.marker() == marker;
        }
    }

    /** What one name says of a key. */
    private record Answer(Kind kind, String detail) {}

    /** Reads files of which some may not exist. Lines may be of any length and in any encoding. */
    public static KnownHosts read(List<Path> files) throws IOException {
        List<KnownHostsLine> lines = new ArrayList<>();
        for (Path file : files) {
            int number = 0;
            for (String line : text(file).split("\n", -1)) {
                KnownHostsLine.parse(file, ++number, line).ifPresent(lines::add);
            }
        }
        return new KnownHosts(List.copyOf(files), List.copyOf(lines));
    }

    private static String text(Path file) throws IOException {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    /**
     * Whether this server may be talked to.
     *
     * @param sent the key or certificate that it sent, as in the SSH protocol
     * @param proved the key that it proved to have: that of the certificate, if it sent one
     */
    public HostKeyVerdict check(ServerName server, byte[] sent, byte[] proved, Instant now) {
        Optional<SshKey> key = SshKey.parse(sent);
        if (key.isEmpty()) {
            return unusable(server, "it is of an unknown type, too short, or a certificate with a wrong signature");
        }
        if (!SshKey.parse(proved).map(key.get()::isSameAs).orElse(false)) {
            return unusable(server, "the server did not prove that it has it");
        }
        Answer answer = answer(server, server.entry(), server.otherEntry(), key.get(), now);
        return new HostKeyVerdict(answer.kind, server.entry(), key.get().fingerprint(), answer.detail, files);
    }

    /** For a key that cannot be checked at all. */
    public HostKeyVerdict unusable(ServerName server, String why) {
        return new HostKeyVerdict(Kind.UNUSABLE, server.entry(), "", why, files);
    }

    /** As OpenSSH decides: with the port first, then without it; by the certificate first, then by the key alone. */
    private Answer answer(ServerName server, String name, Optional<String> other, SshKey key, Instant now) {
        Answer answer = key.isCertificate() ? certified(server, name, key, now) : plain(name, key);
        if (answer.kind == Kind.TRUSTED || answer.kind == Kind.REVOKED) {
            return answer;
        }
        if (answer.kind == Kind.UNKNOWN && other.isPresent()) {
            Answer without = answer(server, other.get(), Optional.empty(), key, now);
            if (without.kind == Kind.TRUSTED) {
                return without;
            }
            // Another key there is no change: another port may be another server.
            answer = without.kind == Kind.CHANGED ? answer : without;
        }
        if (!key.isCertificate()) {
            return answer;
        }
        Answer alone = answer(server, name, other, key.withoutCertificate(), now);
        boolean ofCertificate = answer.kind != Kind.UNKNOWN && alone.kind != Kind.REVOKED;
        return alone.kind != Kind.TRUSTED && ofCertificate ? answer : alone;
    }

    private Answer plain(String name, SshKey key) {
        Answer answer = new Answer(Kind.UNKNOWN, authorities(name));
        for (Entry entry : entries(name)) {
            if (entry.is(Marker.REVOKED) && entry.key.isSameAs(key)) {
                return new Answer(Kind.REVOKED, entry.line.place());
            }
            if (entry.is(Marker.NONE) && answer.kind != Kind.TRUSTED) {
                answer = new Answer(entry.key.equals(key) ? Kind.TRUSTED : Kind.CHANGED, entry.line.place());
            }
        }
        return answer;
    }

    private String authorities(String name) {
        return entries(name).stream().anyMatch(entry -> entry.is(Marker.CERT_AUTHORITY))
                ? "only an authority for certificates is known, and the server showed none that it signed"
                : "";
    }

    private Answer certified(ServerName server, String name, SshKey key, Instant now) {
        SshKey authority = key.certificate().authority();
        Answer answer = new Answer(Kind.UNKNOWN, "");
        for (Entry entry : entries(name)) {
            if (entry.is(Marker.REVOKED) && (entry.key.isSameAs(key) || entry.key.isSameAs(authority))) {
                return new Answer(Kind.REVOKED, entry.line.place());
            }
            if (entry.is(Marker.CERT_AUTHORITY) && answer.kind != Kind.TRUSTED) {
                answer = entry.key.isSameAs(authority)
                        ? new Answer(Kind.TRUSTED, entry.line.place())
                        : new Answer(
                                Kind.BAD_CERTIFICATE,
                                "it is signed by %s, which is no authority for it".formatted(authority.fingerprint()));
            }
        }
        Optional<String> problem =
                answer.kind == Kind.TRUSTED ? key.certificate().problem(server.plain(), now) : Optional.empty();
        return problem.map(what -> new Answer(Kind.BAD_CERTIFICATE, "it " + what))
                .orElse(answer);
    }

    private List<Entry> entries(String name) {
        List<Entry> entries = new ArrayList<>();
        for (KnownHostsLine line : lines) {
            if (line.isFor(name)) {
                line.publicKey().ifPresent(key -> entries.add(new Entry(line, key)));
            }
        }
        return entries;
    }

    /** Whether the server's certificate, if it has one, may decide. */
    public boolean dependsOnCertificates(ServerName server) {
        return Stream.concat(Stream.of(server.entry()), server.otherEntry().stream())
                .flatMap(name -> entries(name).stream())
                .anyMatch(entry -> !entry.is(Marker.NONE));
    }

    /**
     * The algorithms in the order in which OpenSSH asks a server for its key: those first whose keys are known, so that a
     * server with several keys shows one of them.
     *
     * @param algorithms the best first
     */
    public List<String> order(ServerName server, List<String> algorithms) {
        List<Entry> entries = entries(server.entry());
        if (algorithms.isEmpty() || isKnown(entries, algorithms.get(0))) {
            return algorithms;
        }
        boolean authority = entries.stream().anyMatch(entry -> entry.is(Marker.CERT_AUTHORITY));
        List<String> ordered = new ArrayList<>();
        List<String> last = new ArrayList<>();
        for (String algorithm : algorithms) {
            boolean first = (authority && KeyType.isCertificate(algorithm)) || isKnown(entries, algorithm);
            (first ? ordered : last).add(algorithm);
        }
        ordered.addAll(last);
        return ordered;
    }

    /** The algorithms in OpenSSH's order of preference; those that it does not know are last. */
    public static List<String> preferred(List<String> algorithms) {
        List<String> known = Algorithms.KNOWN.get(AlgorithmKind.HOST_KEY);
        List<String> preferred = new ArrayList<>(algorithms);
        preferred.sort(Comparator.comparingInt(name -> known.contains(name) ? known.indexOf(name) : known.size()));
        return preferred;
    }

    private static boolean isKnown(List<Entry> entries, String algorithm) {
        Optional<KeyType> type = KeyType.of(algorithm);
        return entries.stream()
                .anyMatch(entry -> entry.is(Marker.NONE)
                        && !entry.key.isCertificate()
                        && type.equals(Optional.of(entry.key.type())));
    }
}
