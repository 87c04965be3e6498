package dev.offsite.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The scripts that complete words of the command in bash, zsh and fish. What they cannot know, they ask {@link
 * CompleteCommand}: jobs, dates and keys.
 */
final class CompletionScripts {

    private static final String GENERATED =
            "# Generated from the verbs by CompletionScriptsTest; CONTRIBUTING.md says how.\n";

    private CompletionScripts() {}

    /** What an argument can be completed with. */
    enum Kind {
        JOB,
        DATE,
        KEY,
        FILE,
        DIR,
        WORDS,
        NONE
    }

    /** @param words if it is one of these */
    private record Argument(Kind kind, List<String> words) {

        static Argument of(ArgSpec spec) {
            if (spec.completionCandidates() != null) {
                return new Argument(
                        Kind.WORDS,
                        StreamSupport.stream(spec.completionCandidates().spliterator(), false)
                                .toList());
            }
            return new Argument(kind(spec.paramLabel(), spec.isOption()), List.of());
        }

        private static Kind kind(String label, boolean option) {
            return switch (label) {
                case "JOB", "DATE", "KEY", "DIR" -> Kind.valueOf(label);
                case "LOCAL" -> Kind.FILE;
                // As a parameter, it is a file on the server.
                case "FILE" -> option ? Kind.FILE : Kind.NONE;
                default -> Kind.NONE;
            };
        }
    }

    /** @param value null if it takes none, or needs none */
    private record Option(List<String> names, String description, Argument value) {

        static Option of(OptionSpec spec) {
            return new Option(
                    List.of(spec.names()),
                    sentence(spec.description()),
                    spec.arity().min() == 0 ? null : Argument.of(spec));
        }
    }

    /** @param parameters the last one is repeated if {@code more} */
    private record Verb(
            String name, String description, List<Option> options, List<Argument> parameters, boolean more) {

        static Verb of(String name, CommandSpec spec) {
            List<Argument> parameters = new ArrayList<>();
            boolean more = false;
            for (PositionalParamSpec one : spec.positionalParameters()) {
                // That of restore is "[DATE] [FILE...]".
                for (String label : one.paramLabel().replaceAll("[\\[\\].]", "").split(" ", -1)) {
                    parameters.add(
                            one.completionCandidates() != null
                                    ? Argument.of(one)
                                    : new Argument(Argument.kind(label, false), List.of()));
                }
                more = one.arity().max() > 1;
            }
            return new Verb(
                    name, sentence(spec.usageMessage().description()), optionsOf(spec), List.copyOf(parameters), more);
        }
    }

    private static List<Option> optionsOf(CommandSpec spec) {
        return spec.options().stream()
                .filter(option -> !option.hidden())
                .map(Option::of)
                .toList();
    }

    /** The first one, without its end. */
    static String sentence(String[] description) {
        String text = String.join(" ", description).replace("%n", " ").replaceAll("\\s+", " ");
        return text.replaceFirst("(?<!\\b[ei]\\.[ge])[.:](\\s.*)?$", "");
    }

    private static List<Verb> verbs() {
        return Offsite.line(new Offsite()).getSubcommands().entrySet().stream()
                .filter(verb -> !verb.getValue().getCommandSpec().usageMessage().hidden())
                .map(verb -> Verb.of(verb.getKey(), verb.getValue().getCommandSpec()))
                .toList();
    }

    private static List<Option> common() {
        return optionsOf(Offsite.line(new Offsite()).getCommandSpec());
    }

    /** By the path below {@code src/main/dist/completion}. */
    static Map<String, String> all() {
        return Map.of("bash/offsite", bash(), "zsh/_offsite", zsh(), "fish/offsite.fish", fish());
    }

    private static String bash() {
        return GENERATED
                + """
                # Source it, or put it into /usr/share/bash-completion/completions/offsite.

                # _offsite_of VERB: sets options, and the options with a value and the parameters as "NAME KIND", in the order of the parameters.
                _offsite_of() {
                  options='' values='' parameters='' more=''
                  case $1 in
                %s  esac
                }

                # _offsite_words KIND: the words that this can be, one a line
                _offsite_words() {
                  case $1 in
                    JOB | DATE | KEY) "${COMP_WORDS[0]}" "${config[@]}" --complete "$1" ${job:+"$job"} 2>/dev/null ;;
                    FILE) compgen -f -- "$current" ;;
                    DIR) compgen -d -- "$current" ;;
                    WORDS:*) tr ',' '\\n' <<<"${1#WORDS:}" ;;
                  esac
                }

                _offsite() {
                  local current=${COMP_WORDS[COMP_CWORD]} verb='' job='' kind='' pending='' options values parameters more word i count=0
                  local config=() pair found
                  _offsite_of ''
                  for ((i = 1; i < COMP_CWORD; i++)); do
                    word=${COMP_WORDS[i]}
                    if [[ $pending ]]; then
                      [[ $pending != -c && $pending != --config ]] || config=(-c "${word/#~/$HOME}")
                      pending=''
                    elif [[ " $values" == *" $word="* ]]; then
                      pending=$word
                    elif [[ $word == -* ]]; then
                      :
                    elif [[ -z $verb ]]; then
                      verb=$word
                      _offsite_of "$verb"
                    else
                      [[ $count -gt 0 ]] || job=$word
                      count=$((count + 1))
                    fi
                  done
                  if [[ $pending ]]; then
                    for pair in $values; do [[ ${pair%%=*} != "$pending" ]] || kind=${pair#*=}; done
                  elif [[ $current == -* ]]; then
                    kind=WORDS:${options// /,}
                  elif [[ -z $verb ]]; then
                    kind=WORDS:%s
                  else
                    read -ra found <<<"$parameters"
                    [[ -z $more || $count -lt ${#found[@]} ]] || count=$((${#found[@]} - 1))
                    kind=${found[count]:-}
                    # The first parameter is not always a job.
                    [[ $kind != DATE || ${found[0]} == JOB ]] || kind=''
                  fi
                  [[ $kind != FILE && $kind != DIR ]] || compopt -o filenames 2>/dev/null
                  # compgen would run what stands in a name.
                  mapfile -t COMPREPLY < <(compgen -W "$(_offsite_words "$kind" | sed 's/[^A-Za-z0-9_.,:+@%%/=-]/\\\\&/g')" -- "$current")
                  [[ $kind != JOB ]] || for i in "${!COMPREPLY[@]}"; do printf -v "COMPREPLY[i]" %%q "${COMPREPLY[i]}"; done
                }
                complete -F _offsite offsite
                """
                        .formatted(
                                Stream.concat(
                                                Stream.of(new Verb("''", "", common(), List.of(), false)),
                                                verbs().stream())
                                        .map(CompletionScripts::bash)
                                        .collect(Collectors.joining()),
                                verbs().stream().map(Verb::name).collect(Collectors.joining(",")));
    }

    private static String bash(Verb verb) {
        return """
                    %s)
                      options='%s'
                      values='%s'
                      parameters='%s' more=%s
                      ;;
                """
                .formatted(
                        verb.name,
                        verb.options.stream().flatMap(one -> one.names.stream()).collect(Collectors.joining(" ")),
                        verb.options.stream()
                                .filter(one -> one.value != null)
                                .flatMap(one -> one.names.stream().map(name -> name + "=" + word(one.value)))
                                .collect(Collectors.joining(" ")),
                        verb.parameters.stream().map(CompletionScripts::word).collect(Collectors.joining(" ")),
                        verb.more ? "yes" : "''")
                .replaceAll("(?m)^ {20}|^ {16}", "    ");
    }

    private static String word(Argument argument) {
        return argument.kind + (argument.words.isEmpty() ? "" : ":" + String.join(",", argument.words));
    }

    private static String zsh() {
        return "#compdef offsite\n"
                + GENERATED
                + """

                _offsite_words() {
                  local -a found
                  found=("${(@f)$("$_offsite_command" $_offsite_config --complete "$1" $2 2>/dev/null)}")
                  compadd -- ${found:#}
                }

                _offsite() {
                  local context state state_descr line _offsite_command=$words[1]
                  local -a _offsite_config verbs
                  typeset -A opt_args
                  verbs=(
                %s  )
                  _arguments -C \\
                %s    '1:verb:->verb' '*::parameter:->verbs'
                  local file=${(Q)${opt_args[-c]:-$opt_args[--config]}}
                  [[ -z $file ]] || _offsite_config=(-c ${file/#\\~\\//$HOME/})
                  case $state in
                    verb) _describe verb verbs ;;
                    verbs)
                      case $line[1] in
                %s      esac
                      ;;
                  esac
                }

                _offsite "$@"
                """
                        .formatted(
                                verbs().stream()
                                        .map(verb -> "    '%s:%s'\n".formatted(verb.name, zshText(verb.description)))
                                        .collect(Collectors.joining()),
                                common().stream()
                                        .map(option -> "    " + zsh(option) + " \\\n")
                                        .collect(Collectors.joining()),
                                verbs().stream().map(CompletionScripts::zsh).collect(Collectors.joining()));
    }

    private static String zsh(Verb verb) {
        StringBuilder text = new StringBuilder("        %s)\n          _arguments".formatted(verb.name));
        verb.options.forEach(option -> text.append(" \\\n            ").append(zsh(option)));
        for (int i = 0; i < verb.parameters.size(); i++) {
            boolean rest = verb.more && i == verb.parameters.size() - 1;
            String action = zsh(verb.parameters.get(i), i);
            text.append(" \\\n            '%s:%s:%s'"
                    .formatted(
                            rest ? "*" : String.valueOf(i + 1),
                            verb.parameters.get(i).kind.name().toLowerCase(Locale.ROOT),
                            action));
        }
        return text.append("\n          ;;\n").toString();
    }

    private static String zsh(Option option) {
        String value = option.value == null
                ? ""
                : ":%s:%s".formatted(option.value.kind.name().toLowerCase(Locale.ROOT), zsh(option.value, 1));
        String description = "[%s]".formatted(zshText(option.description));
        if (option.names.size() == 1) {
            return "'%s%s%s'".formatted(option.names.get(0), description, value);
        }
        return "'(%s)'{%s}'%s%s'"
                .formatted(String.join(" ", option.names), String.join(",", option.names), description, value);
    }

    private static String zsh(Argument argument, int index) {
        return switch (argument.kind) {
            // With a blank before it, it gets no further arguments.
            case JOB, KEY -> " _offsite_words " + argument.kind;
            case DATE -> index == 0 ? " " : " _offsite_words DATE $line[1]";
            case FILE -> "_files";
            case DIR -> "_files -/";
            case WORDS -> "(" + String.join(" ", argument.words) + ")";
            case NONE -> " ";
        };
    }

    private static String zshText(String text) {
        return text.replace("\\", "\\\\")
                .replace("[", "\\[")
                .replace("]", "\\]")
                .replace(":", "\\:")
                .replace("'", "'\\''");
    }

    private static String fish() {
        StringBuilder text = new StringBuilder(GENERATED
                + """

                        # The words after the verb that are no options. Options with a value are followed by one that is none either.
                        function __offsite_parameters
                            set -l words (commandline -opc)
                            set -l values %s
                            set -l count 0
                            set -l skip no
                            for word in $words[2..]
                                if test $skip = yes
                                    set skip no
                                else if contains -- $word $values
                                    set skip yes
                                else if not string match -q -- '-*' $word
                                    echo -- $word
                                end
                            end
                        end

                        function __offsite_verb
                            test (__offsite_parameters)[1] = "$argv[1]" 2>/dev/null
                        end

                        # __offsite_at VERB N: whether the Nth parameter of the verb comes next
                        function __offsite_at
                            set -l found (__offsite_parameters)
                            test "$found[1]" = $argv[1]; and test (count $found) -eq $argv[2]
                        end

                        function __offsite_from
                            set -l found (__offsite_parameters)
                            test "$found[1]" = $argv[1]; and test (count $found) -ge $argv[2]
                        end

                        function __offsite_words
                            set -l words (commandline -opc)
                            set -l config
                            for option in -c --config
                                if set -l at (contains -i -- $option $words); and test (count $words) -gt $at
                                    set config -c $words[(math $at + 1)]
                                end
                            end
                            set -l found (__offsite_parameters)
                            $words[1] $config --complete $argv[1] $found[2] 2>/dev/null
                        end

                        complete -c offsite -f
                        """
                        .formatted(Stream.concat(
                                        common().stream(), verbs().stream().flatMap(verb -> verb.options.stream()))
                                .filter(option -> option.value != null)
                                .flatMap(option -> option.names.stream())
                                .distinct()
                                .collect(Collectors.joining(" "))));
        common().forEach(option -> text.append(fish("test -z \"$(__offsite_parameters)\"", option)));
        verbs().forEach(verb -> {
            text.append("complete -c offsite -n 'test -z \"$(__offsite_parameters)\"' -a %s -d %s\n"
                    .formatted(verb.name, fishText(verb.description)));
            verb.options.forEach(option -> text.append(fish("__offsite_verb " + verb.name, option)));
            for (int i = 0; i < verb.parameters.size(); i++) {
                String action = fish(verb.parameters.get(i));
                if (!action.isEmpty()) {
                    boolean rest = verb.more && i == verb.parameters.size() - 1;
                    text.append("complete -c offsite -n '%s %s %d' %s\n"
                            .formatted(rest ? "__offsite_from" : "__offsite_at", verb.name, i + 1, action));
                }
            }
        });
        return text.toString();
    }

    private static String fish(String condition, Option option) {
        String names = option.names.stream()
                .map(name -> name.startsWith("--") ? "-l " + name.substring(2) : "-s " + name.substring(1))
                .collect(Collectors.joining(" "));
        String value =
                option.value == null ? "" : (option.value.kind == Kind.FILE ? " -r " : " -x ") + fish(option.value);
        return "complete -c offsite -n '%s' %s%s -d %s\n"
                .formatted(condition, names, value.stripTrailing(), fishText(option.description));
    }

    private static String fish(Argument argument) {
        return switch (argument.kind) {
            case JOB, DATE, KEY -> "-k -a '(__offsite_words %s)'".formatted(argument.kind);
            case FILE -> "-F";
            case DIR -> "-a '(__fish_complete_directories)'";
            case WORDS -> "-a '%s'".formatted(String.join(" ", argument.words));
            case NONE -> "";
        };
    }

    private static String fishText(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
