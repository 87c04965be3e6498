package dev.offsite.sftp.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class TimedPipeTest {

    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Duration LONG = Duration.ofMinutes(10);

    /** More than it holds. */
    private static final byte[] MUCH = new byte[(1 << 20) + 7];

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aReadThatNothingAnswersEndsWithoutATimeoutOfItsOwn() {
        TimedPipe pipe = new TimedPipe(SHORT);
        long before = System.nanoTime();

        assertThatThrownBy(pipe::read).isInstanceOf(SocketTimeoutException.class);

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(SHORT.minusMillis(5));
    }

    @Test
    void aWriteThatNobodyReadsEnds() throws IOException {
        TimedPipe pipe = new TimedPipe(SHORT);
        try (OutputStream sink = pipe.sink()) {
            assertThatThrownBy(() -> sink.write(MUCH)).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void theTimeoutOfAReadWins() {
        TimedPipe pipe = new TimedPipe(LONG);
        pipe.setTimeout((int) SHORT.toMillis());

        assertThatThrownBy(pipe::read).isInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void nothingEndsWhatMoves() throws Exception {
        new Random(1).nextBytes(MUCH);
        TimedPipe pipe = new TimedPipe(LONG);
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            try (OutputStream sink = pipe.sink()) {
                sink.write(MUCH);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });

        assertThat(pipe.readAllBytes()).isEqualTo(MUCH);
        writing.get();
        assertThat(pipe.read()).isEqualTo(-1);
    }

    @Test
    void whatWasWrittenBeforeTheEndIsStillRead() throws IOException {
        TimedPipe pipe = new TimedPipe(LONG);
        OutputStream sink = pipe.sink();
        sink.write(text("last words"));
        sink.close();

        assertThat(pipe.available()).isEqualTo(10);
        assertThat(pipe.readAllBytes()).isEqualTo(text("last words"));
    }

    @Test
    void whoWaitsIsWokenWhenItIsClosed() throws Exception {
        TimedPipe reader = new TimedPipe(LONG);
        CompletableFuture<Integer> reading = CompletableFuture.supplyAsync(() -> {
            try {
                return reader.read();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        reader.close();
        assertThat(reading.get()).isEqualTo(-1);

        TimedPipe writer = new TimedPipe(LONG);
        CompletableFuture<String> writing = CompletableFuture.supplyAsync(() -> {
            try {
                writer.sink().write(MUCH);
                return "written";
            } catch (IOException e) {
                return e.getMessage();
            }
        });
        writer.close();
        assertThat(writing.get()).isEqualTo("the connection is closed");
    }
}
