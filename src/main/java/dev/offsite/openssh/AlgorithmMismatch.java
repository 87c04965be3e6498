package dev.offsite.openssh;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Why a client and a server cannot talk to each other.
 *
 * @param ours what we offer, by kind
 * @param theirs what the server offers, by kind; not trusted
 */
public record AlgorithmMismatch(Map<AlgorithmKind, List<String>> ours, Map<AlgorithmKind, List<String>> theirs) {

    private static final int MOST_SHOWN = 6;
    private static final String NAME = "[!-~&&[^,'\"]]{1,64}";

    /** What can be done about one kind. */
    private record Cure(AlgorithmKind kind, String allow, String lacking) {}

    /** Names the kinds without anything in common, what the server offers, and the line that allows it. */
    public String explain(String server, Algorithms configured, Predicate<String> supported) {
        List<Cure> cures = Stream.of(AlgorithmKind.values())
                .filter(kind -> ours.containsKey(kind) && theirs.containsKey(kind))
                .filter(kind -> ours.get(kind).stream().noneMatch(theirs.get(kind)::contains))
                .map(kind -> cure(kind, supported))
                .toList();
        if (cures.isEmpty()) {
            return "%s and Offsite have no algorithms in common".formatted(server);
        }
        String what = cures.stream()
                .map(cure ->
                        "no %s in common (it offers %s)".formatted(cure.kind.words(), shown(theirs.get(cure.kind))))
                .collect(Collectors.joining(" and "));
        return "%s and Offsite have %s%s".formatted(server, what, advice(cures, configured));
    }

    private Cure cure(AlgorithmKind kind, Predicate<String> supported) {
        List<String> known = Algorithms.KNOWN.get(kind).stream()
                .filter(theirs.get(kind)::contains)
                .toList();
        String allow = known.stream().filter(supported).findFirst().orElse(null);
        return new Cure(kind, allow, allow == null && !known.isEmpty() ? known.get(0) : null);
    }

    private String advice(List<Cure> cures, Algorithms configured) {
        List<String> missing = cures.stream()
                .filter(cure -> cure.allow == null)
                .map(cure -> cure.lacking == null
                        ? "Offsite's SSH client has none of these"
                        : "%s needs %s".formatted(cure.lacking, Algorithms.needs(cure.lacking)))
                .toList();
        if (!missing.isEmpty()) {
            return ": " + missing.get(0) + "; or the server's administrator allows others";
        }
        List<String> allow = cures.stream().map(Cure::allow).distinct().toList();
        return "; update the server, or, if you cannot, allow what is outdated: offsite.algorithms="
                + line(configured.setting(), allow);
    }

    /** The present setting with these algorithms allowed. */
    private static String line(String setting, List<String> allow) {
        List<String> items = new ArrayList<>(Stream.of(setting.split(","))
                .map(String::strip)
                .filter(item -> !item.isEmpty() && !allow.contains(item.substring(1)))
                .toList());
        allow.forEach(name -> items.add("+" + name));
        return String.join(",", items);
    }

    private static String shown(List<String> names) {
        List<String> plain = names.stream()
                .filter(name -> name.matches(NAME) && !isNoAlgorithm(name))
                .toList();
        String first = plain.stream().limit(MOST_SHOWN).collect(Collectors.joining(", "));
        return plain.isEmpty() ? "none" : first + (plain.size() > MOST_SHOWN ? ", ..." : "");
    }

    /** Servers announce abilities as if they were key exchanges. */
    private static boolean isNoAlgorithm(String name) {
        return Set.of("ext-info-s", "ext-info-c").contains(name) || name.startsWith("kex-strict-");
    }
}
