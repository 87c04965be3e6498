package dev.offsite.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code offsite help}: what a verb does, or what a setting means. */
@Command(description = "Says what a verb does, or what a setting means. Needs no configuration.")
public final class HelpCommand extends VerbCommand {

    private static final String ELSEWHERE = ": offsite --help lists the verbs, docs/configuration.md has all settings";

    @Parameters(
            arity = "0..1",
            paramLabel = "KEY",
            description = "A verb, such as ship, or a setting, such as keep or offsite.max-age.")
    private String topic;

    @Override
    public Integer call() {
        CommandLine all = all();
        all.setUsageHelpAutoWidth(true);
        if (topic == null) {
            all.usage(System.out);
            return ExitCode.OK;
        }
        // A word can be both, as verify is.
        List<String> texts = new ArrayList<>();
        Map<String, CommandLine> verbs = visible(all);
        if (verbs.containsKey(topic)) {
            texts.add(verbs.get(topic).getUsageMessage().stripTrailing());
        }
        SettingHelp.find(topic).stream().map(SettingHelp::text).forEach(texts::add);
        if (texts.isEmpty()) {
            String suggestion = SpellingSuggestion.to(topic, topics(), ELSEWHERE);
            throw new CommandException("there is no verb or setting '%s'%s".formatted(topic, suggestion));
        }
        System.out.println(String.join("\n\n", texts));
        return ExitCode.OK;
    }

    private static CommandLine all() {
        return Offsite.line(new Offsite());
    }

    /** All that help has something to say of. */
    static List<String> topics() {
        return Stream.concat(visible(all()).keySet().stream(), SettingHelp.keys().stream())
                .distinct()
                .toList();
    }

    private static Map<String, CommandLine> visible(CommandLine line) {
        return line.getSubcommands().entrySet().stream()
                .filter(verb -> !verb.getValue().getCommandSpec().usageMessage().hidden())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (one, other) -> one, TreeMap::new));
    }
}
