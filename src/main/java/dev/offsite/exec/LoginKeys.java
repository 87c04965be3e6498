package dev.offsite.exec;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.KeyPair;
import dev.offsite.job.Target;
import dev.offsite.openssh.Surroundings;
import dev.offsite.openssh.agent.AgentException;
import dev.offsite.openssh.agent.SshAgent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.util.security.SecurityUtils;

/**
 * The keys that a login offers, for both SSH clients.
 *
 * @param agent the agent that has {@code held}, or null
 * @param held those that the agent signs with
 * @param files those that are read from files, in every format that JSch reads
 */
public record LoginKeys(SshAgent agent, List<SshAgent.Key> held, List<Path> files) {

    private static final String PUBLIC = "(ssh|ecdsa|sk)-\\S+ [A-Za-z0-9+/=]+.*";

    /** Asks the agent, if there is one. A key that it has is not read from its file. */
    public static LoginKeys of(Target target, Surroundings here) throws AgentException {
        List<Path> files = Stream.concat(Stream.ofNullable(target.key()), target.way().keys().stream())
                .toList();
        if (target.way().agent() == null) {
            return new LoginKeys(null, List.of(), files);
        }
        SshAgent agent = SshAgent.at(target.way().agent().socket(), here);
        List<SshAgent.Key> all = agent.keys();
        boolean only = target.way().agent().onlyKeys() && !files.isEmpty();
        List<SshAgent.Key> held = new ArrayList<>();
        List<Path> own = new ArrayList<>();
        for (Path file : files) {
            Optional<byte[]> key = publicKey(file);
            List<SshAgent.Key> same = key.stream()
                    .flatMap(blob -> all.stream().filter(each -> each.isOf(blob)))
                    .toList();
            held.addAll(same);
            if (same.isEmpty() && !isPublic(file)) {
                own.add(file);
            }
        }
        if (!only) {
            all.stream().filter(each -> !held.contains(each)).forEach(held::add);
        }
        if (held.isEmpty() && own.isEmpty()) {
            throw new AgentException(
                    all.isEmpty()
                            ? "the ssh-agent at %s has no keys, or is locked: add one with ssh-add"
                                    .formatted(agent.socket())
                            : "the ssh-agent at %s does not have the key %s: add it with ssh-add"
                                    .formatted(agent.socket(), target.key()));
        }
        return new LoginKeys(agent, List.copyOf(held), List.copyOf(own));
    }

    private static boolean isPublic(Path file) {
        return text(file).filter(text -> text.strip().matches(PUBLIC)).isPresent();
    }

    private static Optional<String> text(Path file) {
        try {
            return Optional.of(Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The public half, as far as it can be read without the passphrase; else that of the file beside it. */
    private static Optional<byte[]> publicKey(Path file) {
        for (Path each : List.of(file, file.resolveSibling(file.getFileName() + ".pub"))) {
            Optional<String> text = text(each).map(String::strip);
            if (text.isPresent() && text.get().matches(PUBLIC)) {
                return Optional.of(Base64.getDecoder().decode(text.get().split("\\s+", 3)[1]));
            }
        }
        try {
            return Optional.ofNullable(
                    KeyPair.load(new JSch(), file.toString(), null).getPublicKeyBlob());
        } catch (JSchException e) {
            return Optional.empty();
        }
    }

    /** The key of a file without encryption, where JSch cannot decrypt it itself; empty where it can try. */
    public static Optional<byte[]> decrypted(Path file, String passphrase) {
        boolean ascii = passphrase == null || passphrase.chars().allMatch(c -> c < 0x80);
        return ascii ? Optional.empty() : text(file).flatMap(text -> Pkcs8.decrypt(text, passphrase));
    }

    /** The key of a file for sshd's client, decrypted. */
    static java.security.KeyPair load(Path file, String passphrase) throws IOException, GeneralSecurityException {
        try {
            Optional<byte[]> decrypted = decrypted(file, passphrase);
            KeyPair key = decrypted.isPresent()
                    ? KeyPair.load(new JSch(), decrypted.get(), null)
                    : KeyPair.load(new JSch(), file.toString(), null);
            if (key.isEncrypted()
                    && (passphrase == null || !key.decrypt(passphrase.getBytes(StandardCharsets.UTF_8)))) {
                throw new IOException("the passphrase of %s is wrong or missing".formatted(file));
            }
            ByteArrayOutputStream plain = new ByteArrayOutputStream();
            key.writeOpenSSHv1PrivateKey(plain, null);
            key.dispose();
            return SecurityUtils.loadKeyPairIdentities(
                            null,
                            NamedResource.ofName(file.toString()),
                            new ByteArrayInputStream(plain.toByteArray()),
                            FilePasswordProvider.EMPTY)
                    .iterator()
                    .next();
        } catch (JSchException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
