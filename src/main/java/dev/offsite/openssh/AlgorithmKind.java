package dev.offsite.openssh;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What an algorithm is for. Both sides need one of each kind in common. */
public enum AlgorithmKind {
    KEY_EXCHANGE("key exchange", "KexAlgorithms"),
    HOST_KEY("host key type", "HostKeyAlgorithms"),
    CIPHER("cipher", "Ciphers"),
    MAC("MAC", "MACs"),
    /** What the login key signs with. It is not negotiated: the server refuses what it does not take. */
    LOGIN_KEY("signature of the login key", "PubkeyAcceptedAlgorithms");

    private final String words;
    private final String keyword;

    AlgorithmKind(String words, String keyword) {
        this.words = words;
        this.keyword = keyword;
    }

    /** For messages. */
    public String words() {
        return words;
    }

    /** Its keyword in ssh_config. */
    public String keyword() {
        return keyword;
    }

    /** The kinds that an algorithm of this name belongs to; empty if Offsite knows none. */
    public static List<AlgorithmKind> of(String algorithm) {
        return Algorithms.KNOWN.entrySet().stream()
                .filter(known -> known.getValue().contains(algorithm.toLowerCase(Locale.ROOT)))
                .map(Map.Entry::getKey)
                .toList();
    }
}
