package dev.offsite.exec;

import dev.offsite.openssh.AlgorithmKind;
import dev.offsite.openssh.AlgorithmMismatch;
import dev.offsite.openssh.Algorithms;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.OptionalFeature;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.mac.Mac;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;

/** What sshd's client offers. */
final class MinaAlgorithms {

    private static final Map<KexProposalOption, AlgorithmKind> KINDS = Map.of(
            KexProposalOption.ALGORITHMS, AlgorithmKind.KEY_EXCHANGE,
            KexProposalOption.SERVERKEYS, AlgorithmKind.HOST_KEY,
            KexProposalOption.C2SENC, AlgorithmKind.CIPHER,
            KexProposalOption.C2SMAC, AlgorithmKind.MAC);

    private MinaAlgorithms() {}

    /** @param order puts the algorithms of host keys in the order to ask for them */
    static void set(ClientBuilder builder, Algorithms algorithms, UnaryOperator<List<String>> order) {
        List<NamedFactory<Signature>> signatures = signatures(algorithms, AlgorithmKind.HOST_KEY);
        List<String> ordered = order.apply(NamedResource.getNameList(signatures));
        signatures.sort(Comparator.comparingInt(signature -> ordered.indexOf(signature.getName())));
        builder.signatureFactories(signatures);

        // Post-quantum key exchange costs half a second in a cold JVM; only names and hashes travel here, no backup.
        List<KeyExchangeFactory> exchanges = new ArrayList<>(ClientBuilder.setUpDefaultKeyExchanges(true));
        exchanges.sort(Comparator.comparing(exchange -> !exchange.getName().startsWith("curve25519")));
        exchanges = offer(
                algorithms,
                AlgorithmKind.KEY_EXCHANGE,
                exchanges,
                supported(BuiltinDHFactories.VALUES.stream()).map(ClientBuilder.DH2KEX));
        exchanges.replaceAll(TrustedServers::keyExchange);
        builder.keyExchangeFactories(exchanges);

        // Same order as JSch. sshd's own starts with chacha20, which is three times as slow, and has ctr before gcm.
        List<NamedFactory<Cipher>> ciphers = new ArrayList<>(ClientBuilder.setUpDefaultCiphers(false));
        ciphers.sort(Comparator.comparing(
                        (NamedFactory<Cipher> cipher) -> !cipher.getName().contains("gcm"))
                .thenComparing(cipher -> !cipher.getName().endsWith("ctr")));
        builder.cipherFactories(
                offer(algorithms, AlgorithmKind.CIPHER, ciphers, supported(BuiltinCiphers.VALUES.stream())));
        List<NamedFactory<Mac>> macs = ClientBuilder.setUpDefaultMacs(false);
        builder.macFactories(offer(algorithms, AlgorithmKind.MAC, macs, supported(BuiltinMacs.VALUES.stream())));
    }

    /** What host keys, or login keys, may sign with. */
    static List<NamedFactory<Signature>> signatures(Algorithms algorithms, AlgorithmKind kind) {
        return offer(
                algorithms,
                kind,
                ClientBuilder.setUpDefaultSignatureFactories(false),
                supported(BuiltinSignatures.VALUES.stream()));
    }

    private static <T extends OptionalFeature> Stream<T> supported(Stream<T> all) {
        return all.filter(OptionalFeature::isSupported);
    }

    private static <T extends NamedResource> List<T> offer(
            Algorithms algorithms, AlgorithmKind kind, List<T> defaults, Stream<? extends T> supported) {
        Map<String, T> byName = new LinkedHashMap<>();
        defaults.forEach(factory -> byName.put(factory.getName(), factory));
        supported.forEach(factory -> byName.putIfAbsent(factory.getName(), factory));
        List<String> names = defaults.stream().map(NamedResource::getName).toList();
        return algorithms.offer(kind, names, byName.keySet()).stream()
                .map(byName::get)
                .collect(Collectors.toCollection(ArrayList::new));
    }

    /** Whether sshd's client has it and this Java can run it. */
    static boolean supports(String algorithm) {
        return Stream.of(BuiltinDHFactories.VALUES, BuiltinCiphers.VALUES, BuiltinMacs.VALUES, BuiltinSignatures.VALUES)
                .flatMap(Set::stream)
                .anyMatch(each ->
                        ((NamedResource) each).getName().equals(algorithm) && ((OptionalFeature) each).isSupported());
    }

    static AlgorithmMismatch mismatch(Map<KexProposalOption, String> ours, Map<KexProposalOption, String> theirs) {
        return new AlgorithmMismatch(byKind(ours), byKind(theirs));
    }

    private static Map<AlgorithmKind, List<String>> byKind(Map<KexProposalOption, String> proposal) {
        Map<AlgorithmKind, List<String>> kinds = new EnumMap<>(AlgorithmKind.class);
        KINDS.forEach((option, kind) -> {
            if (proposal.get(option) != null) {
                kinds.put(kind, List.of(proposal.get(option).split(",")));
            }
        });
        return kinds;
    }
}
