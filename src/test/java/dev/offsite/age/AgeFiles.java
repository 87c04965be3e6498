package dev.offsite.age;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Encrypts and decrypts in memory. */
final class AgeFiles {

    private AgeFiles() {}

    static List<AgeKeyPair> pairs(int count) {
        return Stream.generate(AgeKeyPair::make).limit(count).toList();
    }

    static AgeRecipients recipients(List<AgeKeyPair> pairs) {
        return new AgeRecipients(pairs.stream().map(AgeKeyPair::recipient).toList());
    }

    static byte[] encrypted(byte[] content, AgeKeyPair... pairs) throws IOException {
        return encrypted(content, AgeKey.make(recipients(List.of(pairs))));
    }

    static byte[] encrypted(byte[] content, AgeKey key) throws IOException {
        try (InputStream in = new AgeInputStream(new ByteArrayInputStream(content), key, Runnable::run)) {
            return in.readAllBytes();
        }
    }

    static byte[] decrypted(AgeIdentities identities, byte[] encrypted) throws IOException {
        try (InputStream in = identities.open(new ByteArrayInputStream(encrypted))) {
            return in.readAllBytes();
        }
    }

    static byte[] content(int size) {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        return content;
    }
}
