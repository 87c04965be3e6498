package dev.offsite.cli;

import dev.offsite.job.Setting;
import dev.offsite.job.SettingException;
import dev.offsite.job.Target;
import dev.offsite.job.TargetParser;
import dev.offsite.openssh.SshConfig;
import dev.offsite.openssh.SshConfigException;
import dev.offsite.openssh.SshConfigs;
import dev.offsite.openssh.Surroundings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/** What the settings of a job's target come to, together with the user's configuration of ssh. */
final class TargetCheck {

    private static final Set<Setting> SECRETS =
            EnumSet.of(Setting.PASSWORD, Setting.PASSPHRASE, Setting.VERIFY_PASSPHRASE);
    /** Before ssh-config could give them, every configuration set them. */
    private static final Set<Setting> ONCE_REQUIRED = EnumSet.of(Setting.USER, Setting.KNOWN_HOSTS);

    private final SshConfigs configs;
    private final Set<Setting> lenient;

    /** @param lenient the files that may be missing or unusable */
    TargetCheck(SshConfigs configs, Set<Setting> lenient) {
        this.configs = configs;
        this.lenient = lenient;
    }

    /** With what ssh has in this account. */
    static TargetCheck ofThisProcess(Set<Setting> lenient) {
        return new TargetCheck(new SshConfigs(Surroundings.ofThisProcess()), lenient);
    }

    /**
     * The user's own configuration of ssh, if ssh-config is not set and the host is an alias there: a host line names it, and gives it
     * another name or what is not set here. So a configuration that was complete without it keeps its meaning.
     */
    Optional<Path> standardConfig(Map<Setting, String> values) {
        Path file = configs.here().config();
        String host = value(values, Setting.HOST);
        if (host.isEmpty() || !value(values, Setting.SSH_CONFIG).isEmpty() || !Files.isReadable(file)) {
            return Optional.empty();
        }
        boolean incomplete = ONCE_REQUIRED.stream()
                .anyMatch(setting -> value(values, setting).isEmpty());
        try {
            SshConfig config = configs.read(file);
            boolean alias = config.names(host)
                    && (incomplete || !config.host(host, null).hostName().equals(host.toLowerCase(Locale.ROOT)));
            return alias ? Optional.of(file) : Optional.empty();
        } catch (SshConfigException e) {
            // Says so itself when it is read again.
            return incomplete ? Optional.of(file) : Optional.empty();
        }
    }

    /**
     * The target, without secrets.
     *
     * @param problem told what is wrong, unless that is wrong with one value alone
     */
    Optional<Target> target(Map<Setting, String> values, BiConsumer<Setting, String> problem) {
        Map<String, String> texts = new HashMap<>();
        values.forEach((setting, value) -> {
            if (value != null && !value.isEmpty()) {
                texts.put(setting.key(), SECRETS.contains(setting) ? "set" : value);
            }
        });
        if (value(values, Setting.PASSWORD_FILE).isEmpty()) {
            texts.remove(Setting.PASSWORD_FILE.key());
        } else {
            texts.put(Setting.PASSWORD.key(), "set");
        }
        if (!texts.containsKey(Setting.HOST.key())) {
            return Optional.empty();
        }
        try {
            Target target = new TargetParser(texts, configs).target();
            if (target.way().file() != null) {
                checkFile(Setting.KEY, target.key(), values, problem);
                checkFile(Setting.KNOWN_HOSTS, target.knownHosts(), values, problem);
            }
            return Optional.of(target);
        } catch (SettingException e) {
            problem.accept(e.setting(), e.getMessage());
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // a value that is wrong by itself
        }
        return Optional.empty();
    }

    private void checkFile(
            Setting setting, Path file, Map<Setting, String> values, BiConsumer<Setting, String> problem) {
        if (file != null && value(values, setting).isEmpty() && !lenient.contains(setting)) {
            SettingValidator.problem(setting, file.toString()).ifPresent(text -> problem.accept(setting, text));
        }
    }

    private static String value(Map<Setting, String> values, Setting setting) {
        return Objects.requireNonNullElse(values.get(setting), "");
    }
}
