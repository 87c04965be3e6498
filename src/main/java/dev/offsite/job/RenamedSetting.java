package dev.offsite.job;

import java.util.Map;
import java.util.Optional;

/** Names of an earlier version. They are refused, for an old key that is ignored would change what a job does. */
public final class RenamedSetting {

    /** The old key, in all ways in which it may be written, to the setting of today. */
    private static final Map<String, Setting> KEYS = Map.of(
            "proof", Setting.VERIFY,
            "proof.command", Setting.VERIFY_COMMAND,
            "proof-command", Setting.VERIFY_COMMAND,
            "proofCommand", Setting.VERIFY_COMMAND);

    private static final String GLOBAL = "offsite.";

    private RenamedSetting() {}

    /**
     * What to write instead of an old key: {@code is now called offsite.verify (hash, readback or size)}; empty if the key is
     * not an old one.
     *
     * @param prefix of the key, such as {@code offsite.}
     * @param name the rest of it
     */
    public static Optional<String> problem(String prefix, String name) {
        return Optional.ofNullable(KEYS.get(name)).map(setting -> "is now called %s%s (%s)"
                .formatted(prefix, setting.key(), setting.type().words().replace("`", "")));
    }

    /**
     * For applications, whose configuration is not checked before it is used.
     *
     * @param parameters those of a job
     * @param properties looks up a property that holds for all jobs
     * @throws IllegalArgumentException if an old key is in use
     */
    static void refuse(String job, Map<String, Object> parameters, Properties properties) {
        for (String old : KEYS.keySet()) {
            if (parameters.containsKey(old)) {
                throw new IllegalArgumentException("the parameter %s of job %s %s"
                        .formatted(old, job, problem("", old).orElseThrow()));
            }
            if (properties.find(GLOBAL + old).isPresent()) {
                throw new IllegalArgumentException(
                        "%s%s %s".formatted(GLOBAL, old, problem(GLOBAL, old).orElseThrow()));
            }
        }
    }

    /** Where properties are looked up. */
    @FunctionalInterface
    interface Properties {
        Optional<String> find(String key);
    }
}
