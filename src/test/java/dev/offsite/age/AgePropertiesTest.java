package dev.offsite.age;

import static dev.offsite.age.AgeFiles.content;
import static dev.offsite.age.AgeFiles.decrypted;
import static dev.offsite.age.AgeFiles.encrypted;
import static dev.offsite.age.AgeFiles.recipients;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** What holds for any file, and for whatever a server does to one. */
class AgePropertiesTest {

    private static final int CHUNK = 65_536;
    private static final int SEALED = CHUNK + 16;

    private static final List<AgeKeyPair> PAIRS = AgeFiles.pairs(5);
    private static final AgeIdentities IDENTITY =
            AgeIdentities.parse(PAIRS.get(0).identity());

    /** How a file can be changed; none leaves it as it was. */
    enum Change {
        FLIP,
        CUT,
        CUT_BETWEEN_CHUNKS,
        SWAP,
        REVERSE,
        LEAVE_OUT,
        REPEAT,
        APPEND,
        OTHER_HEADER,
        OTHER_CHUNK
    }

    @Provide
    Arbitrary<Integer> sizes() {
        Arbitrary<Integer> atBorders = Arbitraries.integers()
                .between(0, 9)
                .flatMap(chunks -> Arbitraries.integers().between(-2, 2).map(by -> Math.max(0, chunks * CHUNK + by)));
        return Arbitraries.oneOf(
                atBorders,
                Arbitraries.integers().between(0, 300),
                Arbitraries.integers().between(0, 10 * CHUNK));
    }

    @Property(tries = 300)
    void whatIsEncryptedIsDecrypted(@ForAll("sizes") int size, @ForAll @IntRange(min = 1, max = 5) int count)
            throws IOException {
        byte[] content = content(size);
        AgeRecipients recipients = recipients(PAIRS.subList(0, count));
        byte[] encrypted = encrypted(content, AgeKey.make(recipients));
        assertThat(encrypted).hasSize((int) recipients.size(size));
        for (AgeKeyPair pair : PAIRS.subList(0, count)) {
            assertThat(decrypted(AgeIdentities.parse(pair.identity()), encrypted))
                    .isEqualTo(content);
        }
    }

    @Property(tries = 1000)
    void everyChangeIsFoundAndNoWrongByteGivenOut(
            @ForAll("sizes") int size, @ForAll Change change, @ForAll Random random) throws IOException {
        byte[] content = content(size);
        byte[] encrypted = encrypted(content, PAIRS.get(0), PAIRS.get(1));
        byte[] changed = changed(encrypted, change, random, content);
        if (Arrays.equals(changed, encrypted)) {
            return;
        }
        ByteArrayOutputStream given = new ByteArrayOutputStream();
        AgeException found = catchThrowableOfType(AgeException.class, () -> {
            try (InputStream in = IDENTITY.open(new ByteArrayInputStream(changed))) {
                in.transferTo(given);
            }
        });
        assertThat(found).as("%s of %d bytes", change, size).isNotNull();
        byte[] bytes = given.toByteArray();
        assertThat(bytes.length).isLessThanOrEqualTo(content.length);
        assertThat(bytes).isEqualTo(Arrays.copyOf(content, bytes.length));
    }

    private static byte[] changed(byte[] encrypted, Change change, Random random, byte[] content) throws IOException {
        int header = encrypted.length - content.length - 16 * (int) AgeChunk.count(content.length);
        List<byte[]> chunks = new ArrayList<>();
        for (int from = header; from < encrypted.length; from += SEALED) {
            chunks.add(Arrays.copyOfRange(encrypted, from, Math.min(from + SEALED, encrypted.length)));
        }
        byte[] first = Arrays.copyOf(encrypted, header);
        int one = random.nextInt(chunks.size());
        int other = random.nextInt(chunks.size());
        switch (change) {
            case FLIP -> {
                byte[] flipped = encrypted.clone();
                // The header is short, and half of the cases are about it.
                int place = random.nextInt(random.nextBoolean() ? header : encrypted.length);
                flipped[place] ^= (byte) (1 << random.nextInt(8));
                return flipped;
            }
            case CUT -> {
                return Arrays.copyOf(encrypted, random.nextInt(random.nextBoolean() ? header : encrypted.length));
            }
            case CUT_BETWEEN_CHUNKS -> chunks.subList(one, chunks.size()).clear();
            case SWAP -> Collections.swap(chunks, one, other);
            case REVERSE -> Collections.reverse(chunks);
            case LEAVE_OUT -> chunks.remove(one);
            case REPEAT -> chunks.add(other, chunks.get(one));
            case APPEND -> chunks.add(content(1 + random.nextInt(2 * SEALED)));
            case OTHER_HEADER -> first = Arrays.copyOf(encrypted(content, PAIRS.get(0), PAIRS.get(1)), header);
            case OTHER_CHUNK -> {
                byte[] another = encrypted(content, PAIRS.get(0), PAIRS.get(1));
                int from = header + one * SEALED;
                chunks.set(one, Arrays.copyOfRange(another, from, from + chunks.get(one).length));
            }
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(first);
        for (byte[] chunk : chunks) {
            all.write(chunk);
        }
        return all.toByteArray();
    }
}
