package dev.offsite.openssh;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a certificate authority says of a key.
 *
 * @param host whether it is for servers, not for users
 * @param names the servers it is for; empty: for all
 * @param after seconds since 1970, without a sign
 * @param before likewise; it is no longer valid then
 * @param options whether it has options that must be understood, of which servers have none
 * @param authority the key that signed it
 * @param algorithm of the signature
 * @param verified false if the signature is of an algorithm that cannot be checked here
 */
record HostCertificate(
        boolean host,
        List<String> names,
        long after,
        long before,
        boolean options,
        SshKey authority,
        String algorithm,
        boolean verified) {

    private static final int USER = 1;
    private static final int HOST = 2;
    private static final int MOST_NAMES = 256;

    /** OpenSSH's CASignatureAlgorithms, without security keys. */
    private static final Set<String> ALLOWED = Set.of(
            "ssh-ed25519",
            "ecdsa-sha2-nistp256",
            "ecdsa-sha2-nistp384",
            "ecdsa-sha2-nistp521",
            "rsa-sha2-512",
            "rsa-sha2-256");

    /** Reads what follows the key in a certificate. Fails with {@link Wire.Malformed}, also if its signature is wrong. */
    static HostCertificate read(Wire wire, byte[] blob) {
        wire.number64();
        int type = wire.number32();
        wire.text();
        byte[] names = wire.string();
        long after = wire.number64();
        long before = wire.number64();
        byte[] options = wire.string();
        byte[] extensions = wire.string();
        wire.string();
        byte[] authority = wire.string();
        int signed = wire.position();
        byte[] signature = wire.string();

        Wire.check(type == USER || type == HOST, "a certificate of an unknown kind");
        pairs(options);
        pairs(extensions);
        SshKey by = SshKey.parse(authority, false);
        String algorithm = new Wire(signature).text();
        Optional<Boolean> right = KeySignature.verify(by, signature, Arrays.copyOf(blob, signed));
        Wire.check(right.orElse(true), "a certificate with a wrong signature");
        return new HostCertificate(
                type == HOST, names(names), after, before, options.length > 0, by, algorithm, right.isPresent());
    }

    private static List<String> names(byte[] section) {
        List<String> names = new ArrayList<>();
        Wire wire = new Wire(section);
        while (!wire.isEmpty()) {
            Wire.check(names.size() < MOST_NAMES, "too many names");
            names.add(wire.text());
        }
        return names;
    }

    private static void pairs(byte[] section) {
        Wire wire = new Wire(section);
        while (!wire.isEmpty()) {
            wire.string();
            wire.string();
        }
    }

    /** Why it does not vouch for this server now, as the end of a sentence; empty if it does. */
    Optional<String> problem(String server, Instant now) {
        long time = now.getEpochSecond();
        if (!host) {
            return Optional.of("is for users and not for servers");
        }
        if (Long.compareUnsigned(time, after) < 0) {
            return Optional.of("is not valid yet, but from %s".formatted(time(after)));
        }
        if (Long.compareUnsigned(time, before) >= 0) {
            return Optional.of("has expired: it was valid until %s".formatted(time(before)));
        }
        if (!names.isEmpty() && !names.contains(server)) {
            return Optional.of("is for %s and not for %s".formatted(String.join(", ", names), server));
        }
        if (options) {
            return Optional.of("has critical options, which no server's certificate may have");
        }
        if (!verified || !ALLOWED.contains(algorithm)) {
            return Optional.of("is signed with %s, which is not accepted here".formatted(algorithm));
        }
        return Optional.empty();
    }

    private static String time(long seconds) {
        return seconds < 0 || seconds > Instant.MAX.getEpochSecond()
                ? Long.toUnsignedString(seconds) + " seconds after 1970"
                : Instant.ofEpochSecond(seconds).toString();
    }
}
