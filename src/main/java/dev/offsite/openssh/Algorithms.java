package dev.offsite.openssh;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which algorithms a connection offers: the defaults of the SSH client, changed as ssh_config and the setting {@code
 * algorithms} say. Changes are made to one session, never to the whole JVM.
 *
 * @param changes in this order
 * @param setting the setting as it is written; empty if it is not set
 */
public record Algorithms(List<Change> changes, String setting) {

    public static final Algorithms DEFAULT = new Algorithms(List.of(), "");

    private static final List<String> SIGNATURES =
            List.of("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521");

    private static final List<String> RSA = List.of("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa");

    /** What can be allowed, the best first. Lower case, as all names of algorithms are. */
    static final Map<AlgorithmKind, List<String>> KNOWN = known();

    /** Those that only Bouncy Castle has, on any Java that Offsite runs on. */
    private static final Set<String> BOUNCY_CASTLE = Set.of(
            "chacha20-poly1305@openssh.com",
            "sntrup761x25519-sha512",
            "sntrup761x25519-sha512@openssh.com",
            "blowfish-ctr",
            "cast128-cbc",
            "hmac-ripemd160",
            "hmac-ripemd160@openssh.com");

    /**
     * One change to the algorithms of a kind.
     *
     * @param names for {@link How#REMOVE} they may have {@code *} and {@code ?} in them
     */
    public record Change(AlgorithmKind kind, How how, List<String> names) {}

    /** What a change does. */
    public enum How {
        REPLACE,
        /** Offer them too, after all others. */
        ADD,
        REMOVE,
        /** Offer them first. */
        PREFER
    }

    private static Map<AlgorithmKind, List<String>> known() {
        Map<AlgorithmKind, List<String>> known = new EnumMap<>(AlgorithmKind.class);
        known.put(
                AlgorithmKind.KEY_EXCHANGE,
                List.of(
                        "mlkem768x25519-sha256",
                        "mlkem768nistp256-sha256",
                        "mlkem1024nistp384-sha384",
                        "sntrup761x25519-sha512",
                        "sntrup761x25519-sha512@openssh.com",
                        "curve25519-sha256",
                        "curve25519-sha256@libssh.org",
                        "curve448-sha512",
                        "ecdh-sha2-nistp256",
                        "ecdh-sha2-nistp384",
                        "ecdh-sha2-nistp521",
                        "diffie-hellman-group-exchange-sha256",
                        "diffie-hellman-group16-sha512",
                        "diffie-hellman-group18-sha512",
                        "diffie-hellman-group17-sha512",
                        "diffie-hellman-group15-sha512",
                        "diffie-hellman-group14-sha256",
                        "diffie-hellman-group14-sha1",
                        "diffie-hellman-group-exchange-sha1",
                        "diffie-hellman-group1-sha1"));
        List<String> signatures = Stream.of(
                        SIGNATURES.stream().map(Algorithms::certified),
                        Stream.of(certified("rsa-sha2-512"), certified("rsa-sha2-256")),
                        SIGNATURES.stream(),
                        RSA.stream(),
                        Stream.of("ssh-ed448", certified("ssh-rsa"), "ssh-dss"))
                .flatMap(names -> names)
                .toList();
        known.put(AlgorithmKind.HOST_KEY, signatures);
        known.put(
                AlgorithmKind.CIPHER,
                List.of(
                        "aes128-gcm@openssh.com",
                        "aes256-gcm@openssh.com",
                        "aes128-ctr",
                        "aes192-ctr",
                        "aes256-ctr",
                        "chacha20-poly1305@openssh.com",
                        "aes256-cbc",
                        "aes192-cbc",
                        "aes128-cbc",
                        "3des-cbc",
                        "blowfish-ctr",
                        "blowfish-cbc",
                        "cast128-cbc",
                        "arcfour256",
                        "arcfour128"));
        known.put(
                AlgorithmKind.MAC,
                List.of(
                        "hmac-sha2-256-etm@openssh.com",
                        "hmac-sha2-512-etm@openssh.com",
                        "hmac-sha1-etm@openssh.com",
                        "hmac-sha2-256",
                        "hmac-sha2-512",
                        "hmac-sha1",
                        "hmac-sha1-96-etm@openssh.com",
                        "hmac-sha1-96",
                        "hmac-ripemd160",
                        "hmac-ripemd160@openssh.com",
                        "hmac-md5-etm@openssh.com",
                        "hmac-md5",
                        "hmac-md5-96"));
        known.put(AlgorithmKind.LOGIN_KEY, signatures);
        return known;
    }

    private static String certified(String signature) {
        return signature + "-cert-v01@openssh.com";
    }

    /**
     * Parses the setting: names with a plus (offer it too) or a minus (do not offer it), separated by commas, such as
     * {@code +ssh-rsa,+diffie-hellman-group14-sha1}.
     *
     * @throws IllegalArgumentException if it is not that, or an algorithm is unknown
     */
    public static Algorithms parse(String text) {
        List<Change> changes = new ArrayList<>();
        for (String item : text.strip().split("\\s*,\\s*", -1)) {
            boolean add = item.startsWith("+");
            if (!add && !item.startsWith("-")) {
                throw new IllegalArgumentException(
                        item.isEmpty()
                                ? "'%s' has an empty name".formatted(text)
                                : "'%s' must begin with + (offer it too) or - (do not offer it)".formatted(item));
            }
            String name = item.substring(1).strip();
            List<AlgorithmKind> kinds = AlgorithmKind.of(name);
            if (kinds.isEmpty()) {
                throw new IllegalArgumentException(
                        "there is no algorithm '%s' in Offsite's SSH client".formatted(name));
            }
            kinds.forEach(kind -> changes.add(new Change(kind, add ? How.ADD : How.REMOVE, List.of(name))));
        }
        return new Algorithms(List.copyOf(changes), text.strip());
    }

    /**
     * The change that an argument of ssh_config makes: a list that may begin with {@code +}, {@code -} or {@code ^}. Names that are
     * unknown to Offsite are left out when the list is applied.
     */
    static Change change(AlgorithmKind kind, String argument) {
        How how =
                switch (argument.isEmpty() ? ' ' : argument.charAt(0)) {
                    case '+' -> How.ADD;
                    case '-' -> How.REMOVE;
                    case '^' -> How.PREFER;
                    default -> How.REPLACE;
                };
        String names = how == How.REPLACE ? argument : argument.substring(1);
        return new Change(kind, how, List.of(names.split(",")));
    }

    /** All algorithms that can be allowed, for spelling suggestions. */
    public static Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        KNOWN.values().forEach(names::addAll);
        return names;
    }

    /** These changes, and then those. */
    public Algorithms then(Algorithms more) {
        return new Algorithms(
                Stream.concat(changes.stream(), more.changes.stream()).toList(), setting + more.setting);
    }

    /**
     * What to offer.
     *
     * @param defaults what the SSH client offers by itself
     * @param supported all that it can offer
     */
    public List<String> offer(AlgorithmKind kind, List<String> defaults, Set<String> supported) {
        List<String> offered = new ArrayList<>(defaults);
        for (Change change : changes) {
            if (change.kind == kind) {
                List<String> named =
                        change.names.stream().filter(supported::contains).toList();
                switch (change.how) {
                    case REPLACE -> offered = new ArrayList<>(named);
                    case ADD -> offered.addAll(named);
                    case REMOVE ->
                        offered.removeIf(
                                name -> change.names.stream().anyMatch(pattern -> Patterns.matches(pattern, name)));
                    case PREFER -> {
                        offered.removeAll(named);
                        offered.addAll(0, named);
                    }
                }
            }
        }
        return List.copyOf(new LinkedHashSet<>(offered));
    }

    /** Whether nothing changes what is offered of this kind. */
    public boolean leaves(AlgorithmKind kind) {
        return changes.stream().noneMatch(change -> change.kind == kind);
    }

    /** Whether one of these was allowed expressly. */
    public boolean allow(Set<String> names) {
        return changes.stream()
                .anyMatch(change ->
                        change.how != How.REMOVE && change.names.stream().anyMatch(names::contains));
    }

    /** Whether this algorithm needs Bouncy Castle. */
    public static boolean needsBouncyCastle(String algorithm) {
        return BOUNCY_CASTLE.contains(algorithm);
    }

    /** What this Java lacks if it cannot run an algorithm that Offsite knows. */
    static String needs(String algorithm) {
        return algorithm.startsWith("mlkem")
                ? "Java 24 or newer (this is Java %d)"
                        .formatted(Runtime.version().feature())
                : "Bouncy Castle (bcprov and bcutil) on the class path";
    }
}
