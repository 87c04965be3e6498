package dev.offsite.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HashingInputStreamTest {

    private static final String EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    private final AtomicLong progress = new AtomicLong();

    private HashingInputStream stream(String text) {
        return new HashingInputStream(
                new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)), progress::addAndGet);
    }

    @Test
    void hashesAndCountsWhatIsRead() throws IOException {
        try (HashingInputStream stream = stream("abc")) {
            assertThat(stream.readAllBytes()).asString().isEqualTo("abc");
            assertThat(stream.count()).isEqualTo(3);
            assertThat(stream.sha256()).isEqualTo(ABC);
            assertThat(progress).hasValue(3);
        }
    }

    @Test
    void hashesByteByByteAsWell() throws IOException {
        try (HashingInputStream stream = stream("abc")) {
            assertThat(new int[] {stream.read(), stream.read(), stream.read(), stream.read()})
                    .containsExactly('a', 'b', 'c', -1);
            assertThat(stream.count()).isEqualTo(3);
            assertThat(stream.sha256()).isEqualTo(ABC);
        }
    }

    @Test
    void highBytesAreNotTheEnd() throws IOException {
        try (HashingInputStream stream =
                new HashingInputStream(new ByteArrayInputStream(new byte[] {(byte) 0xff}), read -> {})) {
            assertThat(stream.read()).isEqualTo(0xff);
            assertThat(stream.read()).isEqualTo(-1);
        }
    }

    @Test
    void nothingIsSkippedPastTheHash() throws IOException {
        try (HashingInputStream stream = stream("abc")) {
            assertThat(stream.skip(2)).isZero();
            assertThat(stream.markSupported()).isFalse();
            stream.readAllBytes();
            assertThat(stream.sha256()).isEqualTo(ABC);
        }
    }

    @Test
    void anEmptyFileHasAHash() throws IOException {
        try (HashingInputStream stream = stream("")) {
            assertThat(stream.readAllBytes()).isEmpty();
            assertThat(stream.sha256()).isEqualTo(EMPTY);
            assertThat(progress).hasValue(0);
        }
    }
}
