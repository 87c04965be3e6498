package dev.offsite.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class StateExceptionTest {

    private static final Path FILE = Path.of("/var/lib/offsite/db.memory");

    /** Nobody may be told to move away what is whole. */
    @Test
    void whatMayNotBeReadIsNotCalledDamaged() {
        assertThat(StateException.unreadable(FILE, new AccessDeniedException(FILE.toString())))
                .hasMessageContaining("/var/lib/offsite/db.memory cannot be read: permission denied")
                .hasMessageContaining("chown -R")
                .hasMessageNotContaining("damaged");
    }

    @Test
    void whatIsNoTextIsDamaged() {
        assertThat(StateException.unreadable(FILE, new MalformedInputException(1)))
                .hasMessageContaining("is damaged (it is not UTF-8); move it away");
    }
}
