package dev.offsite.openssh;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A line of a known_hosts file, as far as OpenSSH would read it: sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT".
 *
 * @param names patterns, or one hashed name
 * @param type the word before the key
 * @param key in Base64
 */
record KnownHostsLine(Path file, int number, Marker marker, String names, String type, String key) {

    private static final int LONGEST_MARKER = 31;
    private static final int LONGEST_PATTERN = 1022;
    private static final int HASH_BYTES = 20;
    private static final String HASHED = "|1|";

    enum Marker {
        NONE(""),
        CERT_AUTHORITY("@cert-authority"),
        REVOKED("@revoked");

        private final String word;

        Marker(String word) {
            this.word = word;
        }

        private static Optional<Marker> of(String word) {
            return Arrays.stream(values())
                    .filter(marker -> marker != NONE && marker.word.equals(word))
                    .findFirst();
        }
    }

    /** Empty for a blank line, a comment and what OpenSSH ignores; the key is not looked at yet. */
    static Optional<KnownHostsLine> parse(Path file, int number, String text) {
        String line = text.indexOf('\0') < 0 ? text : text.substring(0, text.indexOf('\0'));
        String rest = stripped(line);
        if (rest.isEmpty() || rest.startsWith("#")) {
            return Optional.empty();
        }
        Optional<Marker> marker = Optional.of(Marker.NONE);
        if (rest.startsWith("@")) {
            // OpenSSH looks for a space first: after a tab, what follows up to a space belongs to the marker.
            int end = rest.indexOf(' ') < 0 ? rest.indexOf('\t') : rest.indexOf(' ');
            if (end < 0 || end > LONGEST_MARKER) {
                return Optional.empty();
            }
            marker = Marker.of(rest.substring(0, end));
            rest = stripped(rest.substring(end));
        }
        if (marker.isEmpty() || rest.startsWith("@")) {
            return Optional.empty();
        }
        String names = word(rest);
        String afterNames = stripped(rest.substring(names.length()));
        String type = word(afterNames);
        String key = word(stripped(afterNames.substring(type.length())));
        return type.startsWith("#") || key.isEmpty()
                ? Optional.empty()
                : Optional.of(new KnownHostsLine(file, number, marker.get(), names, type, key));
    }

    private static String stripped(String text) {
        int i = 0;
        while (i < text.length() && isBlank(text.charAt(i))) {
            i++;
        }
        return text.substring(i);
    }

    private static String word(String text) {
        int i = 0;
        while (i < text.length() && !isBlank(text.charAt(i))) {
            i++;
        }
        return text.substring(0, i);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    /** Whether it is about the server of this name, which is in lower case. */
    boolean isFor(String name) {
        if (names.startsWith("|")) {
            return isHashOf(name);
        }
        boolean tooLong = Arrays.stream(names.split(","))
                .anyMatch(pattern -> pattern.length() - (pattern.startsWith("!") ? 1 : 0) > LONGEST_PATTERN);
        return !tooLong && Patterns.listMatches(lower(names), name);
    }

    private boolean isHashOf(String name) {
        int end = names.indexOf('|', HASHED.length());
        if (!names.startsWith(HASHED) || end < 0) {
            return false;
        }
        try {
            byte[] salt = Base64.getDecoder().decode(names.substring(HASHED.length(), end));
            if (salt.length != HASH_BYTES) {
                return false;
            }
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(salt, "HmacSHA1"));
            byte[] hash = mac.doFinal(SshKey.bytes(name));
            Base64.Encoder encoder = Base64.getEncoder();
            return names.equals(HASHED + encoder.encodeToString(salt) + "|" + encoder.encodeToString(hash));
        } catch (IllegalArgumentException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA1", e);
        }
    }

    private static String lower(String latin) {
        char[] lower = latin.toCharArray();
        for (int i = 0; i < lower.length; i++) {
            if (lower[i] >= 'A' && lower[i] <= 'Z') {
                lower[i] = Character.toLowerCase(lower[i]);
            }
        }
        return new String(lower);
    }

    /** Empty if OpenSSH takes it for no key, and ignores the line. */
    Optional<SshKey> publicKey() {
        return SshKey.parse(type, key);
    }

    /** For messages. */
    String place() {
        return "%s, line %d".formatted(file, number);
    }
}
