package dev.offsite.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.age.AgeKey;
import dev.offsite.age.AgeKeyPair;
import dev.offsite.age.AgeRecipients;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceStreamTest {

    private static final int MANY = 2_000;
    private static final int CHUNK = 64 << 10;

    @TempDir
    private Path folder;

    /** Each upload has one until its copy is verified, and there may be thousands. */
    @Test
    void afterItIsClosedItTakesNoMemory() throws IOException {
        Path file = Files.writeString(folder.resolve("small"), "x");
        AgeRecipients recipients = AgeRecipients.parse(AgeKeyPair.make().recipient());
        AgeKey key = AgeKey.make(recipients);
        List<SourceStream> closed = new ArrayList<>();
        long before = used();
        for (int i = 0; i < MANY; i++) {
            SourceStream stream = SourceStream.open(file, List.of(), Optional.of(key), Runnable::run, read -> {});
            try (InputStream in = stream.sent()) {
                in.readAllBytes();
            }
            closed.add(stream);
        }

        assertThat(used() - before).isLessThan((long) MANY * CHUNK / 4);
        assertThat(closed).extracting(stream -> stream.content().count()).containsOnly(1L);
    }

    private static long used() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }
}
