package dev.offsite.doctor;

import dev.offsite.doctor.CheckRunner.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Collects the findings of one job. */
final class Findings {

    private final List<Finding> all = new ArrayList<>();

    void add(Check check, Outcome outcome) {
        add(check, "", outcome);
    }

    void add(Check check, String subject, Outcome outcome) {
        all.add(new Finding(check, subject, outcome.result(), outcome.detail()));
    }

    void addAll(Findings others) {
        all.addAll(others.all);
    }

    /** Whether that check was made and did not fail. */
    boolean went(Check check) {
        return of(check).filter(finding -> finding.result() != Result.FAIL).isPresent();
    }

    private Optional<Finding> of(Check check) {
        return all.stream().filter(finding -> finding.check() == check).findFirst();
    }

    /** All findings in the order of the checks. Checks that could not be made say which failure is the reason. */
    List<Finding> complete() {
        List<Finding> complete = new ArrayList<>(all);
        String cause = all.stream()
                .filter(finding -> finding.result() == Result.FAIL)
                .reduce((first, second) -> second)
                .map(finding -> "needs " + finding.check().words())
                .orElse("");
        Stream.of(Check.values())
                .filter(check -> of(check).isEmpty())
                .forEach(check -> complete.add(new Finding(check, "", Result.UNCHECKED, cause)));
        complete.sort(Comparator.comparing(Finding::check));
        return complete;
    }
}
