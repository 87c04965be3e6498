package dev.offsite.cli;

import dev.offsite.init.Answers;
import dev.offsite.init.Interview;
import dev.offsite.init.Question;
import dev.offsite.init.ServerText;
import dev.offsite.job.Setting;
import dev.offsite.openssh.Surroundings;
import dev.offsite.source.SourceCheck;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Which answers {@code offsite init} takes.
 *
 * @param here the base of relative paths
 * @param job its name, or null for one after the source
 */
record InitRules(Path here, Surroundings surroundings, String job) implements Interview.Rules {

    private static final String USER = "offsite";

    @Override
    public Optional<String> problem(Question question, String answer) {
        if (answer.isBlank() || !Answers.isPlain(answer)) {
            return Optional.of(
                    answer.isBlank()
                            ? "it is empty"
                            : "it has a character, or a blank at an end, that a configuration cannot have");
        }
        try {
            return switch (question) {
                case SERVER -> {
                    ServerText.parse(answer);
                    yield Optional.empty();
                }
                case USER ->
                    answer.matches(".*[\\s:@/].*")
                            ? Optional.of("'%s' is no user name".formatted(answer))
                            : Optional.empty();
                case SOURCE ->
                    SettingValidator.problem(Setting.SOURCE, source(answer))
                            .or(() -> SourceCheck.unreadable(Path.of(source(answer)))
                                    .map(problem -> problem + "; name the folder that has the backups"));
                case ROOT -> SettingValidator.problem(Setting.ROOT, root(answer));
            };
        } catch (IllegalArgumentException | CommandException e) {
            return Optional.of(e.getMessage());
        }
    }

    @Override
    public String byDefault(Question question, Map<Question, String> answers) {
        return switch (question) {
            case SERVER, SOURCE -> "";
            case USER -> ServerText.parse(answers.get(Question.SERVER)).user().orElse(USER);
            case ROOT -> "/srv/offsite/" + (job == null ? Answers.jobOf(source(answers.get(Question.SOURCE))) : job);
        };
    }

    /** The absolute path that is meant. */
    String source(String answer) {
        String expanded =
                answer.equals("~") || answer.startsWith("~/") ? surroundings.home() + answer.substring(1) : answer;
        return PathArguments.local(here, expanded).normalize().toString();
    }

    static String root(String answer) {
        return answer.length() > 1 && answer.endsWith("/") ? answer.substring(0, answer.length() - 1) : answer;
    }
}
