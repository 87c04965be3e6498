package dev.offsite.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.offsite.sftp.pipeline.Answer;
import dev.offsite.sftp.pipeline.SftpPacket;
import dev.offsite.sftp.pipeline.SftpPacketReader;
import dev.offsite.sftp.pipeline.SftpPipeline;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
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
    private final SftpPacketReader in = new SftpPacketReader();
    private final List<ScriptedServer.Request> asked = new ArrayList<>();
    private final List<ScriptedServer.Request> unanswered = new ArrayList<>();

    /** Answers only when that many requests are there, and the last first. */
    private SftpPipeline answering(int together) {
        ScriptedServer answering = new ScriptedServer(in, (request, server) -> {
            unanswered.add(request);
            asked.add(request);
            if (unanswered.size() == together) {
                for (int i = unanswered.size() - 1; i >= 0; i--) {
                    answer(server, unanswered.get(i).type(), unanswered.get(i).id());
                }
                unanswered.clear();
            }
        });
        return answering.pipeline();
    }

    private static void answer(ScriptedServer server, int type, int id) throws IOException {
        // Every third file is gone.
        if (id % 3 == 0) {
            server.status(id, ScriptedServer.NO_SUCH_FILE, "no such file");
        } else if (type == ScriptedServer.LSTAT) {
            server.attributes(id, 1000L + id, ScriptedServer.FILE);
        } else {
            server.done(id);
        }
    }

    /** To requests that were never sent. */
    private SftpPipeline answered(int... ids) throws IOException {
        ScriptedServer server = new ScriptedServer(in, (request, itself) -> {});
        for (int id : ids) {
            answer(server, 0, id);
        }
        return server.pipeline();
    }

    @Test
    void asksManyThingsBeforeTheFirstAnswer() throws IOException {
        try (SftpPipeline pipeline = answering(200)) {
            List<SftpPacket> requests = IntStream.range(0, 100)
                    .boxed()
                    .flatMap(i -> List.of(
                            pipeline.rename("part" + i, "name" + i), SftpPacket.setModified("name" + i, Instant.EPOCH))
                            .stream())
                    .toList();

            List<Answer> answers = pipeline.ask(requests);

            assertThat(answers).hasSize(200);
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).done()).as("answer %d", i).isEqualTo((i + 1) % 3 != 0);
            }
            assertThat(answers.get(2).refusal()).hasMessage("no such file");
            assertThat(asked).hasSize(200);
        }
    }

    @Test
    void takesTheLastAnswersBeforeItLeaves() throws IOException {
        try (SftpPipeline pipeline = answering(2)) {
            pipeline.sendOnly(SftpPacket.stat("one"));
            pipeline.sendOnly(SftpPacket.stat("another"));
        }
        assertThat(asked).as("sent, although nobody waits for them").hasSize(2);
        assertThatIOException()
                .as("the answers were taken")
                .isThrownBy(() -> in.take(Duration.ZERO))
                .withMessageContaining("did not answer");
    }

    @Test
    void leavesSoonIfNoAnswerComes() throws IOException {
        long before = System.nanoTime();
        try (SftpPipeline pipeline = answering(2)) {
            pipeline.sendOnly(SftpPacket.stat("one"));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void knowsWhichAnswerIsWhose() throws IOException {
        try (SftpPipeline pipeline = answering(5)) {
            assertThat(pipeline.ask(IntStream.range(0, 5)
                            .mapToObj(i -> SftpPacket.stat("file" + i))
                            .toList()))
                    .extracting(answer -> answer.size().orElse(-1))
                    .containsExactly(1001L, 1002L, -1L, 1004L, 1005L);
        }
    }

    @Test
    void hasOnlySoManyOnTheirWay() throws IOException {
        try (SftpPipeline pipeline = answering(256)) {
            assertThat(pipeline.ask(IntStream.range(0, 512)
                            .mapToObj(i -> SftpPacket.stat("file" + i))
                            .toList()))
                    .hasSize(512);
        }
    }

    @Test
    void doesNotBelieveAnswersToWhatWasNotAsked() throws IOException {
        SftpPipeline pipeline = answered(7);

        assertThatIOException()
                .isThrownBy(() -> pipeline.ask(List.of(SftpPacket.stat("file"))))
                .withMessage("the server sent an answer that fits no request");
    }

    @Test
    void doesNotBelieveTwoAnswersToOneRequest() throws IOException {
        SftpPipeline pipeline = answered(1, 1);

        assertThatIOException()
                .isThrownBy(() -> pipeline.ask(List.of(SftpPacket.stat("a"), SftpPacket.stat("b"))))
                .withMessage("the server sent an answer that fits no request");
    }

    /** {@code most}: so many handles differ; then they are given again, as Erlang's server does. */
    private SftpPipeline opening(int most) {
        int[] opened = {0};
        return new ScriptedServer(in, (request, server) -> {
                    if (request.type() == ScriptedServer.OPENDIR) {
                        server.handle(request.id(), "handle " + Math.min(opened[0]++, most - 1));
                    } else {
                        asked.add(request);
                        server.done(request.id());
                    }
                })
                .pipeline();
    }

    @Test
    void findsOutThatAServerMixesUpWhatIsOpen() throws IOException {
        try (SftpPipeline two = opening(2)) {
            assertThat(two.findSharedHandles()).isTrue();
        }
        assertThat(asked)
                .extracting(ScriptedServer.Request::text)
                .as("closed")
                .containsExactly("handle 0", "handle 1", "handle 1");
    }

    @Test
    void takesNoServerThatTellsThemApartForOneThatDoesNot() throws IOException {
        try (SftpPipeline many = opening(100)) {
            assertThat(many.findSharedHandles()).isFalse();
        }
    }

    @Test
    void believesAServerThatOpensNoFolders() throws IOException {
        ScriptedServer refusing =
                new ScriptedServer(in, (request, server) -> server.status(request.id(), 3, "permission denied"));

        assertThat(refusing.pipeline().findSharedHandles()).isFalse();
    }

    @SuppressWarnings("ByteBufferBackingArray") // which one, not what is in it
    @Test
    void theMemoryOfALargeAnswerIsUsedForOneOfItsLength() throws IOException {
        int large = 100_000;
        ScriptedServer reading =
                new ScriptedServer(in, (request, server) -> server.data(request.id(), "x".repeat(large)));
        try (SftpPipeline pipeline = reading.pipeline()) {
            ByteBuffer first = read(pipeline);
            ByteBuffer second = read(pipeline);
            pipeline.reuse(first);
            ByteBuffer third = read(pipeline);

            assertThat(second.array()).isNotSameAs(first.array());
            assertThat(third.array()).isSameAs(first.array());
            assertThat(third.remaining()).isEqualTo(large);
        }
    }

    private static ByteBuffer read(SftpPipeline pipeline) throws IOException {
        return pipeline.ask(List.of(SftpPacket.read(new byte[] {1}, 0, 1)))
                .get(0)
                .content()
                .orElseThrow();
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
                        in.write(new byte[] {0, 0, 0, 1, SftpPacket.STATUS}, 0, 5);
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

    /** Invariant 12. */
    @Test
    void aFileThatNeitherComesNorEndsIsGivenUp() {
        ScriptedServer stubborn = new ScriptedServer((request, server) -> {
            switch (request.type()) {
                case ScriptedServer.OPEN -> server.handle(request.id(), request.text());
                case ScriptedServer.READ -> server.data(request.id(), "");
                default -> server.done(request.id());
            }
        });

        assertThatIOException()
                .isThrownBy(() ->
                        SftpFiles.readInSteps(stubborn.pipeline(), "/file", new ByteArrayOutputStream(), () -> false))
                .withMessageContaining("sent nothing");
    }
}
