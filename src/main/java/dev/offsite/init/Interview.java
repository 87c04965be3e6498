package dev.offsite.init;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Asks for what was not given.
 *
 * @param terminal where somebody answers; empty if nobody does
 */
public record Interview(Optional<Terminal> terminal, Rules rules) {

    /** Somebody who reads and answers. */
    public interface Terminal {
        /** The line that was typed; empty if there will be no more. */
        Optional<String> ask(String prompt);

        void say(String line);
    }

    /** What is known of the answers. */
    public interface Rules {
        /** What is wrong with an answer, for a message; empty if nothing is. */
        Optional<String> problem(Question question, String answer);

        /** What Enter stands for, by the answers so far; empty if there is no default. */
        String byDefault(Question question, Map<Question, String> answers);
    }

    /** Nothing, or not enough, was answered. */
    public static final class UnansweredException extends Exception {
        private static final long serialVersionUID = 1L;

        UnansweredException(String message) {
            super(message);
        }
    }

    /**
     * All answers.
     *
     * @param given those that are known already
     * @throws UnansweredException if one of those is wrong, or some are missing and nobody can be asked
     */
    public Map<Question, String> complete(Map<Question, String> given) throws UnansweredException {
        Map<Question, String> answers = new EnumMap<>(Question.class);
        List<String> missing = new ArrayList<>();
        for (Question question : Question.values()) {
            String answer = given.get(question);
            if (answer == null) {
                missing.add(question.flag());
                continue;
            }
            Optional<String> problem = rules.problem(question, answer);
            if (problem.isPresent()) {
                throw new UnansweredException("%s: %s".formatted(question.option(), problem.get()));
            }
            answers.put(question, answer);
        }
        if (!missing.isEmpty() && terminal.isEmpty()) {
            throw new UnansweredException(
                    "there is no terminal to ask at, so say the rest by options: " + String.join(" ", missing));
        }
        for (Question question : Question.values()) {
            if (!answers.containsKey(question)) {
                answers.put(question, ask(terminal.orElseThrow(), question, answers));
            }
        }
        return answers;
    }

    private String ask(Terminal person, Question question, Map<Question, String> answers) throws UnansweredException {
        String byDefault = rules.byDefault(question, answers);
        while (true) {
            String answer = person.ask(question.prompt(byDefault))
                    .map(String::strip)
                    .orElseThrow(() -> new UnansweredException("nothing was changed, as not all was answered"));
            answer = answer.isEmpty() ? byDefault : answer;
            Optional<String> problem =
                    answer.isEmpty() ? Optional.of("an answer is needed") : rules.problem(question, answer);
            if (problem.isEmpty()) {
                return answer;
            }
            person.say("  " + problem.get());
        }
    }
}
