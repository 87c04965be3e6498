package dev.offsite.owner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.io.StateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

    @Test
    void aMachineWithoutAnIdIsUnknown() throws Exception {
        assertThat(machine("", "")).isEmpty();
        assertThat(machine(null, "uninitialized\n")).isEmpty();
    }
}
