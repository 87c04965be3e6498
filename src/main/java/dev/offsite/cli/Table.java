package dev.offsite.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Rows with aligned columns, in colour on a terminal. */
public final class Table {

    private static final String RIGHT = ">";
    private static final String RED = "\033[31m";
    private static final String YELLOW = "\033[33m";
    private static final String GREEN = "\033[32m";
    private static final String BOLD = "\033[1m";
    private static final String PLAIN = "\033[0m";
    private static final Set<String> BAD =
            Set.of("damaged", "missing", "special", "FAILED", "removed", "STALE", "never");
    private static final Set<String> DOUBTFUL = Set.of("unverified", "listed", "in");
    private static final Set<String> GOOD = Set.of("complete", "hash", "readback", "passed", "kept", "ok");

    private final List<String> header;
    private final List<String> titles;
    private final List<List<String>> rows = new ArrayList<>();
    private final boolean colours;

    /** @param header column names; a {@code >} before the name aligns the column to the right */
    Table(boolean colours, String... header) {
        this.colours = colours;
        this.header = List.of(header);
        this.titles =
                this.header.stream().map(title -> title.replace(RIGHT, "")).toList();
    }

    static Table forPeople(String... header) {
        return new Table(coloured(), header);
    }

    /** Whether output has colours: on a terminal unless NO_COLOR is set (https://no-color.org). */
    static boolean coloured() {
        String unwanted = System.getenv("NO_COLOR");
        return Progress.terminal() && (unwanted == null || unwanted.isEmpty());
    }

    /** All cells but the last are coloured by their first word. */
    void row(String... cells) {
        rows.add(List.of(cells));
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    String text() {
        return line(titles, widths(), BOLD) + rows();
    }

    /** Without the header. */
    String rows() {
        int[] widths = widths();
        return rows.stream().map(row -> line(row, widths, "")).collect(Collectors.joining());
    }

    private int[] widths() {
        int[] widths = titles.stream().mapToInt(Table::length).toArray();
        for (List<String> row : rows) {
            Arrays.setAll(widths, i -> Math.max(widths[i], length(row.get(i))));
        }
        return widths;
    }

    private String line(List<String> cells, int[] widths, String colour) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            boolean last = i == cells.size() - 1;
            String space = " ".repeat(widths[i] - length(cells.get(i)));
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
