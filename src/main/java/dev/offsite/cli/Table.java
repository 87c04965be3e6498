package dev.offsite.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Rows with aligned columns, in colour on a terminal. */
public final class Table {

    private static final String RIGHT = ">";
    private static final String RED = "\033[31m";
    private static final String YELLOW = "\033[33m";
    private static final String GREEN = "\033[32m";
    private static final String BOLD = "\033[1m";
    private static final String PLAIN = "\033[0m";
    private static final Set<String> BAD = Set.of("damaged", "missing", "special", "FAILED", "removed");
    private static final Set<String> DOUBTFUL = Set.of("unverified", "listed", "in");
    private static final Set<String> GOOD = Set.of("complete", "hash", "readback", "passed", "kept");

    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();
    private final boolean colours;

    /** @param header column names; a {@code >} before the name aligns the column to the right */
    Table(boolean colours, String... header) {
        this.colours = colours;
        this.header = List.of(header);
    }

    /** Uses colours on a terminal unless NO_COLOR is set (https://no-color.org). */
    static Table forPeople(String... header) {
        String unwanted = System.getenv("NO_COLOR");
        return new Table(Progress.terminal() && (unwanted == null || unwanted.isEmpty()), header);
    }

    /** All cells but the last are coloured by their first word. */
    void row(String... cells) {
        rows.add(List.of(cells));
    }

    String text() {
        StringBuilder text = new StringBuilder(line(titles(), BOLD));
        rows.forEach(row -> text.append(line(row, "")));
        return text.toString();
    }

    private List<String> titles() {
        return header.stream().map(title -> title.replace(RIGHT, "")).toList();
    }

    private String line(List<String> cells, String colour) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            boolean last = i == cells.size() - 1;
            String space = " ".repeat(width(i) - length(cells.get(i)));
            String cell = paint(cells.get(i), colour.isEmpty() ? colourOf(cells.get(i)) : colour);
            if (header.get(i).startsWith(RIGHT)) {
                line.append(space).append(cell);
            } else {
                line.append(cell).append(last ? "" : space);
            }
            line.append(last ? "" : "  ");
        }
        return line.append(System.lineSeparator()).toString();
    }

    private int width(int column) {
        int width = header.get(column).replace(RIGHT, "").length();
        for (List<String> row : rows) {
            width = Math.max(width, length(row.get(column)));
        }
        return width;
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    private String paint(String cell, String colour) {
        return colours && !colour.isEmpty() && !cell.isEmpty() ? colour + cell + PLAIN : cell;
    }

    private static String colourOf(String cell) {
        String word = cell.split("[ :]", 2)[0];
        if (BAD.contains(word)) {
            return RED;
        }
        return DOUBTFUL.contains(word) ? YELLOW : GOOD.contains(word) ? GREEN : "";
    }
}
