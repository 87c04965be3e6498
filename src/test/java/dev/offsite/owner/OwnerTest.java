package dev.offsite.owner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.io.StateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnerTest {

    private static final String MACHINE = "00112233445566778899aabbccddeeff";

    @TempDir
    Path folder;

    private String machine(String first, String second) throws IOException {
        Path one = folder.resolve("one");
        Path two = folder.resolve("two");
        Files.deleteIfExists(one);
        if (first != null) {
            Files.writeString(one, first);
        }
        Files.writeString(two, second);
        return new Owner(new StateFolder(folder), folder.toString(), List.of(one, two)).machine();
    }

    @Test
    void theMachineIsKnownByAHashOfItsId() throws Exception {
        String hash = machine(MACHINE + "\n", "");
        assertThat(hash).matches("[0-9a-f]{32}").isNotEqualTo(MACHINE);
        assertThat(machine(MACHINE, "another")).isEqualTo(hash);
        assertThat(machine(null, MACHINE)).isEqualTo(hash);
        assertThat(machine("uninitialized\n", MACHINE)).isEqualTo(hash);
        assertThat(machine(MACHINE.replace('0', '1'), MACHINE)).isNotEqualTo(hash);
    }

    /** Nodes of a cluster may start at once. */
    @RepeatedTest(5)
    void allWhoMakeTheIdAtOnceHaveTheSame() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            CyclicBarrier together = new CyclicBarrier(8);
            List<Future<String>> made = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Owner owner = new Owner(new StateFolder(folder), folder.toString(), List.of());
                made.add(threads.submit(() -> {
                    together.await();
                    return owner.id();
                }));
            }
            Set<String> ids = new HashSet<>();
            for (Future<String> one : made) {
                ids.add(one.get());
            }
            assertThat(ids).hasSize(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aMachineWithoutAnIdIsUnknown() throws Exception {
        assertThat(machine("", "")).isEmpty();
        assertThat(machine(null, "uninitialized\n")).isEmpty();
    }
}
