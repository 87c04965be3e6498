package dev.offsite.sftp.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FittedOutputTest {

    /** As JSch's: what is written is sent when it is flushed. */
    private static final class Packets extends ByteArrayOutputStream {
        private final List<Integer> sizes = new ArrayList<>();
        private int sent;

        @Override
        public void flush() {
            if (size() > sent) {
                sizes.add(size() - sent);
                sent = size();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"24576, 8192", "9000, 3000", "100, 1024", "65536, 21845", "2097152, 32768"})
    void aPieceIsAThirdOfTheWindow(long window, int piece) {
        assertThat(FittedOutput.piece(window)).isEqualTo(piece);
    }

    @Test
    void noPacketIsLongerThanAPieceAndNothingIsLost() throws IOException {
        Packets packets = new Packets();
        byte[] bytes = new byte[100_000];
        new Random(1).nextBytes(bytes);
        try (FittedOutput out = new FittedOutput(packets, 8192)) {
            out.write(bytes, 0, 29);
            out.write(bytes, 29, 32_768);
            out.flush();
            out.write(bytes[32_797]);
            out.write(bytes, 32_798, bytes.length - 32_798);
        }
        assertThat(packets.toByteArray()).isEqualTo(bytes);
        assertThat(packets.sizes).allMatch(size -> size <= 8192).hasSizeLessThanOrEqualTo(14);
    }
}
