package dev.offsite.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code offsite help}: what a verb does, or what a setting means. */
@Command(description = "Says what a verb does, or what a setting means. Needs no configuration.")
public final class HelpCommand extends VerbCommand {

    @Parameters(
            arity = "0..1",
            paramLabel = "KEY",
            description = "A verb, such as ship, or a setting, such as keep or offsite.max-age.")
    private String topic;

    @Override
    public Integer call() {
        CommandLine all = Offsite.line(new Offsite());
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
            List<String> known = new ArrayList<>(verbs.keySet());
            known.addAll(SettingHelp.keys());
            throw new CommandException(
                    "there is no verb or setting '%s'%s".formatted(topic, SpellingSuggestion.to(topic, known)));
        }
        System.out.println(String.join("\n\n", texts));
        return ExitCode.OK;
    }

    private static Map<String, CommandLine> visible(CommandLine line) {
        return line.getSubcommands().entrySet().stream()
                .filter(verb -> !verb.getValue().getCommandSpec().usageMessage().hidden())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
