package dev.offsite.job;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Keys of an earlier version. They are refused, since ignoring an old key would silently change what a job does. */
public final class RenamedSetting {

    /** From each spelling of an old key to today's setting. */
    private static final Map<String, Setting> KEYS = Map.of(
            "proof", Setting.VERIFY,
            "proof.command", Setting.VERIFY_COMMAND,
            "proof-command", Setting.VERIFY_COMMAND,
            "proofCommand", Setting.VERIFY_COMMAND);

    private static final String GLOBAL = "offsite.";

    private RenamedSetting() {}

    /**
     * What to write instead of an old key, such as {@code is now called offsite.verify (…)}; empty if the key is not
     * old.
     */
    public static Optional<String> problem(String prefix, String name) {
        return Optional.ofNullable(KEYS.get(name)).map(setting -> "is now called %s%s (%s)"
                .formatted(prefix, setting.key(), setting.type().words().replace("`", "")));
    }

    /**
     * For embedding applications, whose configuration is not checked before it is used.
     *
     * @throws IllegalArgumentException if an old key is in use
     */
    public static void refuse(
            String job, Map<String, Object> parameters, Function<String, Optional<String>> properties) {
        for (String old : KEYS.keySet()) {
            if (parameters.containsKey(old)) {
                throw new IllegalArgumentException("the parameter %s of job %s %s"
                        .formatted(old, job, problem("", old).orElseThrow()));
            }
            if (properties.apply(GLOBAL + old).isPresent()) {
                throw new IllegalArgumentException(
                        "%s%s %s".formatted(GLOBAL, old, problem(GLOBAL, old).orElseThrow()));
            }
        }
    }
}
