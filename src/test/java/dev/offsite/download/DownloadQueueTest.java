package dev.offsite.download;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.download.Arriving.Stretch;
import dev.offsite.io.Activity;
import dev.offsite.sftp.RemoteFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DownloadQueueTest {

    private static final int STRETCH = 4;

    private final DownloadQueue queue = new DownloadQueue(new Activity(), STRETCH);
    private final List<ByteBuffer> reused = new ArrayList<>();

    private static final class File implements Incoming {
        private final String content;
        private final StringBuilder got = new StringBuilder();
        private int here;
        private boolean sizeKnown = true;
        private boolean again;
        private boolean full;
        private int ends;
        private Exception failure;

        File(String content) {
            this.content = content;
        }

        @Override
        public String path() {
            return "/" + content;
        }

        @Override
        public long size() {
            return sizeKnown ? content.length() : -1;
        }

        @Override
        public void check(RemoteFile there) throws IOException {
            if (there.size() != content.length()) {
                throw new IOException("changed");
            }
        }

        @Override
        public long begin() {
            got.setLength(0);
            got.append(content, 0, here);
            return here;
        }

        @Override
        public void write(ByteBuffer bytes) throws IOException {
            if (full) {
                throw new IOException("full");
            }
            got.append(StandardCharsets.US_ASCII.decode(bytes));
        }

        @Override
        public boolean end() {
            ends++;
            here = 0;
            boolean done = !again;
            again = false;
            return done;
        }

        @Override
        public void fail(Exception cause) {
            assertThat(failure).isNull();
            failure = cause;
        }
    }

    private File added(File file) {
        queue.add(file);
        return file;
    }

    private List<Stretch> all() throws IOException {
        List<Stretch> all = new ArrayList<>();
        for (Optional<Stretch> next = queue.take(false); next.isPresent(); next = queue.take(false)) {
            all.add(next.get());
        }
        return all;
    }

    private void arrive(Stretch stretch) {
        File file = (File) stretch.file().to;
        look(stretch, file.content.length());
        if (stretch.length() > 0) {
            int from = (int) stretch.offset();
            byte[] bytes = file.content.substring(from, from + stretch.length()).getBytes(StandardCharsets.US_ASCII);
            queue.arrived(stretch.file(), from, piece(bytes));
        }
    }

    private void look(Stretch stretch, long size) {
        queue.look(stretch.file(), new RemoteFile("", false, true, size, 0, 0100600));
    }

    private void drain() throws IOException {
        for (List<Stretch> some = all(); !some.isEmpty(); some = all()) {
            some.forEach(this::arrive);
        }
    }

    private Arriving.Piece piece(byte[] bytes) {
        return new Arriving.Piece(ByteBuffer.wrap(bytes), reused::add);
    }

    /** A restore may have a hundred thousand. */
    @Test
    void filesOfAListAreMadeWhenItIsTheirTurn() throws IOException {
        List<File> made = new ArrayList<>();
        queue.addAll(
                IntStream.range(0, 1000)
                        .mapToObj(i -> {
                            made.add(new File("abc"));
                            return made.get(i);
                        })
                        .iterator(),
                1000,
                3000);
        assertThat(made).isEmpty();
        assertThat(queue.unfinished()).isEqualTo(1000);
        assertThat(queue.bytes()).isEqualTo(3000);
        assertThat(queue.isAnyLeft()).isTrue();

        Stretch first = queue.take(false).orElseThrow();
        assertThat(made).hasSize(1);
        arrive(first);
        assertThat(queue.unfinished()).isEqualTo(999);

        drain();
        assertThat(made).hasSize(1000).allSatisfy(file -> assertThat(file.got).hasToString("abc"));
        assertThat(queue.unfinished()).isZero();
        assertThat(queue.isAnyLeft()).isFalse();
        queue.await();
    }

    @Test
    void anEndEndsTheFilesOfAListToo() throws IOException {
        List<File> made = new ArrayList<>();
        queue.addAll(
                IntStream.range(0, 5)
                        .mapToObj(i -> {
                            made.add(new File("abc"));
                            return made.get(i);
                        })
                        .iterator(),
                5,
                15);
        assertThat(queue.take(false)).isPresent();

        queue.stop(new IOException("over"));

        assertThat(made).hasSize(5).allSatisfy(file -> assertThat(file.failure).hasMessage("over"));
        assertThat(queue.take(false)).isEmpty();
        queue.await();
    }

    /** A small one may be kept by its file until it is verified. */
    @Test
    void onlyTheMemoryOfLargePiecesIsUsedAgain() throws IOException {
        DownloadQueue large = new DownloadQueue(new Activity(), 1 << 20);
        large.add(new File("x".repeat(2 * Incoming.KEPT + 1)));
        Stretch all = large.take(false).orElseThrow();
        large.look(all.file(), new RemoteFile("", false, true, all.length(), 0, 0100600));

        large.arrived(all.file(), 0, piece(new byte[Incoming.KEPT]));
        assertThat(reused).isEmpty();
        large.arrived(all.file(), Incoming.KEPT, piece(new byte[Incoming.KEPT + 1]));
        assertThat(reused).hasSize(1);
    }

    @Test
    void bytesReachAFileInOrderWhateverTheOrderTheyComeIn() throws IOException {
        List<File> files = new ArrayList<>();
        for (String content : List.of("", "a", "abcd", "abcde", "abcdefghijklmnopqrstuvwxyz")) {
            files.add(added(new File(content)));
        }
        List<Stretch> stretches = all();
        Collections.shuffle(stretches, new Random(1));
        stretches.forEach(this::arrive);

        assertThat(files).allSatisfy(file -> {
            assertThat(file.got).hasToString(file.content);
            assertThat(file.ends).isOne();
            assertThat(file.failure).isNull();
        });
        assertThat(queue.unfinished()).isZero();
    }

    @Test
    void whatIsHereIsNotAskedForAgain() throws IOException {
        File file = new File("abcdefghij");
        file.here = 7;
        queue.add(file);
        List<Stretch> stretches = all();
        assertThat(stretches).extracting(Stretch::offset).containsExactly(7L);
        stretches.forEach(this::arrive);

        assertThat(file.got).hasToString("abcdefghij");
    }

    @Test
    void whatAConnectionLostIsAskedForAgainFirst() throws IOException {
        File file = added(new File("abcdefghij"));
        Stretch lost = queue.take(false).orElseThrow();
        queue.giveBack(List.of(lost));

        assertThat(queue.take(false)).contains(lost);
        arrive(lost);
        drain();
        assertThat(file.got).hasToString("abcdefghij");
    }

    @Test
    void aSizeThatNobodyKnewIsLearnt() throws IOException {
        File file = new File("abcdefghij");
        file.sizeKnown = false;
        queue.add(file);
        drain();

        assertThat(file.got).hasToString("abcdefghij");
        assertThat(file.ends).isOne();
    }

    @Test
    void aFileThatWasNotRightComesAgain() throws IOException {
        File file = new File("abcdefghij");
        file.again = true;
        file.here = 3;
        queue.add(file);
        drain();

        assertThat(file.got).hasToString("abcdefghij");
        assertThat(file.ends).isEqualTo(2);
    }

    @Test
    void aFailureEndsOneFileAndNoOther() throws IOException {
        File changed = added(new File("abcdefghij"));
        File full = added(new File("klmnopqrst"));
        full.full = true;
        File fine = added(new File("uvwxyz"));
        for (Stretch stretch : all()) {
            if (stretch.file().to == changed) {
                look(stretch, 11);
            } else {
                arrive(stretch);
            }
        }

        assertThat(changed.failure).hasMessage("changed");
        assertThat(changed.got).isEmpty();
        assertThat(full.failure).hasMessage("full");
        assertThat(fine.got).hasToString("uvwxyz");
        assertThat(queue.unfinished()).isZero();
    }

    @Test
    void noMoreIsUnderWayThanFitsIntoMemory() throws IOException {
        DownloadQueue large = new DownloadQueue(new Activity(), 1 << 20);
        File file = new File("x".repeat(DownloadQueue.MOST + (3 << 20)));
        large.add(file);
        List<Stretch> taken = new ArrayList<>();
        for (Optional<Stretch> next = large.take(false); next.isPresent(); next = large.take(false)) {
            taken.add(next.get());
        }
        assertThat(taken).hasSize(DownloadQueue.MOST >> 20);

        // The last that was asked for is of no use before the first.
        Stretch last = taken.get(taken.size() - 1);
        large.look(last.file(), new RemoteFile("", false, true, file.content.length(), 0, 0100600));
        large.arrived(last.file(), last.offset(), piece(new byte[last.length()]));
        assertThat(large.take(false)).isEmpty();
        large.arrived(last.file(), 0, piece(new byte[1 << 20]));
        assertThat(large.take(false)).isPresent();
        assertThat(large.take(false)).isEmpty();
    }

    @Test
    void anEndFailsAllThatIsNotHere() throws IOException {
        File here = added(new File("abc"));
        arrive(queue.take(false).orElseThrow());
        File asked = added(new File("def"));
        Stretch late = queue.take(false).orElseThrow();
        File waiting = added(new File("ghi"));
        queue.stop(new IOException("over"));
        File after = added(new File("jkl"));
        arrive(late);

        assertThat(here.failure).isNull();
        assertThat(List.of(asked, waiting, after))
                .allSatisfy(file -> assertThat(file.failure).hasMessage("over"));
        assertThat(queue.take(true)).isEmpty();
    }
}
