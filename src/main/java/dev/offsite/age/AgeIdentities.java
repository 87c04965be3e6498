package dev.offsite.age;

import com.exceptionfactory.jagged.RecipientStanzaReader;
import com.exceptionfactory.jagged.UnsupportedRecipientStanzaException;
import com.exceptionfactory.jagged.framework.format.StandardPayloadKeyReader;
import com.exceptionfactory.jagged.x25519.X25519KeyFactory;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaReaderFactory;
import dev.offsite.io.Permissions;
import dev.offsite.io.Text;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.crypto.spec.SecretKeySpec;

/**
 * Secret keys of age, as {@code age-keygen} writes them, that open what was encrypted for their recipients. May be used by
 * several threads.
 */
public final class AgeIdentities {

    /** Of later kinds, too. */
    private static final String ANY_SECRET = "AGE-SECRET-KEY-";

    private static final String SECRET = ANY_SECRET + "1";

    /** What is often taken for such a key, without spaces, and what to do. */
    private static final List<List<String>> OTHERS = List.of(
            List.of("age1", "it is a public key, which opens nothing: name the secret one, AGE-SECRET-KEY-1…"),
            List.of("age-encryption.org/", "it is encrypted with a passphrase: decrypt it with age -d first"),
            List.of("-----BEGINAGEENCRYPTED", "it is encrypted with a passphrase: decrypt it with age -d first"),
            List.of("-----BEGIN", "it is a key of another kind: name one that begins with AGE-SECRET-KEY-1"),
            List.of("AGE-PLUGIN-", "it needs a plugin of age: decrypt with age -d -i"));

    private static final char DELETE = 0x7f;

    private final List<RecipientStanzaReader> readers;
    private final List<String> recipients;

    private AgeIdentities(List<RecipientStanzaReader> readers, List<String> recipients) {
        this.readers = List.copyOf(readers);
        this.recipients = List.copyOf(recipients);
    }

    /**
     * Reads lines, each a secret key; those that begin with {@code #} are comments. Spaces in a key, and small letters, are
     * accepted, since it may be typed from paper.
     *
     * @throws IllegalArgumentException if a line is no key, or there is none; the message shows nothing of it
     */
    public static AgeIdentities parse(String text) {
        return parse(CharBuffer.wrap(text.toCharArray()));
    }

    /**
     * Reads a file of them.
     *
     * @throws IOException if it cannot be read, is no such file, or others can read it; the message names it
     */
    public static AgeIdentities read(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException("there is no file %s with secret keys".formatted(file));
        }
        if (Permissions.othersCanRead(file)) {
            throw new IOException("the file %s can be read by others; chmod 600 it".formatted(file));
        }
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IOException("the file %s cannot be read: %s".formatted(file, Text.reason(e)), e);
        }
        // Every byte is a character of this, and keys are ASCII.
        CharBuffer text = StandardCharsets.ISO_8859_1.decode(ByteBuffer.wrap(bytes));
        Arrays.fill(bytes, (byte) 0);
        try {
            return parse(text);
        } catch (IllegalArgumentException e) {
            throw new IOException("the file %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    /** Wipes the text. */
    private static AgeIdentities parse(CharBuffer text) {
        List<RecipientStanzaReader> readers = new ArrayList<>();
        List<String> recipients = new ArrayList<>();
        try {
            int number = 1;
            int from = 0;
            for (int i = 0; i <= text.length(); i++) {
                if (i == text.length() || text.get(i) == '\n') {
                    char[] key = compact(text, from, i);
                    if (key.length > 0 && key[0] != '#') {
                        add(CharBuffer.wrap(key), number, readers, recipients);
                    }
                    Arrays.fill(key, ' ');
                    from = i + 1;
                    number++;
                }
            }
        } finally {
            Arrays.fill(text.array(), ' ');
        }
        if (readers.isEmpty()) {
            throw new IllegalArgumentException("there is no secret key in it; they begin with " + SECRET);
        }
        return new AgeIdentities(readers, recipients);
    }

    /** A line without spaces, and without what editors and PowerShell add to mark the encoding. */
    private static char[] compact(CharBuffer text, int from, int to) {
        char[] line = new char[to - from];
        int length = 0;
        for (int i = from; i < to; i++) {
            char c = text.get(i);
            if (c > ' ' && c < DELETE) {
                line[length++] = c;
            }
        }
        char[] compact = Arrays.copyOf(line, length);
        Arrays.fill(line, ' ');
        return compact;
    }

    private static void add(CharBuffer line, int number, List<RecipientStanzaReader> readers, List<String> recipients) {
        String where = "line %d: ".formatted(number);
        for (List<String> other : OTHERS) {
            if (begins(line, other.get(0))) {
                throw new IllegalArgumentException(where + other.get(1));
            }
        }
        char[] upper = new char[line.length()];
        for (int i = 0; i < upper.length; i++) {
            upper[i] = Character.toUpperCase(line.get(i));
        }
        CharBuffer key = CharBuffer.wrap(upper);
        if (!begins(key, SECRET)) {
            throw new IllegalArgumentException(where + "it is no secret key of age; they begin with " + SECRET);
        }
        byte[] encoded = StandardCharsets.ISO_8859_1.encode(key.duplicate()).array();
        try {
            KeyFactory factory = new X25519KeyFactory();
            recipients.add(new String(
                    factory.translateKey(new SecretKeySpec(encoded, "X25519")).getEncoded(),
                    StandardCharsets.US_ASCII));
            readers.add(X25519RecipientStanzaReaderFactory.newRecipientStanzaReader(key));
        } catch (GeneralSecurityException | RuntimeException e) {
            // Not the cause: it may quote the key.
            throw new IllegalArgumentException(where + "this secret key is not whole, or has a typing error");
        } finally {
            Arrays.fill(encoded, (byte) 0);
            Arrays.fill(upper, ' ');
        }
    }

    /** Whether a text is, or begins with, a secret key; it must not be shown then. */
    public static boolean isSecret(String text) {
        return text.strip().toUpperCase(Locale.ROOT).startsWith(ANY_SECRET);
    }

    private static boolean begins(CharBuffer line, String word) {
        return line.length() >= word.length()
                && line.subSequence(0, word.length()).toString().equals(word);
    }

    /** All of these together. */
    public static AgeIdentities of(List<AgeIdentities> these) {
        return new AgeIdentities(
                these.stream().flatMap(one -> one.readers.stream()).toList(),
                these.stream()
                        .flatMap(one -> one.recipients.stream())
                        .distinct()
                        .toList());
    }

    /** Their public keys, in their order. */
    public List<String> recipients() {
        return recipients;
    }

    /**
     * Decrypts a file while it is read. Needs little memory, whatever the file; closing closes {@code encrypted}.
     *
     * @throws AgeException if none of the identities opens it, or it is not as it was written; so do reads from the stream,
     *     before they give out anything that is not right
     */
    public InputStream open(InputStream encrypted) throws IOException {
        byte[] header = AgeHeader.read(encrypted);
        for (RecipientStanzaReader reader : readers) {
            Optional<SecretKeySpec> key = key(header, reader);
            if (key.isPresent()) {
                return new DecryptingInputStream(encrypted, key.get());
            }
        }
        throw AgeException.notOurs();
    }

    /** The key of the payload; empty if it is for others. */
    private static Optional<SecretKeySpec> key(byte[] header, RecipientStanzaReader reader) throws IOException {
        try {
            ByteBuffer rest = ByteBuffer.wrap(header);
            byte[] payload = new StandardPayloadKeyReader()
                    .getPayloadKey(rest, List.of(reader))
                    .getEncoded();
            if (rest.hasRemaining()) {
                throw AgeException.damaged();
            }
            SecretKeySpec key = AgeKey.cipherKey(payload);
            Arrays.fill(payload, (byte) 0);
            return Optional.of(key);
        } catch (UnsupportedRecipientStanzaException e) {
            return Optional.empty();
        } catch (GeneralSecurityException | RuntimeException e) {
            // Whatever its reader does not expect was not written so.
            throw AgeException.damaged();
        }
    }

    /** Without the keys. */
    @Override
    public String toString() {
        return "AgeIdentities" + recipients;
    }
}
