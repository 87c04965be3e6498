package dev.offsite.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a server of our own that answers when it pleases; against real ones it is tried wherever files are shipped. */
@Timeout(60)
class SftpPipelineTest {
    private static final int STATUS = 101;
    private static final int ATTRS = 105;

    private final SftpPacketReader in = new SftpPacketReader();
    private final List<Request> asked = new ArrayList<>();
    private final List<Request> unanswered = new ArrayList<>();

    private record Request(int type, int id) {}

    private interface Body {
        void writeTo(DataOutputStream out) throws IOException;
    }

    /** Answers only when that many requests are there, and the last first. */
    private OutputStream answering(int together) {
        return new OutputStream() {
            private final ByteArrayOutputStream received = new ByteArrayOutputStream();

            @Override
            public void write(int b) {
                received.write(b);
            }

            @Override
            public void flush() throws IOException {
                DataInputStream data = new DataInputStream(new ByteArrayInputStream(received.toByteArray()));
                received.reset();
                while (data.available() > 0) {
                    byte[] body = data.readNBytes(data.readInt());
                    DataInputStream request = new DataInputStream(new ByteArrayInputStream(body));
                    unanswered.add(new Request(request.readUnsignedByte(), request.readInt()));
                    asked.add(unanswered.get(unanswered.size() - 1));
                    if (unanswered.size() == together) {
                        for (int i = unanswered.size() - 1; i >= 0; i--) {
                            answer(unanswered.get(i));
                        }
                        unanswered.clear();
                    }
                }
            }
        };
    }

    private void answer(Request request) throws IOException {
        // Every third file is gone.
        boolean refused = request.id() % 3 == 0;
        send(refused || request.type() != 7 ? STATUS : ATTRS, out -> {
            out.writeInt(request.id());
            if (refused) {
                out.writeInt(2);
                text(out, "no such file");
                text(out, "");
            } else if (request.type() == 7) {
                out.writeInt(1 | 4);
                out.writeLong(1000L + request.id());
                out.writeInt(0100644);
            } else {
                out.writeInt(0);
                text(out, "");
                text(out, "");
            }
        });
    }

    private void send(int type, Body body) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(type);
        body.writeTo(out);
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        new DataOutputStream(packet).writeInt(bytes.size());
        bytes.writeTo(packet);
        // As it may come: in pieces.
        for (byte one : packet.toByteArray()) {
            in.write(one);
        }
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    @Test
    void asksManyThingsBeforeTheFirstAnswer() throws IOException {
        try (SftpPipeline pipeline = new SftpPipeline(in, answering(200), () -> {})) {
            List<SftpPacket> requests = IntStream.range(0, 100)
                    .boxed()
                    .flatMap(i -> List.of(
                            pipeline.rename("part" + i, "name" + i), SftpPacket.setModified("name" + i, Instant.EPOCH))
                            .stream())
                    .toList();

            List<SftpPipeline.Answer> answers = pipeline.ask(requests);

            assertThat(answers).hasSize(200);
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).done()).as("answer %d", i).isEqualTo((i + 1) % 3 != 0);
            }
            assertThat(answers.get(2).refusal()).hasMessage("no such file");
            assertThat(asked).hasSize(200);
        }
    }

    @Test
    void knowsWhichAnswerIsWhose() throws IOException {
        try (SftpPipeline pipeline = new SftpPipeline(in, answering(5), () -> {})) {
            assertThat(pipeline.ask(IntStream.range(0, 5)
                            .mapToObj(i -> SftpPacket.stat("file" + i))
                            .toList()))
                    .extracting(answer -> answer.size().orElse(-1))
                    .containsExactly(1001L, 1002L, -1L, 1004L, 1005L);
        }
    }

    @Test
    void hasOnlySoManyOnTheirWay() throws IOException {
        try (SftpPipeline pipeline = new SftpPipeline(in, answering(256), () -> {})) {
            assertThat(pipeline.ask(IntStream.range(0, 512)
                            .mapToObj(i -> SftpPacket.stat("file" + i))
                            .toList()))
                    .hasSize(512);
        }
    }

    @Test
    void doesNotBelieveAnswersToWhatWasNotAsked() throws IOException {
        SftpPipeline pipeline = new SftpPipeline(in, OutputStream.nullOutputStream(), () -> {});
        answer(new Request(18, 7));

        assertThatIOException()
                .isThrownBy(() -> pipeline.ask(List.of(SftpPacket.stat("file"))))
                .withMessage("the server sent an answer that fits no request");
    }

    @Test
    void doesNotBelieveTwoAnswersToOneRequest() throws IOException {
        SftpPipeline pipeline = new SftpPipeline(in, OutputStream.nullOutputStream(), () -> {});
        answer(new Request(18, 1));
        answer(new Request(18, 1));

        assertThatIOException()
                .isThrownBy(() -> pipeline.ask(List.of(SftpPacket.stat("a"), SftpPacket.stat("b"))))
                .withMessage("the server sent an answer that fits no request");
    }

    /** Invariant 12. */
    @Test
    void doesNotWaitForeverForAnAnswer() {
        assertThatIOException()
                .isThrownBy(() -> in.take(Duration.ofMillis(10)))
                .withMessageContaining("did not answer");
    }

    @Test
    void endsWhereTheConnectionDoes() {
        SftpPipeline pipeline = new SftpPipeline(in, OutputStream.nullOutputStream(), () -> {});
        in.close();

        assertThatIOException()
                .isThrownBy(() -> pipeline.ask(List.of(SftpPacket.stat("file"))))
                .withMessage("the connection was lost");
    }

    @Test
    void isNotMadeToKeepAnswersThatNobodyAskedFor() {
        assertThatIOException()
                .isThrownBy(() -> {
                    for (int i = 0; i < 1_000_000; i++) {
                        in.write(new byte[] {0, 0, 0, 1, STATUS}, 0, 5);
                    }
                })
                .withMessage("the server sends answers that nobody asked for");
        assertThatIOException()
                .isThrownBy(() -> {
                    while (true) {
                        in.take(Duration.ofSeconds(1));
                    }
                })
                .withMessage("the connection was lost");
    }

    @Test
    void isNotMadeToKeepWhateverComes() {
        assertThatIOException()
                .isThrownBy(() -> in.write(new byte[] {127, 0, 0, 0}, 0, 4))
                .withMessage("the server sent something that is not an SFTP packet");
    }
}
