package dev.offsite.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressLineTest {

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final ProgressLine bar = new ProgressLine(new PrintStream(printed, true, UTF_8));

    /** What a terminal shows after these bytes: the lines, and the one that the cursor is in. */
    private List<String> screen() {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        int column = 0;
        String all = printed.toString(UTF_8).replace("\u001b[K", "\0");
        assertThat(all).as("no other control sequence").doesNotContain("\u001b");
        for (int i = 0; i < all.length(); i++) {
            char c = all.charAt(i);
            if (c == '\n') {
                lines.add(line.toString());
                line.setLength(0);
                column = 0;
            } else if (c == '\r') {
                column = 0;
            } else if (c == '\0') {
                line.setLength(column);
            } else {
                line.replace(column, Math.min(line.length(), column + 1), String.valueOf(c));
                column++;
            }
        }
        lines.add(line.toString());
        return lines;
    }

    @Test
    void otherLinesGoAboveItAndNoneIsLost() {
        bar.accept("db 10% [====>          ] a long line of progress");
        bar.above().println("12:00:00 INFO  short");
        bar.accept("db 20% [======>        ]");
        bar.above().println("12:00:01 INFO  another line that is much longer than the bar above was");
        bar.above().print("two\nlines\n");

        assertThat(screen())
                .containsExactly(
                        "12:00:00 INFO  short",
                        "12:00:01 INFO  another line that is much longer than the bar above was",
                        "two",
                        "lines",
                        "db 20% [======>        ]");
    }

    @Test
    void atTheEndNothingOfItIsLeft() {
        bar.accept("db 99%");
        bar.close();
        bar.accept("db 100%");
        bar.above().println("done");

        assertThat(screen()).containsExactly("done", "");
    }
}
