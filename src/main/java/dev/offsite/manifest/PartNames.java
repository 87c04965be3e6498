package dev.offsite.manifest;

import dev.offsite.io.StateFile;
import dev.offsite.io.StateStore;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The names of part files on servers, and of copies whose names are hidden. They depend on a secret in the state folder, so
 * that the next run finds them again, and nobody else can guess them. Those of part files are other ones for each node of a
 * cluster.
 */
public final class PartNames {

    private static final String ALGORITHM = "HmacSHA256";
    private static final int BYTES = 32;

    /** Bytes of a hidden name. */
    private static final int HIDDEN = 16;

    private final StateFile file;
    private final Supplier<String> node;
    private Mac mac;

    /** For a single machine. */
    public PartNames(StateStore state) {
        this(state, () -> "");
    }

    /**
     * Makes the secret at first use.
     *
     * @param node this node of a cluster, as 8 hex digits, which may be others later; "" for a single machine
     */
    public PartNames(StateStore state, Supplier<String> node) {
        this(new StateFile(state, "part-names.secret"), node);
    }

    private PartNames(StateFile file, Supplier<String> node) {
        this.file = file;
        this.node = node;
    }

    /** The same, of the node that this one is now, for one who asks for a name again and again. */
    public PartNames ofNow() {
        String now = node.get();
        return new PartNames(file, () -> now);
    }

    /**
     * The temporary name of a file in this state; it and {@code name} are relative to {@code folder}. In a cluster, it may be
     * another one when it is asked again.
     */
    public String of(String folder, String name, long size, long modified) {
        byte[] hash = hash(folder, name, String.valueOf(size), String.valueOf(modified));
        return TemporaryName.of(name, hash, node.get());
    }

    /** A name that says nothing of the one it stands for; both are relative to {@code folder}. The same on all nodes. */
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
