package dev.offsite.openssh;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The keywords of ssh_config that change how, or whether, Offsite reaches a server. */
enum SshConfigKeyword {
    HOST_NAME("HostName"),
    USER("User"),
    PORT("Port"),
    IDENTITY_FILE("IdentityFile"),
    CERTIFICATE_FILE("CertificateFile"),
    IDENTITIES_ONLY("IdentitiesOnly"),
    IDENTITY_AGENT("IdentityAgent"),
    USER_KNOWN_HOSTS_FILE("UserKnownHostsFile"),
    GLOBAL_KNOWN_HOSTS_FILE("GlobalKnownHostsFile"),
    HOST_KEY_ALIAS("HostKeyAlias"),
    PROXY_JUMP("ProxyJump"),
    PROXY_COMMAND("ProxyCommand"),
    SERVER_ALIVE_INTERVAL("ServerAliveInterval"),
    SERVER_ALIVE_COUNT_MAX("ServerAliveCountMax"),
    CONNECT_TIMEOUT("ConnectTimeout"),
    ADDRESS_FAMILY("AddressFamily"),
    BIND_ADDRESS("BindAddress"),
    CIPHERS("Ciphers"),
    KEX_ALGORITHMS("KexAlgorithms"),
    HOST_KEY_ALGORITHMS("HostKeyAlgorithms"),
    MACS("MACs"),
    PUBKEY_ACCEPTED_ALGORITHMS("PubkeyAcceptedAlgorithms"),

    // Those that Offsite does not do; without them the connection would be another one, or less safe than ssh's.
    BIND_INTERFACE("BindInterface", "none"),
    CANONICALIZE_HOSTNAME("CanonicalizeHostname", "no", "false", "none"),
    CA_SIGNATURE_ALGORITHMS("CASignatureAlgorithms", new String[0]),
    CHECK_HOST_IP("CheckHostIP", "no", "false"),
    KNOWN_HOSTS_COMMAND("KnownHostsCommand", "none"),
    PKCS11_PROVIDER("PKCS11Provider", "none"),
    PUBKEY_AUTHENTICATION("PubkeyAuthentication", "yes", "true", "unbound", "host-bound"),
    REFUSE_CONNECTION("RefuseConnection", new String[0]),
    REQUIRED_RSA_SIZE("RequiredRSASize", "0", "1024"),
    REVOKED_HOST_KEYS("RevokedHostKeys", "none");

    /** Old names. */
    private static final Map<String, String> OLD = Map.of(
            "pubkeyacceptedkeytypes", "pubkeyacceptedalgorithms",
            "identityfile2", "identityfile",
            "protocolkeepalives", "serveraliveinterval",
            "setuptimeout", "serveraliveinterval",
            "smartcarddevice", "pkcs11provider");

    /**
     * The rest of what OpenSSH knows, in lower case. It is about terminals, other ways to log in, or convenience; or it
     * would make the connection less safe than Offsite's, which always checks host keys.
     */
    private static final Set<String> HARMLESS = Set.of(
            """
            addkeystoagent afstokenpassing batchmode canonicaldomains canonicalizefallbacklocal canonicalizemaxdots
            canonicalizepermittedcnames challengeresponseauthentication channeltimeout cipher clearallforwardings compression
            compressionlevel connectionattempts controlmaster controlpath controlpersist dsaauthentication dynamicforward
            enableescapecommandline enablesshkeysign escapechar exitonforwardfailure fallbacktorsh fingerprinthash
            forkafterauthentication forwardagent forwardx11 forwardx11timeout forwardx11trusted gatewayports
            globalknownhostsfile2 gssapiauthentication gssapiclientidentity gssapidelegatecredentials gssapikexalgorithms
            gssapikeyexchange gssapirenewalforcesrekey gssapiserveridentity gssapitrustdns hashknownhosts
            hostbasedacceptedalgorithms hostbasedauthentication hostbasedkeytypes ignoreunknown ipqos
            kbdinteractiveauthentication kbdinteractivedevices keepalive kerberosauthentication kerberostgtpassing
            localcommand localforward loglevel logverbose nohostauthenticationforlocalhost numberofpasswordprompts
            obscurekeystroketiming passwordauthentication permitlocalcommand permitremoteopen preferredauthentications
            protocol proxyusefdpass rekeylimit remotecommand remoteforward requesttty rhostsauthentication
            rhostsrsaauthentication rsaauthentication securitykeyprovider sendenv sessiontype setenv skeyauthentication
            stdinnull streamlocalbindmask streamlocalbindunlink stricthostkeychecking syslogfacility tag tcpkeepalive
            tisauthentication tunnel tunneldevice updatehostkeys usekeychain useprivilegedport userknownhostsfile2
            useroaming usersh verifyhostkeydns versionaddendum visualhostkey warnweakcrypto xauthlocation
            """
                    .strip()
                    .split("\\s+"));

    private static final Map<String, SshConfigKeyword> BY_NAME = byName();

    private final String word;
    /** Arguments that change nothing; null if Offsite does what the keyword says. */
    @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
    private final Set<String> idle;

    SshConfigKeyword(String word) {
        this.word = word;
        this.idle = null;
    }

    SshConfigKeyword(String word, String... idle) {
        this.word = word;
        this.idle = Set.of(idle);
    }

    private static Map<String, SshConfigKeyword> byName() {
        Map<String, SshConfigKeyword> names = new HashMap<>();
        Arrays.stream(values()).forEach(keyword -> names.put(keyword.word.toLowerCase(Locale.ROOT), keyword));
        return names;
    }

    /** By its name in lower case; empty for one that does not matter, and for one that nobody knows. */
    static Optional<SshConfigKeyword> named(String name) {
        return Optional.ofNullable(BY_NAME.get(OLD.getOrDefault(name, name)));
    }

    /** Whether a keyword, in lower case, may be ignored. */
    static boolean isHarmless(String name) {
        return HARMLESS.contains(name);
    }

    /** As the manual writes it. */
    String word() {
        return word;
    }

    /** Whether all its lines count, and not only the first. */
    boolean isList() {
        return this == IDENTITY_FILE || this == CERTIFICATE_FILE;
    }

    /** Whether Offsite cannot do what this line says. */
    boolean isRefused(List<String> arguments) {
        if (this == PROXY_COMMAND) {
            return !arguments.get(0).equalsIgnoreCase("none");
        }
        return idle != null && !idle.contains(arguments.get(0).toLowerCase(Locale.ROOT));
    }
}
