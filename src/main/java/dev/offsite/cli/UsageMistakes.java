package dev.offsite.cli;

import dev.offsite.io.Text;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in one line what is wrong with a command line. Its whole help, as picocli prints it, would hide this. */
final class UsageMistakes implements IParameterExceptionHandler {

    @Override
    public int handleParseException(ParameterException mistake, String[] args) {
        CommandLine command = mistake.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        if (args.length == 0) {
            Failures.say(mistake.getMessage());
            command.usage(command.getErr());
        } else {
            String verb = command.getParent() == null ? "" : command.getCommandName() + ": ";
            Failures.say(Text.line("%s%s (%s --help)".formatted(verb, words(mistake), name)));
        }
        return ExitCode.CONFIGURATION;
    }

    private static String words(ParameterException mistake) {
        if (mistake instanceof UnmatchedArgumentException unmatched) {
            String word = unmatched.getUnmatched().get(0);
            String first = word.isEmpty() ? "''" : word;
            boolean isVerb = mistake.getCommandLine().getParent() == null;
            String what = unmatched.isUnknownOption()
                    ? "there is no option " + first
                    : isVerb ? "there is no verb " + first : "%s is one argument too many".formatted(first);
            // Behind --, a verb is none.
            List<String> near = unmatched.getSuggestions().stream()
                    .filter(each -> !each.equals(first))
                    .toList();
            return near.isEmpty() ? what : "%s; did you mean %s?".formatted(what, String.join(" or ", near));
        }
        // Perhaps the one that is missing, misspelt.
        Optional<String> unknown = mistake.getCommandLine().getUnmatchedArguments().stream()
                .filter(word -> word.startsWith("-"))
                .findFirst();
        String said = unknown.map("there is no option "::concat)
                .orElse(mistake.getMessage().replace("' is not an int", "' is not a whole number"));
        return said.substring(0, 1).toLowerCase(Locale.ROOT) + said.substring(1);
    }
}
