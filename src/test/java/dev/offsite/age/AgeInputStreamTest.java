package dev.offsite.age;

import static dev.offsite.age.AgeFiles.content;
import static dev.offsite.age.AgeFiles.decrypted;
import static dev.offsite.age.AgeFiles.encrypted;
import static dev.offsite.age.AgeFiles.recipients;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgeInputStreamTest {

    private static final int CHUNK = 65_536;
    /** Such a file is encrypted by the thread that reads it. */
    private static final int FEW = 4 * CHUNK;

    private static final AgeKeyPair PAIR = AgeKeyPair.make();
    private static final AgeKey KEY = AgeKey.make(recipients(List.of(PAIR)));

    private static InputStream stream(byte[] content, Executor threads) {
        return new AgeInputStream(new ByteArrayInputStream(content), KEY, threads);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {0, 1, 65_535, 65_536, 65_537, 131_071, 131_072, 131_073, 262_143, 262_144, 262_145, 524_288, 524_289
            })
    void theSizeIsKnownAhead(int size) throws IOException {
        for (int count = 1; count <= 5; count++) {
            AgeRecipients recipients = recipients(AgeFiles.pairs(count));
            assertThat(encrypted(content(size), AgeKey.make(recipients)))
                    .as("%d recipients", count)
                    .hasSize((int) recipients.size(size));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 4096, 65_552, 1_000_000})
    void theSameKeyMakesTheSameBytesHoweverTheyAreRead(int step) throws IOException {
        byte[] content = content(step == 1 ? FEW + 1 : 3_000_000);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (InputStream in = stream(content, threads)) {
            byte[] all = new byte[(int) KEY.recipients().size(content.length)];
            int place = 0;
            for (int n = 0; n >= 0; place += n) {
                n = in.read(all, place, Math.min(step, all.length - place));
                if (place == all.length) {
                    break;
                }
            }
            assertThat(in.read()).isNegative();
            assertThat(in.read()).isNegative();
            assertThat(all).isEqualTo(encrypted(content, KEY));
            assertThat(decrypted(AgeIdentities.parse(PAIR.identity()), all)).isEqualTo(content);
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void eachFileHasAKeyOfItsOwn() throws IOException {
        assertThat(encrypted(content(9), PAIR)).isNotEqualTo(encrypted(content(9), PAIR));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, CHUNK, FEW})
    void noOtherThreadWorksForASmallFile(int size) throws IOException {
        Executor none = work -> {
            throw new AssertionError("another thread works");
        };
        try (InputStream in = stream(content(size), none)) {
            assertThat(in.readAllBytes()).hasSize((int) KEY.recipients().size(size));
        }
    }

    @Test
    void itNeedsNoOtherThread() throws IOException {
        byte[] content = content(2_000_000);
        Executor ended = work -> {
            throw new RejectedExecutionException();
        };
        Executor neverComes = work -> {};
        for (Executor threads : List.of(ended, neverComes)) {
            try (InputStream in = stream(content, threads)) {
                assertThat(in.readAllBytes()).isEqualTo(encrypted(content, KEY));
            }
        }
    }

    @Test
    void aSourceThatCannotBeReadIsNoEndOfTheFile() throws IOException {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the disk is broken");
            }

            @Override
            public int read(byte[] to, int offset, int length) throws IOException {
                return read();
            }
        };
        for (int size : List.of(0, CHUNK, FEW + 1, 2_000_000)) {
            InputStream content = new SequenceInputStream(new ByteArrayInputStream(content(size)), broken);
            try (InputStream in = new AgeInputStream(content, KEY, Runnable::run)) {
                assertThatThrownBy(in::readAllBytes).hasMessage("the disk is broken");
                assertThatThrownBy(in::read).hasMessage("it is closed, or could not be read before");
            }
        }
    }

    @Test
    void afterItIsClosedNothingIsEncrypted() throws IOException {
        List<Runnable> waiting = new ArrayList<>();
        InputStream in = stream(content(2_000_000), waiting::add);
        assertThat(in.readNBytes(FEW)).hasSize(FEW);
        in.close();
        assertThat(waiting).isNotEmpty();
        waiting.forEach(Runnable::run);
        assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class);
    }
}
