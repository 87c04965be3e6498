package dev.offsite.age;

import com.exceptionfactory.jagged.RecipientStanzaWriter;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaWriterFactory;
import dev.offsite.io.Text;
import dev.offsite.io.TextFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Who can open what is encrypted: public keys of age, as {@code age-keygen} prints them ({@code age1…}). See
 * <a href="https://age-encryption.org/v1">the format</a>.
 */
public final class AgeRecipients {

    private static final String PREFIX = "age1";

    /** Bytes of a header without recipients, with its MAC, and of the nonce after it. */
    private static final int FIXED = 22 + 48 + 16;

    /** Bytes of the stanza of a recipient. */
    private static final int EACH = 98;

    private static final int SHOWN_FIRST = 12;
    private static final int SHOWN_LAST = 6;

    private final List<String> keys;
    /** Made once, since that is a third of the work for a small file. Each makes a new key for every file. */
    private final List<RecipientStanzaWriter> writers;

    /**
     * @param keys in any order, each once or more
     * @throws IllegalArgumentException if one is no recipient; the message says which
     */
    public AgeRecipients(Collection<String> keys) {
        this.keys = List.copyOf(new TreeSet<>(keys));
        this.writers = this.keys.stream().map(AgeRecipients::writer).toList();
    }

    /** Sorted, each once. */
    public List<String> keys() {
        return keys;
    }

    /**
     * Reads lines, or keys with commas or spaces between them; what follows {@code #} is a comment.
     *
     * @throws IllegalArgumentException if one is no recipient, or there is none; the message says which
     */
    public static AgeRecipients parse(String text) {
        List<String> keys = new ArrayList<>();
        for (String line : text.lines().toList()) {
            Stream.of(line.replaceFirst("#.*", "").split("[,\\s]+"))
                    .filter(word -> !word.isEmpty())
                    .forEach(word -> keys.add(checked(word)));
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("there is no recipient");
        }
        return new AgeRecipients(keys);
    }

    /** Whether a setting names recipients, and no file of them. */
    public static boolean isKey(String value) {
        return value.strip().startsWith(PREFIX) || AgeIdentities.isSecret(value);
    }

    /**
     * The recipients that a setting names: keys, or the path of a file of them.
     *
     * @throws IllegalArgumentException as {@link #parse}, or if the file cannot be read
     */
    public static AgeRecipients read(String value) {
        if (isKey(value)) {
            return parse(value);
        }
        String file = value.strip();
        try {
            return parse(TextFile.read(Path.of(file)));
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(
                    "there is no file %s, and no recipient begins like that".formatted(file), e);
        } catch (IOException e) {
            throw new IllegalArgumentException("the file %s cannot be read: %s".formatted(file, Text.reason(e)), e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the file %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    /** The keys, each short enough for a line, and long enough to tell it from others. */
    public List<String> shortened() {
        return keys.stream()
                .map(key -> key.substring(0, SHOWN_FIRST) + "…" + key.substring(key.length() - SHOWN_LAST))
                .toList();
    }

    /** Bytes of what is encrypted, for that many bytes of content. */
    public long size(long content) {
        return FIXED + (long) EACH * keys.size() + content + AgeChunk.TAG * AgeChunk.count(content);
    }

    private static String checked(String word) {
        if (AgeIdentities.isSecret(word)) {
            // Not shown: it opens everything.
            throw new IllegalArgumentException(
                    "this is a secret key: name the public one, age1…, which offsite keygen --recipient FILE prints");
        }
        if (!word.startsWith(PREFIX)) {
            throw new IllegalArgumentException("'%s' is no recipient of age: they begin with age1".formatted(word));
        }
        return word;
    }

    private static RecipientStanzaWriter writer(String key) {
        try {
            return X25519RecipientStanzaWriterFactory.newRecipientStanzaWriter(key);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalArgumentException("'%s' is no recipient of age: is it copied whole?".formatted(key), e);
        }
    }

    List<RecipientStanzaWriter> writers() {
        return writers;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AgeRecipients that && keys.equals(that.keys);
    }

    @Override
    public int hashCode() {
        return keys.hashCode();
    }

    @Override
    public String toString() {
        return keys.toString();
    }
}
