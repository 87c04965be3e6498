package dev.offsite.sftp.login;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchAlgoNegoFailException;
import com.jcraft.jsch.Session;
import dev.offsite.openssh.AlgorithmKind;
import dev.offsite.openssh.AlgorithmMismatch;
import dev.offsite.openssh.Algorithms;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a JSch session offers. It is set on the session alone: JSch's own settings are those of the whole JVM. */
public final class SessionAlgorithms {

    private static final Map<AlgorithmKind, List<String>> KEYS = Map.of(
            AlgorithmKind.KEY_EXCHANGE, List.of("kex"),
            AlgorithmKind.HOST_KEY, List.of("server_host_key"),
            AlgorithmKind.CIPHER, List.of("cipher.c2s", "cipher.s2c"),
            AlgorithmKind.MAC, List.of("mac.c2s", "mac.s2c"),
            AlgorithmKind.LOGIN_KEY, List.of("PubkeyAcceptedAlgorithms"));

    /** Safe ones that JSch does not offer by itself; last, since they are slower than what most servers have. */
    private static final Map<AlgorithmKind, List<String>> MORE = Map.of(
            AlgorithmKind.KEY_EXCHANGE,
                    List.of(
                            "sntrup761x25519-sha512",
                            "sntrup761x25519-sha512@openssh.com",
                            "mlkem768nistp256-sha256",
                            "mlkem1024nistp384-sha384"),
            AlgorithmKind.CIPHER, List.of("chacha20-poly1305@openssh.com"));

    /** Old servers have groups of 1,024 bits for these. */
    private static final Set<String> SMALL_GROUPS =
            Set.of("diffie-hellman-group-exchange-sha1", "diffie-hellman-group1-sha1");

    private static final String CERTIFICATE = "-cert-v01@openssh.com";

    private static final Set<String> SUPPORTED =
            Algorithms.names().stream().filter(SessionAlgorithms::isSupported).collect(Collectors.toUnmodifiableSet());

    private SessionAlgorithms() {}

    static void set(Session session, Algorithms algorithms) {
        KEYS.forEach((kind, keys) -> {
            List<String> defaults = Stream.concat(
                            Stream.of(session.getConfig(keys.get(0)).split(",")),
                            MORE.getOrDefault(kind, List.of()).stream())
                    .filter(SUPPORTED::contains)
                    .distinct()
                    .toList();
            String offer = String.join(",", algorithms.offer(kind, defaults, SUPPORTED));
            keys.forEach(key -> session.setConfig(key, offer));
        });
        // Otherwise each login makes keys for each key exchange in doubt, which takes a tenth of a second or more.
        session.setConfig("CheckKexes", "");
        session.setConfig("CheckCiphers", "");
        if (algorithms.allow(SMALL_GROUPS)) {
            session.setConfig("dhgex_min", "1024");
        }
    }

    /** Whether JSch has it and this Java can run it. */
    public static boolean supports(String algorithm) {
        return SUPPORTED.contains(algorithm);
    }

    private static boolean isSupported(String name) {
        if (name.endsWith(CERTIFICATE) && !knowsCertificates()) {
            return false;
        }
        String plain = name.replace(CERTIFICATE, "");
        String key = plain.equals("ssh-dss") ? "signature.dss" : plain;
        if (JSch.getConfig(key) == null) {
            return false;
        }
        if (name.startsWith("mlkem")) {
            return Runtime.version().feature() >= 24 || has("org.bouncycastle.crypto.params.MLKEMParameters");
        }
        return name.startsWith("sntrup")
                ? has("org.bouncycastle.pqc.crypto.ntruprime.SNTRUPrimeParameters")
                : !Algorithms.needsBouncyCastle(name) || has("org.bouncycastle.crypto.engines.ChaChaEngine");
    }

    /** JSch does since 2.28.0. An application that embeds Offsite may bring an older one. */
    public static boolean knowsCertificates() {
        return JSch.getConfig("host_certificate_to_key_fallback") != null;
    }

    /** Looks for the file: loading a class of a signed jar takes a tenth of a second, and most sessions do without. */
    private static boolean has(String type) {
        return JSch.class.getClassLoader().getResource(type.replace('.', '/') + ".class") != null;
    }

    /**
     * What kept the session from an agreement.
     *
     * @param log all that both sides offered, or null if only the failure itself is known
     */
    static AlgorithmMismatch mismatch(JSchAlgoNegoFailException failure, NegotiationLog log) {
        if (log != null && !log.theirs().isEmpty()) {
            return new AlgorithmMismatch(log.ours(), log.theirs());
        }
        Map<AlgorithmKind, List<String>> ours = new EnumMap<>(AlgorithmKind.class);
        Map<AlgorithmKind, List<String>> theirs = new EnumMap<>(AlgorithmKind.class);
        kind(failure.getAlgorithmName()).ifPresent(kind -> {
            ours.put(kind, List.of(failure.getJSchProposal().split(",")));
            theirs.put(kind, List.of(failure.getServerProposal().split(",")));
        });
        return new AlgorithmMismatch(ours, theirs);
    }

    private static Optional<AlgorithmKind> kind(String name) {
        return KEYS.entrySet().stream()
                .filter(entry -> entry.getValue().contains(name))
                .map(Map.Entry::getKey)
                .findFirst();
    }
}
