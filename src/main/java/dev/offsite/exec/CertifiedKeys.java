package dev.offsite.exec;

import dev.offsite.job.Target;
import dev.offsite.openssh.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.session.SessionContext;

/**
 * The keys of a login that are in files, and before each, as OpenSSH does, its certificates: those that are named, and the
 * one that lies beside it.
 */
record CertifiedKeys(Target target) implements KeyIdentityProvider {

    @Override
    public Iterable<KeyPair> loadKeys(SessionContext session) throws IOException, GeneralSecurityException {
        List<KeyPair> keys = new ArrayList<>();
        for (Path file : LoginKeys.of(target, Surroundings.ofThisProcess()).files()) {
            try {
                add(file, LoginKeys.load(file, target.passphrase()), keys);
            } catch (IOException e) {
                // One of several that ssh_config names may be of no use.
                if (file.equals(target.key())) {
                    throw e;
                }
            }
        }
        return keys;
    }

    private void add(Path file, KeyPair pair, List<KeyPair> keys) {
        Path beside = file.resolveSibling(file.getFileName() + "-cert.pub");
        Stream.concat(target.way().certificates().stream(), Stream.of(beside))
                .map(CertifiedKeys::certificate)
                .flatMap(Optional::stream)
                .filter(certificate -> KeyUtils.compareKeys(certificate.getCertPubKey(), pair.getPublic()))
                .forEach(certificate -> keys.add(new KeyPair(certificate, pair.getPrivate())));
        keys.add(pair);
    }

    /** Empty if there is none that can be read: then the key may do. */
    private static Optional<OpenSshCertificate> certificate(Path file) {
        try {
            PublicKeyEntry entry = Files.exists(file)
                    ? PublicKeyEntry.parsePublicKeyEntry(Files.readString(file).strip())
                    : null;
            PublicKey key = entry == null ? null : entry.resolvePublicKey(null, Map.of(), null);
            return Optional.ofNullable(key)
                    .filter(OpenSshCertificate.class::isInstance)
                    .map(OpenSshCertificate.class::cast);
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            return Optional.empty();
        }
    }
}
