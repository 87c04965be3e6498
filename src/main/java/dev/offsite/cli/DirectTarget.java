package dev.offsite.cli;

import dev.offsite.io.TextFile;
import dev.offsite.job.HostName;
import dev.offsite.job.Setting;
import dev.offsite.job.SettingException;
import dev.offsite.job.SettingType;
import dev.offsite.job.Target;
import dev.offsite.job.TargetParser;
import dev.offsite.openssh.SshConfigException;
import dev.offsite.openssh.SshConfigs;
import dev.offsite.openssh.Surroundings;
import dev.offsite.openssh.agent.AgentException;
import dev.offsite.openssh.agent.SshAgent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A server that no job has. What is not said of it is as with ssh: the user's configuration of ssh, agent, keys and
 * known_hosts.
 *
 * @param verb for messages
 * @param here the base of relative paths
 */
record DirectTarget(String verb, Path here, Surroundings surroundings) {

    private static final Map<Setting, Setting> IN_FILES = Map.of(
            Setting.PASSWORD, Setting.PASSWORD_FILE,
            Setting.PASSPHRASE, Setting.PASSPHRASE_FILE,
            Setting.VERIFY_PASSPHRASE, Setting.VERIFY_PASSPHRASE_FILE);

    /** Fails with {@link CommandException} if something is missing or wrong, with what to set */
    Target of(ServerSettings settings) {
        return of(texts(settings), new SshConfigs(surroundings));
    }

    /** The same as the settings that come to it; secrets are not among them, but the files that have them. */
    Map<Setting, String> settingsOf(ServerSettings settings) {
        SshConfigs configs = new SshConfigs(surroundings);
        Map<String, String> texts = texts(settings);
        of(texts, configs);
        Map<Setting, String> found = new EnumMap<>(Setting.class);
        texts.forEach((key, text) -> Setting.named(key, Setting.ofAll())
                .filter(setting -> !IN_FILES.containsKey(setting)
                        || !texts.containsKey(IN_FILES.get(setting).key()))
                .ifPresent(setting -> found.put(setting, text)));
        return found;
    }

    private Map<String, String> texts(ServerSettings settings) {
        if (settings.text(Setting.HOST).isEmpty()) {
            throw problem("which server? write user@host:/path, or set SSH_HOST and SSH_USER, or name a configuration"
                    + " with -c FILE");
        }
        Map<String, String> texts = new HashMap<>();
        for (Setting setting : Setting.ofAll()) {
            if (setting.scope() == Setting.Scope.TARGET) {
                String text = Optional.ofNullable(settings.values().get(setting))
                        .map(value -> checked(setting, value))
                        .orElse(setting.defaultValue());
                if (text != null && !text.isEmpty()) {
                    texts.put(setting.key(), text);
                }
            }
        }
        IN_FILES.forEach((secret, file) -> Optional.ofNullable(texts.get(file.key()))
                .ifPresent(name -> texts.put(secret.key(), firstLine(file, name))));
        return texts;
    }

    /** Adds to the texts what ssh has. */
    private Target of(Map<String, String> texts, SshConfigs configs) {
        try {
            asSsh(texts, configs);
            Target target = new TargetParser(texts, configs).target();
            if (target.key() == null
                    && target.password() == null
                    && target.way().agent() == null) {
                throw problem(
                        ("with which key? there is none in %s, and no ssh-agent has one: set SSH_KEY to the file of a"
                                        + " private key")
                                .formatted(surroundings.ssh()));
            }
            return target;
        } catch (SettingException e) {
            throw problem(explained(e, texts));
        } catch (SshConfigException | IllegalArgumentException e) {
            throw problem(e.getMessage());
        }
    }

    private String checked(Setting setting, ServerSettings.Value value) {
        String text = value.text();
        if (setting.type().isLocalPath(text)) {
            String home = text.startsWith("~/") ? surroundings.home() + text.substring(1) : text;
            text = PathArguments.local(here, home).normalize().toString();
        }
        Optional<String> wrong = SettingValidator.problem(setting, text);
        if (wrong.isPresent()) {
            throw problem(value.origin().isEmpty() ? wrong.get() : value.origin() + ": " + wrong.get());
        }
        return setting.type() == SettingType.HOST ? HostName.parse(text) : text;
    }

    private String firstLine(Setting setting, String file) {
        try {
            return TextFile.read(Path.of(file)).lines().findFirst().orElse("");
        } catch (IOException e) {
            throw problem("%s: %s cannot be read: %s".formatted(setting.globalKey(), file, e.getMessage()));
        }
    }

    /** As ssh: its configuration counts for every server, and keys that the agent has are offered. */
    private void asSsh(Map<String, String> texts, SshConfigs configs) throws SshConfigException {
        if (!texts.containsKey(Setting.SSH_CONFIG.key())) {
            configs.standard();
            texts.put(Setting.SSH_CONFIG.key(), configs.here().config().toString());
        }
        boolean identified = texts.containsKey(Setting.KEY.key())
                || texts.containsKey(Setting.PASSWORD.key())
                || texts.containsKey(Setting.AGENT.key());
        String file = texts.get(Setting.SSH_CONFIG.key());
        boolean own = !file.equals(TargetParser.NONE)
                && configs.read(Path.of(file))
                        .host(texts.get(Setting.HOST.key()), texts.get(Setting.USER.key()))
                        .identityAgent()
                        .isPresent();
        if (!identified && !own && agentHasKeys()) {
            texts.put(Setting.AGENT.key(), "true");
        }
    }

    private boolean agentHasKeys() {
        if (surroundings.environment().getOrDefault("SSH_AUTH_SOCK", "").isEmpty()) {
            return false;
        }
        try {
            return !SshAgent.at("", surroundings).keys().isEmpty();
        } catch (AgentException | IllegalArgumentException e) {
            return false;
        }
    }

    private String explained(SettingException e, Map<String, String> texts) {
        String host = texts.get(Setting.HOST.key());
        return switch (e.setting()) {
            case USER -> "which user on %s? write user@host:/path, or set SSH_USER".formatted(host);
            case KNOWN_HOSTS ->
                ("there is no %s with the host keys of servers: connect to %s once with ssh, and compare the"
                                + " fingerprint that it shows with the server's")
                        .formatted(surroundings.ssh().resolve("known_hosts"), host);
            default -> e.getMessage();
        };
    }

    private CommandException problem(String text) {
        return new CommandException(verb + ": " + text);
    }
}
