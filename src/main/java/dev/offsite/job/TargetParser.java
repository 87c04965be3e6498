package dev.offsite.job;

import dev.offsite.openssh.Algorithms;
import dev.offsite.openssh.JumpHost;
import dev.offsite.openssh.SshConfig;
import dev.offsite.openssh.SshConfigException;
import dev.offsite.openssh.SshConfigs;
import dev.offsite.openssh.SshHost;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Builds a job's target from its settings and from what the user's configuration of ssh says of the host. What is set
 * here wins.
 *
 * @param values of the settings, with placeholders resolved; null or missing if a setting has no value
 */
public record TargetParser(Map<String, String> values, SshConfigs configs) {

    /** The value of ssh-config, jump and agent that stands for nothing. */
    public static final String NONE = "none";

    private static final int MOST_JUMPS = 8;

    /** Reads something of ssh_config. */
    @FunctionalInterface
    private interface Reading<T> {
        T get() throws SshConfigException;
    }

    /**
     * The keys, host keys and agent of a login.
     *
     * @param keys the first is the main one
     */
    private record Identity(
            String user, List<Path> keys, List<Path> certificates, List<Path> knownHosts, Way.Agent agent) {}

    /** Fails with {@link SettingException} if a value is missing or cannot be used. */
    public Target target() {
        return read(() -> {
            String host = text("host");
            Optional<SshHost> alias = alias(host, text("user"));
            String user = text("user") != null
                    ? text("user")
                    : alias.flatMap(SshHost::user).orElseThrow(() -> missing(Setting.USER, "User", host, alias));
            Identity identity = identity(alias, user, host);
            List<Target> jumps = new ArrayList<>();
            jumps(alias, identity, jumps);
            Target login =
                    target(alias.map(SshHost::hostName).orElse(host), host, text("port"), identity, alias, jumps);
            if (text("max-connections") != null) {
                login = login.allowing(Integer.parseInt(text("max-connections")));
            }
            return login.verifiedBy(verifyLogin(login));
        });
    }

    private static <T> T read(Reading<T> reading) {
        try {
            return reading.get();
        } catch (SshConfigException e) {
            throw new SettingException(Setting.SSH_CONFIG, e.getMessage());
        }
    }

    private Optional<SshHost> alias(String host, String user) throws SshConfigException {
        Optional<SshConfig> config = config();
        return config.isEmpty() ? Optional.empty() : Optional.of(config.get().host(host, user));
    }

    private Optional<SshConfig> config() throws SshConfigException {
        String file = text("ssh-config");
        return file == null || file.equals(NONE) ? Optional.empty() : Optional.of(configs.read(Path.of(file)));
    }

    private static SettingException missing(Setting setting, String keyword, String host, Optional<SshHost> alias) {
        return new SettingException(
                setting,
                "is missing (%s)%s"
                        .formatted(
                                setting.description(),
                                alias.map(said -> "; %s has no %s for %s either".formatted(said.file(), keyword, host))
                                        .orElse("")));
    }

    private Target target(
            String name, String host, String port, Identity identity, Optional<SshHost> alias, List<Target> jumps)
            throws SshConfigException {
        List<Path> keys = identity.keys;
        List<Path> known = identity.knownHosts;
        Way way = Way.PLAIN;
        Algorithms own = text("algorithms") == null
                ? Algorithms.DEFAULT
                : of(Setting.ALGORITHMS, () -> Algorithms.parse(text("algorithms")));
        int number = port == null ? 22 : Integer.parseInt(port);
        if (alias.isPresent()) {
            SshHost said = alias.get();
            number = port == null ? said.port().orElse(22) : number;
            way = new Way(
                    said.file(),
                    host,
                    rest(keys),
                    identity.certificates,
                    identity.agent,
                    rest(known),
                    said.hostKeyAlias().orElse(null),
                    List.copyOf(jumps),
                    said.algorithms().then(own),
                    said.connectTimeout()
                            .filter(seconds -> seconds > 0)
                            .map(Duration::ofSeconds)
                            .orElse(Way.TIMEOUT),
                    said.serverAliveInterval().map(Duration::ofSeconds).orElse(Way.ALIVE_INTERVAL),
                    said.serverAliveCountMax().orElse(Way.ALIVE_COUNT),
                    said.addressFamily().orElse(null),
                    said.bindAddress().orElse(null),
                    OptionalInt.empty());
        } else if (identity.agent != null || !jumps.isEmpty() || !own.changes().isEmpty()) {
            way = new Way(
                    null,
                    null,
                    List.of(),
                    List.of(),
                    identity.agent,
                    List.of(),
                    null,
                    List.copyOf(jumps),
                    own,
                    Way.TIMEOUT,
                    Way.ALIVE_INTERVAL,
                    Way.ALIVE_COUNT,
                    null,
                    null,
                    OptionalInt.empty());
        }
        return new Target(
                of(Setting.HOST, () -> HostName.parse(name)),
                number,
                identity.user,
                keys.isEmpty() ? null : keys.get(0),
                text("passphrase"),
                text("password"),
                known.get(0),
                VerificationMethod.named(text("verify")),
                SshPath.parse(text("ssh-path")),
                HashProgram.named(text("verify.command")),
                null,
                Modes.named(text("modes")),
                way);
    }

    private static <T> T of(Setting setting, Supplier<T> parser) {
        try {
            return parser.get();
        } catch (SettingException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new SettingException(setting, e.getMessage());
        }
    }

    private Identity identity(Optional<SshHost> alias, String user, String host) throws SshConfigException {
        List<Path> keys = new ArrayList<>();
        Way.Agent agent = agent(alias);
        if (text("key") != null) {
            keys.add(Path.of(text("key")));
        } else if (alias.isPresent()) {
            keys.addAll(there(alias.get().identityFiles()));
            if (keys.isEmpty() && text("password") == null && (agent == null || !agent.onlyKeys())) {
                keys.addAll(configs.standardKeys());
            }
        }
        List<Path> certificates =
                alias.isEmpty() ? List.of() : there(alias.get().certificateFiles());
        List<Path> known = new ArrayList<>();
        if (text("known-hosts") != null) {
            known.add(Path.of(text("known-hosts")));
        } else if (alias.isPresent()) {
            known.addAll(there(alias.get().userKnownHosts().orElseGet(configs::standardKnownHosts)));
            known.addAll(there(alias.get().globalKnownHosts().orElseGet(SshConfigs::systemKnownHosts)));
        }
        if (known.isEmpty()) {
            throw missing(Setting.KNOWN_HOSTS, "UserKnownHostsFile that is there", host, alias);
        }
        return new Identity(user, List.copyOf(keys), certificates, List.copyOf(known), agent);
    }

    /** As ssh, passes over what is not there; but if nothing is, the first is named as missing. */
    private static List<Path> there(List<Path> files) {
        List<Path> there = files.stream().filter(Files::exists).toList();
        return there.isEmpty() ? files.stream().limit(1).toList() : there;
    }

    private Way.Agent agent(Optional<SshHost> alias) throws SshConfigException {
        String said = text("agent");
        String socket;
        if (said == null) {
            socket = alias.isEmpty() ? NONE : alias.get().identityAgent().orElse(NONE);
            socket = socket.equals("SSH_AUTH_SOCK") ? "" : socket;
        } else {
            socket = said.equals("true") ? "" : said.equals("false") ? NONE : said;
        }
        boolean only = text("key") != null || (alias.isPresent() && alias.get().identitiesOnly());
        return socket.equals(NONE) ? null : new Way.Agent(socket, only);
    }

    private void jumps(Optional<SshHost> alias, Identity identity, List<Target> jumps) throws SshConfigException {
        String set = text("jump");
        if (set != null) {
            if (!set.equals(NONE)) {
                add(of(Setting.JUMP, () -> JumpHost.parse(set)), Setting.JUMP, identity, jumps);
            }
        } else if (alias.isPresent() && alias.get().proxyJump().isPresent()) {
            String list = alias.get().proxyJump().get();
            add(of(Setting.SSH_CONFIG, () -> JumpHost.parse(list)), Setting.SSH_CONFIG, identity, jumps);
        }
    }

    /** Adds servers, before them those that the first one is itself reached through. */
    private void add(List<JumpHost> hosts, Setting from, Identity identity, List<Target> jumps)
            throws SshConfigException {
        for (JumpHost hop : hosts) {
            Optional<SshHost> alias = alias(hop.host(), hop.user());
            if (hop.equals(hosts.get(0))
                    && alias.isPresent()
                    && alias.get().proxyJump().isPresent()) {
                if (jumps.size() + hosts.size() >= MOST_JUMPS) {
                    throw new SettingException(
                            from, "more than %d jump hosts, or a circle, at %s".formatted(MOST_JUMPS, hop.host()));
                }
                String before = alias.get().proxyJump().get();
                List<JumpHost> longer = Stream.concat(
                                of(Setting.SSH_CONFIG, () -> JumpHost.parse(before)).stream(), hosts.stream())
                        .toList();
                add(longer, from, identity, jumps);
                return;
            }
        }
        for (JumpHost hop : hosts) {
            Optional<SshHost> alias = alias(hop.host(), hop.user());
            jumps.add(jump(hop, alias, identity));
        }
        if (jumps.size() > MOST_JUMPS) {
            throw new SettingException(from, "more than %d jump hosts".formatted(MOST_JUMPS));
        }
    }

    /** The key, password, agent and known_hosts of the target, unless ssh_config says otherwise for this server. */
    private Target jump(JumpHost hop, Optional<SshHost> alias, Identity target) throws SshConfigException {
        String user = target.user;
        Identity identity = target;
        if (alias.isPresent()) {
            SshHost said = alias.get();
            user = said.user().orElse(configs.here().user());
            boolean ownKeys = !said.identityFiles().isEmpty();
            boolean ownHosts =
                    text("known-hosts") == null && said.userKnownHosts().isPresent();
            identity = new Identity(
                    user,
                    ownKeys ? there(said.identityFiles()) : target.keys,
                    ownKeys ? there(said.certificateFiles()) : target.certificates,
                    ownHosts ? identity(alias, user, hop.host()).knownHosts : target.knownHosts,
                    target.agent);
        }
        if (hop.user() != null) {
            user = hop.user();
        }
        identity = new Identity(user, identity.keys, identity.certificates, identity.knownHosts, identity.agent);
        String port = hop.port() == 0 ? null : String.valueOf(hop.port());
        return target(alias.map(SshHost::hostName).orElse(hop.host()), hop.host(), port, identity, alias, List.of());
    }

    private static List<Path> rest(List<Path> files) {
        return files.isEmpty() ? files : files.subList(1, files.size());
    }

    private VerifyLogin verifyLogin(Target login) {
        if (text("verify.user") == null) {
            return null;
        }
        // A passphrase belongs to its key: a verify login with its own key needs its own passphrase.
        boolean ownKey = text("verify.key") != null;
        return new VerifyLogin(
                text("verify.user"),
                text("verify.port") == null ? login.port() : Integer.parseInt(text("verify.port")),
                ownKey ? Path.of(text("verify.key")) : login.key(),
                text(ownKey ? "verify.passphrase" : "passphrase"),
                SshPath.parse(text("verify.ssh-path")));
    }

    private String text(String name) {
        return values.get(name);
    }
}
