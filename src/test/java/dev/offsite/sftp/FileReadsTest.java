package dev.offsite.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.offsite.sftp.pipeline.FileReads;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a server of our own that answers as no sane one does; real ones are in DownloadsIT. */
@Timeout(60)
class FileReadsTest {

    private final Map<String, StringBuilder> arrived = new HashMap<>();
    private final Map<String, SftpStatusException> refused = new HashMap<>();
    private final List<String> seen = new ArrayList<>();
    private int reads;

    /** Has a file of ten bytes; {@code answers} are to its reads, one after another, and then EOF. */
    private FileReads<String> reading(String... answers) {
        ScriptedServer server = new ScriptedServer((request, itself) -> {
            switch (request.type()) {
                case ScriptedServer.LSTAT -> looked(request, itself);
                case ScriptedServer.OPEN -> opened(request, itself);
                case ScriptedServer.READ -> {
                    if (reads < answers.length) {
                        itself.data(request.id(), answers[reads++]);
                    } else {
                        itself.status(request.id(), SftpStatusException.EOF, "");
                    }
                }
                default -> itself.done(request.id());
            }
        });
        return new FileReads<>(server.pipeline());
    }

    private static void looked(ScriptedServer.Request request, ScriptedServer server) throws IOException {
        switch (request.text()) {
            case "/none" -> server.status(request.id(), ScriptedServer.NO_SUCH_FILE, "no such file");
            case "/link" -> server.attributes(request.id(), 5, ScriptedServer.LINK);
            case "/pipe" -> server.attributes(request.id(), 5, 0010644);
            default -> server.attributes(request.id(), 10, ScriptedServer.FILE);
        }
    }

    private static void opened(ScriptedServer.Request request, ScriptedServer server) throws IOException {
        switch (request.text()) {
            case "/none" -> server.status(request.id(), ScriptedServer.NO_SUCH_FILE, "no such file");
            case "/secret" -> server.status(request.id(), SftpStatusException.PERMISSION_DENIED, "denied");
            default -> server.handle(request.id(), request.text());
        }
    }

    private void run(FileReads<String> reads, String... files) throws IOException {
        for (String file : files) {
            reads.open(file, file);
            reads.read(new FileReads.Stretch<>(file, 0, 10));
        }
        while (!reads.isIdle()) {
            Optional<FileReads.Event<String>> next = reads.next();
            if (next.isEmpty()) {
                break;
            }
            FileReads.Event<String> event = next.get();
            event.there().ifPresent(entry -> seen.add(event.file()));
            event.refusal().ifPresent(why -> refused.put(event.file(), why));
            byte[] bytes = new byte[event.bytes().remaining()];
            event.bytes().get(bytes);
            StringBuilder text = arrived.computeIfAbsent(event.file(), none -> new StringBuilder());
            assertThat(bytes.length == 0 || event.offset() == text.length()).isTrue();
            text.append(new String(bytes, StandardCharsets.US_ASCII));
        }
        assertThat(reads.isIdle()).isTrue();
        assertThat(reads.bytesUnderWay()).isZero();
    }

    @Test
    void aShortAnswerIsAskedForItsRest() throws IOException {
        run(reading("abc", "defg", "hij"), "/file");

        assertThat(arrived.get("/file")).hasToString("abcdefghij");
        assertThat(seen).containsExactly("/file");
        assertThat(refused).isEmpty();
    }

    @Test
    void noMoreIsTakenThanWasAskedFor() throws IOException {
        run(reading("abcdefghijklmn"), "/file");

        assertThat(arrived.get("/file")).hasToString("abcdefghij");
    }

    @Test
    void aFileThatEndsTooEarlyIsRefused() throws IOException {
        run(reading("abc"), "/file");

        assertThat(refused.get("/file").code()).isEqualTo(SftpStatusException.EOF);
    }

    /** Invariant 12: such a server is not asked for ever. */
    @Test
    void anAnswerWithoutBytesEndsIt() {
        assertThatIOException()
                .isThrownBy(() -> run(reading("", "", ""), "/file"))
                .withMessageContaining("sent nothing");
    }

    @Test
    void whatIsNoRegularFileIsNotRead() throws IOException {
        run(reading("abcdefghij"), "/link", "/pipe", "/none", "/secret", "/file");

        assertThat(refused).containsOnlyKeys("/link", "/pipe", "/none", "/secret");
        assertThat(refused.get("/link")).hasMessageContaining("no regular file");
        assertThat(refused.get("/secret").code()).isEqualTo(SftpStatusException.PERMISSION_DENIED);
        assertThat(seen).contains("/file").doesNotContain("/link", "/pipe", "/none");
    }

    /** Both requests about it are refused, and only one of the answers matters. */
    @Test
    void afterARefusalNothingIsWaitedFor() throws IOException {
        run(reading(), "/none");

        assertThat(refused).containsOnlyKeys("/none");
    }

    @Test
    void manyFilesAreOpenedAndReadInTwoRoundTrips() throws IOException {
        ScriptedServer server = new ScriptedServer((request, itself) -> {
            switch (request.type()) {
                case ScriptedServer.LSTAT -> itself.attributes(request.id(), 10, ScriptedServer.FILE);
                case ScriptedServer.OPEN -> itself.handle(request.id(), request.text());
                case ScriptedServer.READ -> itself.data(request.id(), "abcdefghij");
                default -> itself.done(request.id());
            }
        });
        String[] files = new String[50];
        for (int i = 0; i < files.length; i++) {
            files[i] = "/" + i;
        }
        run(new FileReads<>(server.pipeline()), files);

        assertThat(arrived).hasSize(50).allSatisfy((file, text) -> assertThat(text)
                .hasToString("abcdefghij"));
        assertThat(server.bursts()).isEqualTo(2);
    }
}
