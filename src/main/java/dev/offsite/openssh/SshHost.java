package dev.offsite.openssh;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What ssh_config says of one host. */
public final class SshHost {

    private static final String NONE = "none";

    private final Path file;
    private final SshTokens tokens;
    private final String name;
    private final Map<SshConfigKeyword, List<Value>> values;

    /** The arguments of a line, and which line it was. */
    record Value(List<String> arguments, SshConfigLine line) {
        String first() {
            return arguments.get(0);
        }
    }

    SshHost(Path file, Surroundings here, String host, Map<SshConfigKeyword, List<Value>> values, String user)
            throws SshConfigException {
        this.file = file;
        this.values = values;
        this.name = SshHostBuilder.hostName(host, values);
        this.tokens = new SshTokens(
                here,
                host,
                name,
                port().orElse(22),
                user().orElse(user == null ? here.user() : user),
                hostKeyAlias().orElse(host));
    }

    /** The file it is from. */
    public Path file() {
        return file;
    }

    /** The real name or address. */
    public String hostName() {
        return name;
    }

    public Optional<String> user() {
        return text(SshConfigKeyword.USER);
    }

    public Optional<Integer> port() throws SshConfigException {
        return number(SshConfigKeyword.PORT, 1, 65_535);
    }

    /** The name under which known_hosts has the server. */
    public Optional<String> hostKeyAlias() {
        return text(SshConfigKeyword.HOST_KEY_ALIAS);
    }

    public List<Path> identityFiles() throws SshConfigException {
        return files(SshConfigKeyword.IDENTITY_FILE);
    }

    public List<Path> certificateFiles() throws SshConfigException {
        return files(SshConfigKeyword.CERTIFICATE_FILE);
    }

    /** Files with host keys; empty if it does not say. {@code none} is left out. */
    public Optional<List<Path>> userKnownHosts() throws SshConfigException {
        return knownHosts(SshConfigKeyword.USER_KNOWN_HOSTS_FILE);
    }

    public Optional<List<Path>> globalKnownHosts() throws SshConfigException {
        return knownHosts(SshConfigKeyword.GLOBAL_KNOWN_HOSTS_FILE);
    }

    private Optional<List<Path>> knownHosts(SshConfigKeyword keyword) throws SshConfigException {
        Optional<Value> value = first(keyword);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        List<Path> files = new ArrayList<>();
        for (String argument : value.get().arguments) {
            if (!argument.equalsIgnoreCase(NONE)) {
                files.add(path(value.get(), argument));
            }
        }
        return Optional.of(files);
    }

    /** Whether no other keys of the agent may be offered. */
    public boolean identitiesOnly() throws SshConfigException {
        return yes(SshConfigKeyword.IDENTITIES_ONLY);
    }

    /** The agent's socket: a path, {@code none}, or {@code SSH_AUTH_SOCK}; empty if it does not say. */
    public Optional<String> identityAgent() throws SshConfigException {
        Optional<Value> value = first(SshConfigKeyword.IDENTITY_AGENT);
        if (value.isEmpty()
                || value.get().first().equals(NONE)
                || value.get().first().equals("SSH_AUTH_SOCK")) {
            return value.map(Value::first);
        }
        return Optional.of(tokens.agent(value.get().line, value.get().first()).toString());
    }

    /** The hosts to go through, in the form of {@link JumpHost#parse}; empty for none, or if it does not say. */
    public Optional<String> proxyJump() {
        return text(SshConfigKeyword.PROXY_JUMP).filter(jump -> !jump.equalsIgnoreCase(NONE));
    }

    /** In seconds. */
    public Optional<Integer> serverAliveInterval() throws SshConfigException {
        return seconds(SshConfigKeyword.SERVER_ALIVE_INTERVAL);
    }

    public Optional<Integer> serverAliveCountMax() throws SshConfigException {
        return number(SshConfigKeyword.SERVER_ALIVE_COUNT_MAX, 0, Integer.MAX_VALUE);
    }

    /** In seconds. */
    public Optional<Integer> connectTimeout() throws SshConfigException {
        return text(SshConfigKeyword.CONNECT_TIMEOUT)
                        .filter(NONE::equalsIgnoreCase)
                        .isPresent()
                ? Optional.empty()
                : seconds(SshConfigKeyword.CONNECT_TIMEOUT);
    }

    /** {@code inet} or {@code inet6}; empty for any. */
    public Optional<String> addressFamily() throws SshConfigException {
        Optional<Value> value = first(SshConfigKeyword.ADDRESS_FAMILY);
        Optional<String> family = value.map(v -> v.first().toLowerCase(Locale.ROOT));
        if (family.isPresent() && !List.of("any", "inet", "inet6").contains(family.get())) {
            throw value.get().line.problem("AddressFamily is any, inet or inet6");
        }
        return family.filter(f -> !f.equals("any"));
    }

    /** The local address to connect from. */
    public Optional<String> bindAddress() {
        return text(SshConfigKeyword.BIND_ADDRESS).filter(address -> !address.equals("*"));
    }

    /** What it changes of the algorithms that are offered. */
    public Algorithms algorithms() {
        List<Algorithms.Change> changes = new ArrayList<>();
        Map.of(
                        SshConfigKeyword.CIPHERS, AlgorithmKind.CIPHER,
                        SshConfigKeyword.KEX_ALGORITHMS, AlgorithmKind.KEY_EXCHANGE,
                        SshConfigKeyword.HOST_KEY_ALGORITHMS, AlgorithmKind.HOST_KEY,
                        SshConfigKeyword.MACS, AlgorithmKind.MAC,
                        SshConfigKeyword.PUBKEY_ACCEPTED_ALGORITHMS, AlgorithmKind.LOGIN_KEY)
                .forEach(
                        (keyword, kind) -> text(keyword).ifPresent(list -> changes.add(Algorithms.change(kind, list))));
        return new Algorithms(changes, "");
    }

    /** The arguments as they are written; those of a list on a line each. */
    Optional<String> raw(SshConfigKeyword keyword) {
        return Optional.ofNullable(values.get(keyword)).map(list -> list.stream()
                .map(value -> String.join(" ", value.arguments))
                .collect(Collectors.joining("\n")));
    }

    private Optional<Value> first(SshConfigKeyword keyword) {
        return values.getOrDefault(keyword, List.of()).stream().findFirst();
    }

    private Optional<String> text(SshConfigKeyword keyword) {
        return first(keyword).map(Value::first);
    }

    private boolean yes(SshConfigKeyword keyword) throws SshConfigException {
        Optional<Value> value = first(keyword);
        String said = value.map(Value::first).orElse("no").toLowerCase(Locale.ROOT);
        if (!List.of("yes", "true", "no", "false").contains(said)) {
            throw value.orElseThrow().line.problem(keyword.word() + " is yes or no");
        }
        return said.equals("yes") || said.equals("true");
    }

    private Optional<Integer> number(SshConfigKeyword keyword, int least, int most) throws SshConfigException {
        Optional<Value> value = first(keyword);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        try {
            int number = Integer.parseInt(value.get().first());
            if (number >= least && number <= most) {
                return Optional.of(number);
            }
        } catch (NumberFormatException e) {
            // the same problem
        }
        throw value.get()
                .line
                .problem("%s %s is no number that %s can be"
                        .formatted(keyword.word(), value.get().first(), keyword.word()));
    }

    /** A number of seconds, or such as {@code 5m} or {@code 1h30m}. */
    private Optional<Integer> seconds(SshConfigKeyword keyword) throws SshConfigException {
        Optional<Value> value = first(keyword);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        Optional<Integer> seconds = SshTokens.seconds(value.get().first());
        if (seconds.isEmpty()) {
            throw value.get()
                    .line
                    .problem("%s %s is no time"
                            .formatted(keyword.word(), value.get().first()));
        }
        return seconds;
    }

    private List<Path> files(SshConfigKeyword keyword) throws SshConfigException {
        List<Path> files = new ArrayList<>();
        for (Value value : values.getOrDefault(keyword, List.of())) {
            if (!value.first().equalsIgnoreCase(NONE)) {
                files.add(path(value, value.first()));
            }
        }
        return files;
    }

    private Path path(Value value, String text) throws SshConfigException {
        try {
            return tokens.path(value.line, text);
        } catch (InvalidPathException e) {
            throw value.line.problem("'%s' is no path".formatted(text));
        }
    }
}
