package dev.offsite.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link StateStore} does. */
@Timeout(120)
public abstract class StateStoreContract {

    private static final int THREADS = 8;

    /** An empty store; called again within a test, another one for the same texts. */
    protected abstract StateStore store();

    private static List<String> lines(StateStore store, String name, long from) {
        List<String> lines = new ArrayList<>();
        store.lines(name, from, lines::add);
        return lines;
    }

    private static String rest(StateStore store, String name, long from) throws IOException {
        try (InputStream in = store.open(name, from)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void aTextThatIsNotThereIsEmpty() throws IOException {
        StateStore store = store();
        assertThat(store.text("db.status")).isEmpty();
        assertThat(lines(store, "db.status", 0)).isEmpty();
        assertThat(store.lines("db.status", 7, line -> {})).isEqualTo(7);
        assertThat(rest(store, "db.status", 0)).isEmpty();
        assertThat(store.end("db.status")).isZero();
        assertThat(store.version("db.status")).isEmpty();
        assertThat(store.names("")).isEmpty();
        assertThat(store.names("folder")).isEmpty();
        store.delete("db.status");
        assertThat(store.place("db.status")).contains("db.status");
    }

    @Test
    void aTextIsReplaced() throws IOException {
        StateStore store = store();
        store.replace("db.status", "one\ntwo\n", true);
        store.replace("db.status", "three\n", false);
        assertThat(store.text("db.status")).contains("three\n");
        assertThat(rest(store, "db.status", 0)).isEqualTo("three\n");
        assertThat(store().text("db.status")).contains("three\n");
        store.replace("db.status", "", true);
        assertThat(store.text("db.status")).contains("");
        store.delete("db.status");
        assertThat(store.text("db.status")).isEmpty();
    }

    @Test
    void whatWasAppendedIsReadFromThere() throws IOException {
        StateStore store = store();
        store.append("log", "one\n");
        store.append("log", "two\nthree\n");
        assertThat(store.text("log")).contains("one\ntwo\nthree\n");
        long end = store.end("log");
        List<String> lines = new ArrayList<>();
        assertThat(store.lines("log", 0, lines::add)).isEqualTo(end);
        assertThat(lines).containsExactly("one", "two", "three");
        assertThat(lines(store, "log", end)).isEmpty();
        assertThat(rest(store, "log", end)).isEmpty();

        store().append("log", "four\nfive\n");
        assertThat(lines(store, "log", end)).containsExactly("four", "five");
        assertThat(rest(store, "log", end)).isEqualTo("four\nfive\n");
        assertThat(store.lines("log", end, line -> {})).isEqualTo(store.end("log"));
    }

    @Test
    void aLineIsHandedOverWhenItIsWhole() {
        StateStore store = store();
        store.append("log", "one\ntw");
        List<String> lines = new ArrayList<>();
        long next = store.lines("log", 0, lines::add);
        assertThat(lines).containsExactly("one");
        assertThat(store.lines("log", next, lines::add)).isEqualTo(next);
        store.append("log", "o\nthr");
        store.append("log", "e");
        next = store.lines("log", next, lines::add);
        store.append("log", "e\n");
        assertThat(store.lines("log", next, lines::add)).isEqualTo(store.end("log"));
        assertThat(lines).containsExactly("one", "two", "three");
    }

    @Test
    void aChangeGivesAnotherVersion() {
        StateStore store = store();
        List<Optional<StateStore.Version>> versions = new ArrayList<>();
        store.replace("a", "1\n", true);
        versions.add(store.version("a"));
        assertThat(store.version("a")).isEqualTo(versions.get(0)).isPresent();
        store.append("a", "2\n");
        versions.add(store.version("a"));
        long end = store.end("a");
        store.replace("a", "3\n", false);
        versions.add(store.version("a"));
        store.update("a", text -> text + "4\n", true);
        versions.add(store.version("a"));
        assertThat(versions).doesNotHaveDuplicates();
        assertThat(hasGrown(versions, 0)).isTrue();
        assertThat(hasGrown(versions, 1)).as("replaced").isFalse();
        assertThat(versions.get(1).orElseThrow().end()).isEqualTo(end);

        assertThat(store.update("a", text -> text, true)).isEqualTo("3\n4\n");
        assertThat(store.version("a")).isEqualTo(versions.get(3));
    }

    private static boolean hasGrown(List<Optional<StateStore.Version>> versions, int from) {
        return versions.get(from + 1)
                .orElseThrow()
                .hasGrownFrom(versions.get(from).orElseThrow());
    }

    @Test
    void theEndOfATextIsReadAlone() {
        StateStore store = store();
        assertThat(store.tail("log", 10)).isEmpty();
        assertThat(store.size("log")).isZero();
        for (int i = 0; i < 10; i++) {
            store.append("log", "line " + i + "\n");
        }
        assertThat(store.size("log")).isEqualTo(70);
        assertThat(store.tail("log", 8)).endsWith("\nline 9\n").hasSizeLessThan(20);
        assertThat(store.tail("log", 1000)).hasSize(70);
        store.append("log", "\u00e4\n");
        assertThat(store.size("log")).isEqualTo(73);
        assertThat(store.exists()).isTrue();
    }

    @Test
    void anUpdateBeginsWithAnEmptyText() {
        StateStore store = store();
        assertThat(store.update("a", text -> text + "x", false)).isEqualTo("x");
        assertThat(store.update("a", text -> text + "y", true)).isEqualTo("xy");
        assertThat(store.text("a")).contains("xy");
        store.update("b", text -> text, true);
        assertThat(store.text("b")).isEmpty();
    }

    @Test
    void namesAreThoseDirectlyInAFolder() {
        StateStore store = store();
        for (String name : List.of("a", "b.status", "f/x", "f/y", "g/h/z", "f.old/x", "f0/x")) {
            store.append(name, "1\n");
            store.append(name, "2\n");
        }
        assertThat(store.names("f")).containsExactlyInAnyOrder("x", "y");
        assertThat(store.names("g/h")).containsExactly("z");
        assertThat(store.names("")).contains("a", "b.status").doesNotContain("x", "f/x");
        store.delete("f/x");
        assertThat(store.names("f")).containsExactly("y");
    }

    @Test
    void textsAndNamesAreData() {
        StateStore store = store();
        String text = "it's \"odd\"\t\\ %s ${x} $1 ? \uD83D\uDCBE \u00e4 \u0001\r\n";
        for (String name : List.of("it's", "\"two\"", "a\tb", "a\nb", "%_\\", "\uD83D\uDCBE", "f/it's", "f/a\nb")) {
            store.append(name, text);
            store.update(name, before -> before + text, true);
            assertThat(store.text(name)).contains(text + text);
        }
        assertThat(store.names("f")).containsExactlyInAnyOrder("it's", "a\nb");
    }

    @Test
    void thereMayBeManyTexts() {
        StateStore store = store();
        for (int i = 0; i < 10_000; i++) {
            store.replace("many/%05d".formatted(i), String.valueOf(i), false);
        }
        List<String> names = new ArrayList<>(store.names("many"));
        Collections.sort(names);
        assertThat(names).hasSize(10_000).startsWith("00000").endsWith("09999");
        assertThat(store.text("many/01234")).contains("1234");
    }

    @Test
    void aLargeTextComesBack() throws IOException {
        StateStore store = store();
        String line = "x".repeat(100) + "\n";
        store.replace("large", line.repeat(100_000), false);
        store.append("large", "end\n");
        assertThat(store.text("large").orElseThrow()).hasSize(100_000 * 101 + 4);
        List<String> lines = lines(store, "large", 0);
        assertThat(lines).hasSize(100_001).last().isEqualTo("end");
    }

    /** A reader that goes on from place to place misses nothing and sees nothing twice. */
    @Test
    void everyLineOfManyWritersIsWholeAndReadOnce() throws Exception {
        StateStore store = store();
        int each = 100;
        AtomicBoolean ended = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS + 1);
        try {
            Future<List<String>> reader = threads.submit(() -> {
                List<String> seen = new ArrayList<>();
                long place = 0;
                boolean last;
                do {
                    last = ended.get();
                    place = store.lines("log", place, seen::add);
                } while (!last);
                return seen;
            });
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                String words = " of writer " + i + " with \uD83D\uDCBE\n";
                writers.add(threads.submit(() ->
                        IntStream.range(0, each).forEach(number -> store.append("log", "line " + number + words))));
            }
            for (Future<?> writer : writers) {
                writer.get(1, TimeUnit.MINUTES);
            }
            ended.set(true);
            List<String> seen = reader.get(1, TimeUnit.MINUTES);
            List<String> expected = IntStream.range(0, THREADS)
                    .boxed()
                    .flatMap(i -> IntStream.range(0, each)
                            .mapToObj(number -> "line " + number + " of writer " + i + " with \uD83D\uDCBE"))
                    .toList();
            assertThat(seen).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(lines(store, "log", 0)).isEqualTo(seen);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void updatesOfManyThreadsAllCount() throws Exception {
        StateStore store = store();
        int each = 50;
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                StateStore own = store();
                writers.add(threads.submit(() -> IntStream.range(0, each)
                        .forEach(number -> own.update("count", StateStoreContract::oneMore, false))));
            }
            for (Future<?> writer : writers) {
                writer.get(1, TimeUnit.MINUTES);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(store.text("count")).contains(String.valueOf(THREADS * each));
    }

    protected static String oneMore(String text) {
        return text.isEmpty() ? "1" : String.valueOf(Integer.parseInt(text) + 1);
    }
}
