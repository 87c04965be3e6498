package dev.offsite.init;

import java.util.ArrayList;
import java.util.List;

/** The picture of a key's fingerprint that {@code ssh-keygen -lv} draws: the "drunken bishop". */
public final class Randomart {

    private static final String SYMBOLS = " .o+=*BOX@%&#/^SE";
    private static final int WIDTH = 17;
    private static final int HEIGHT = 9;
    private static final int STEPS_OF_BYTE = 4;

    private Randomart() {}

    /** The lines of the picture. {@code title} is such as {@code ED25519 256}. */
    public static List<String> lines(byte[] sha256, String title) {
        int end = SYMBOLS.length() - 1;
        int[][] field = new int[WIDTH][HEIGHT];
        int x = WIDTH / 2;
        int y = HEIGHT / 2;
        for (byte each : sha256) {
            for (int step = 0; step < STEPS_OF_BYTE; step++) {
                int bits = each >> (2 * step);
                x = clamp(x + ((bits & 1) == 0 ? -1 : 1), WIDTH);
                y = clamp(y + ((bits & 2) == 0 ? -1 : 1), HEIGHT);
                field[x][y] = Math.min(field[x][y] + 1, end - 2);
            }
        }
        field[WIDTH / 2][HEIGHT / 2] = end - 1;
        field[x][y] = end;
        List<String> lines = new ArrayList<>();
        lines.add(border(title));
        for (int row = 0; row < HEIGHT; row++) {
            StringBuilder line = new StringBuilder("|");
            for (int column = 0; column < WIDTH; column++) {
                line.append(SYMBOLS.charAt(field[column][row]));
            }
            lines.add(line.append('|').toString());
        }
        lines.add(border("SHA256"));
        return lines;
    }

    private static int clamp(int at, int size) {
        return Math.max(0, Math.min(size - 1, at));
    }

    private static String border(String title) {
        String middle = "[" + title + "]";
        int before = (WIDTH - middle.length()) / 2;
        return "+" + "-".repeat(before) + middle + "-".repeat(WIDTH - middle.length() - before) + "+";
    }
}
