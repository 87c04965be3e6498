package dev.offsite.manifest;

import dev.offsite.io.StateFile;
import dev.offsite.io.StateStore;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The names of part files on servers, and of copies whose names are hidden. They depend on a secret in the state folder, so
 * that the next run finds them again, and nobody else can guess them.
 */
public final class PartNames {

    private static final String ALGORITHM = "HmacSHA256";
    private static final int BYTES = 32;

    /** Bytes of a hidden name. */
    private static final int HIDDEN = 16;

    private final StateFile file;
    private Mac mac;

    /** Makes the secret at first use. */
    public PartNames(StateStore state) {
        this.file = new StateFile(state, "part-names.secret");
    }

    /** The temporary name of a file in this state; it and {@code name} are relative to {@code folder}. */
    public String of(String folder, String name, long size, long modified) {
        return TemporaryName.of(name, hash(folder, name, String.valueOf(size), String.valueOf(modified)));
    }

    /** A name that says nothing of the one it stands for; both are relative to {@code folder}. */
    public String hidden(String folder, String name) {
        return HexFormat.of().formatHex(hash("name", folder, name), 0, HIDDEN);
    }

    private synchronized byte[] hash(String... of) {
        try {
            if (mac == null) {
                Mac made = Mac.getInstance(ALGORITHM);
                made.init(new SecretKeySpec(secret(), ALGORITHM));
                mac = made;
            }
            return mac.doFinal(String.join("\0", of).getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has " + ALGORITHM, e);
        }
    }

    private byte[] secret() {
        String text = file.state().update(file.name(), before -> isSecret(before) ? before : newSecret(), true);
        return HexFormat.of().parseHex(text.strip());
    }

    private static boolean isSecret(String text) {
        return text.strip().matches("[0-9a-fA-F]{%d}".formatted(2 * BYTES));
    }

    /** With another one, what an interrupted run left is not found again, but swept. */
    private static String newSecret() {
        byte[] made = new byte[BYTES];
        new SecureRandom().nextBytes(made);
        return HexFormat.of().formatHex(made);
    }
}
