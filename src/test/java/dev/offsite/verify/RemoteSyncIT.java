package dev.offsite.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.demo.EmbeddedServer.Exec.Result;
import dev.offsite.demo.Sha256sumCommand;
import dev.offsite.support.Bench;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a server is told to write to its disk, and when. */
@Timeout(120)
class RemoteSyncIT {

    private static final Pattern NAME = Pattern.compile("small-\\d+");
    private static final int MANY = 300;
    private static final Duration LONG = Duration.ofMillis(200);

    @TempDir
    private Path folder;

    private final Queue<String> commands = new ConcurrentLinkedQueue<>();

    @Test
    void whereManySmallFilesTookLongTheNextAreWrittenTogetherAndThenEachIsAskedFor() throws Exception {
        try (Bench bench = answering(0, LONG)) {
            shipTwice(bench);

            List<String> syncs = commands("sync ");
            assertThat(syncs)
                    .filteredOn(command -> command.startsWith("sync -f "))
                    .isNotEmpty();
            assertThat(syncs.get(2)).doesNotStartWith("sync -f ");
            assertThat(named(syncs)).isEqualTo(2 * MANY);
        }
    }

    @Test
    void whereManySmallFilesTakeNoTimeTheyCostOneCommand() throws Exception {
        try (Bench bench = answering(0, Duration.ZERO)) {
            shipTwice(bench);

            List<String> syncs = commands("sync ");
            assertThat(syncs).noneMatch(command -> command.startsWith("sync -f "));
            assertThat(named(syncs)).isEqualTo(2 * MANY);
        }
    }

    @Test
    void whereTheCommandKnowsNoFileSystemsItIsTriedOnceAndEachFileStillAskedFor() throws Exception {
        try (Bench bench = answering(1, LONG)) {
            shipTwice(bench);

            List<String> syncs = commands("sync ");
            assertThat(syncs)
                    .filteredOn(command -> command.startsWith("sync -f "))
                    .hasSize(1);
            assertThat(named(syncs)).isEqualTo(2 * MANY);
        }
    }

    /** {@code each}: how long the disk takes for files that are named */
    private Bench answering(int ofFileSystem, Duration each) throws Exception {
        EmbeddedServer.Exec sha256sum = new Sha256sumCommand();
        return Bench.answering(folder, (command, root) -> {
            commands.add(command);
            if (command.startsWith("sync -f ")) {
                return new Result(ofFileSystem, "", "");
            }
            if (NAME.matcher(command).find() && command.startsWith("sync ")) {
                LockSupport.parkNanos(each.toNanos());
            }
            boolean missing = command.contains("no-such-file");
            return command.startsWith("sync ") ? new Result(missing ? 1 : 0, "", "") : sha256sum.run(command, root);
        });
    }

    private static void shipTwice(Bench bench) throws Exception {
        bench.start();
        for (int i = 0; i < MANY; i++) {
            bench.backup("small-" + i, new byte[] {1});
        }
        assertThat(bench.run().shipped()).isEqualTo(MANY);
        for (int i = 0; i < MANY; i++) {
            bench.backup("more/small-" + (MANY + i), new byte[] {1});
        }
        assertThat(bench.run().shipped()).isEqualTo(MANY);
    }

    private List<String> commands(String begin) {
        return commands.stream().filter(command -> command.startsWith(begin)).toList();
    }

    private static long named(List<String> commands) {
        return commands.stream()
                .flatMap(command -> NAME.matcher(command).results())
                .map(found -> found.group())
                .distinct()
                .count();
    }
}
