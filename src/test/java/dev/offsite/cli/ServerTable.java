package dev.offsite.cli;

import dev.offsite.cli.ServerScenario.Step;
import dev.offsite.support.servers.RealServer;
import java.io.IOException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The table of {@code docs/servers.md}: a row per server, a column per step, and a note for what is not simply done. */
final class ServerTable {
    private static final String BEGIN = "<!-- from here on by ServersIT -->\n";
    private static final String YES = "yes";

    private final Map<RealServer, Map<Step, String>> rows = new EnumMap<>(RealServer.class);

    void add(RealServer server, Map<Step, String> cells) {
        rows.put(server, cells);
    }

    /** The page with its generated part made anew. */
    String text(String page) throws IOException {
        Map<String, Integer> notes = new LinkedHashMap<>();
        StringBuilder text = new StringBuilder(page.substring(0, page.indexOf(BEGIN) + BEGIN.length()));
        text.append("\n| Server | Version |");
        Stream.of(Step.values())
                .forEach(step -> text.append(' ').append(step.title()).append(" |"));
        text.append("\n|---|---|").append("---|".repeat(Step.values().length)).append('\n');
        for (Map.Entry<RealServer, Map<Step, String>> row : rows.entrySet()) {
            text.append(
                    "| %s | %s |".formatted(row.getKey().title(), row.getKey().version()));
            for (Step step : Step.values()) {
                text.append(' ')
                        .append(cell(row.getValue().get(step), step, notes))
                        .append(" |");
            }
            text.append('\n');
        }
        text.append("\nWhat Offsite says where it is not a plain \"yes\":\n\n");
        notes.forEach((note, number) -> text.append("%d. %s\n".formatted(number, note)));
        text.append("\n## What to set\n\n| Server | |\n|---|---|\n");
        rows.keySet().forEach(server -> text.append("| %s | %s |\n".formatted(server.title(), server.advice())));
        return text.toString();
    }

    private static String cell(String said, Step step, Map<String, Integer> notes) {
        if (said.equals(YES) || step == Step.VERIFIED) {
            return said;
        }
        boolean done = !said.startsWith("exit code") && !said.startsWith("not ");
        int number = notes.computeIfAbsent(said, note -> notes.size() + 1);
        return "%s (%d)".formatted(done ? YES : "no", number);
    }

    /** Debian's and npm's next version may do as well. */
    static String withoutVersions(String text) {
        return text.lines()
                .map(line -> line.replaceFirst("^(\\| [^|]+ \\|) [0-9][^ |]* \\|", "$1 |"))
                .collect(Collectors.joining("\n"));
    }
}
