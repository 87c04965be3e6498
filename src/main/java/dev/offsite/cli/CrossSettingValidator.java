package dev.offsite.cli;

import dev.offsite.job.Setting;
import dev.offsite.job.Target;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Finds values that are valid alone but not together, within a job and between jobs. */
public final class CrossSettingValidator {

    private final Map<String, Map<Setting, String>> jobs;
    private final Map<String, Target> targets;
    private final String state;
    private final List<String> problems = new ArrayList<>();

    private CrossSettingValidator(Map<String, Map<Setting, String>> jobs, Map<String, Target> targets, String state) {
        this.jobs = jobs;
        this.targets = targets;
        this.state = state;
    }

    /**
     * Finds settings that contradict each other.
     *
     * @param jobs the values of each job; null for a missing value
     * @param targets of the jobs, as far as they have one
     * @return a line for each problem, starting with the key
     */
    static List<String> problems(Map<String, Map<Setting, String>> jobs, Map<String, Target> targets, String state) {
        CrossSettingValidator checks = new CrossSettingValidator(jobs, targets, state);
        for (String job : jobs.keySet()) {
            checks.checkLogin(job);
            checks.checkVerifyLogin(job);
            checks.checkAfter(job);
            if (!checks.has(job, Setting.ENCRYPT_TO)
                    && checks.value(job, Setting.ENCRYPT_NAMES).equals("true")) {
                checks.useless(job, EnumSet.of(Setting.ENCRYPT_NAMES), Setting.ENCRYPT_TO);
            }
            checks.checkState(job);
            jobs.keySet().stream().filter(other -> !other.equals(job)).forEach(other -> {
                checks.checkRoots(job, other);
                checks.checkSources(job, other);
            });
        }
        return checks.problems;
    }

    private String value(String job, Setting setting) {
        return Objects.requireNonNullElse(jobs.get(job).get(setting), "");
    }

    private boolean has(String job, Setting setting) {
        return !value(job, setting).isEmpty();
    }

    private void problem(Setting setting, String job, String problem) {
        problems.add(setting.jobKey(job) + ": " + problem);
    }

    private void checkLogin(String job) {
        Target target = targets.get(job);
        boolean key = has(job, Setting.KEY)
                || (target != null && (target.key() != null || target.way().agent() != null));
        if (!key && !has(job, Setting.PASSWORD) && !has(job, Setting.PASSWORD_FILE)) {
            problemOfTarget(Setting.KEY, "is missing, and there is no password either");
        }
    }

    private void checkVerifyLogin(String job) {
        if (!has(job, Setting.VERIFY_USER)) {
            useless(job, EnumSet.range(Setting.VERIFY_PORT, Setting.VERIFY_SSH_PATH), Setting.VERIFY_USER);
        } else if (!has(job, Setting.VERIFY_KEY)) {
            Target target = targets.get(job);
            if (!has(job, Setting.KEY)
                    && (target == null || (target.key() == null && target.way().agent() == null))) {
                problemOfTarget(
                        Setting.VERIFY_KEY,
                        "is missing; %s needs a key, and the login for uploads has none"
                                .formatted(Setting.VERIFY_USER.globalKey()));
            }
            useless(job, EnumSet.of(Setting.VERIFY_PASSPHRASE, Setting.VERIFY_PASSPHRASE_FILE), Setting.VERIFY_KEY);
        }
    }

    private void useless(String job, Set<Setting> settings, Setting needed) {
        settings.stream()
                .filter(setting -> has(job, setting))
                .forEach(setting -> problemOfTarget(setting, "does nothing without " + needed.globalKey()));
    }

    /** Reported once even if several jobs share the value. */
    private void problemOfTarget(Setting setting, String text) {
        String problem = setting.globalKey() + ": " + text;
        if (!problems.contains(problem)) {
            problems.add(problem);
        }
    }

    private void checkAfter(String job) {
        boolean moves = value(job, Setting.AFTER).equals("move");
        if (moves && !has(job, Setting.MOVE_TO)) {
            problem(Setting.MOVE_TO, job, "is missing; after=move must say where to");
        } else if (!moves && has(job, Setting.MOVE_TO)) {
            problem(Setting.MOVE_TO, job, "does nothing where after is " + value(job, Setting.AFTER));
        } else if (moves && lies(value(job, Setting.MOVE_TO), value(job, Setting.SOURCE))) {
            problem(Setting.MOVE_TO, job, "lies in the source folder; what is moved there would be shipped again");
        }
    }

    private void checkState(String job) {
        String source = value(job, Setting.SOURCE);
        if (lies(state, source)) {
            String problem = "%s has the state folder %s in it, which would be shipped and never be finished";
            problem(Setting.SOURCE, job, problem.formatted(source, state));
        }
    }

    /** Two jobs must not prune each other's folders. */
    private void checkRoots(String job, String other) {
        String inner = value(job, Setting.ROOT);
        String outer = value(other, Setting.ROOT);
        boolean same = inner.equals(outer);
        if (!outer.isEmpty()
                && server(job).equals(server(other))
                && (same ? other.compareTo(job) < 0 : inner.startsWith(outer + "/"))) {
            String problem = "lies %s the root of job %s (%s); jobs must not share a root";
            problem(Setting.ROOT, job, problem.formatted(same ? "on" : "below", other, outer));
        }
    }

    private String server(String job) {
        Target target = targets.get(job);
        return target == null
                ? value(job, Setting.HOST).toLowerCase(Locale.ROOT) + ":" + value(job, Setting.PORT)
                : target.server();
    }

    /** A job that moves or deletes its files must not take those of another; file patterns can keep them apart. */
    private void checkSources(String job, String other) {
        boolean takesAway = !value(job, Setting.AFTER).equals("keep");
        String one = value(job, Setting.SOURCE);
        String two = value(other, Setting.SOURCE);
        boolean twice = !value(other, Setting.AFTER).equals("keep") && other.compareTo(job) < 0;
        if (takesAway && !twice && (lies(one, two) || lies(two, one)) && !chooses(job) && !chooses(other)) {
            String problem = "is %s, and job %s ships from the same folder: it could miss files";
            problem(Setting.AFTER, job, problem.formatted(value(job, Setting.AFTER), other));
        }
    }

    private boolean chooses(String job) {
        return has(job, Setting.INCLUDE) || has(job, Setting.EXCLUDE);
    }

    private static boolean lies(String inner, String outer) {
        return !inner.isEmpty() && !outer.isEmpty() && Path.of(inner).startsWith(Path.of(outer));
    }
}
