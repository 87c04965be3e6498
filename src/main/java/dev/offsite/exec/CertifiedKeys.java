package dev.offsite.exec;

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
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.SessionContext;

/** A login key, and before it, as OpenSSH does, the certificate that lies beside its file. */
record CertifiedKeys(Path file, KeyPairProvider plain) implements KeyPairProvider {

    @Override
    public Iterable<KeyPair> loadKeys(SessionContext session) throws IOException, GeneralSecurityException {
        List<KeyPair> keys = new ArrayList<>();
        for (KeyPair pair : plain.loadKeys(session)) {
            certificate().ifPresent(certificate -> keys.add(new KeyPair(certificate, pair.getPrivate())));
            keys.add(pair);
        }
        return keys;
    }

    /** Empty if there is none that can be read: then the key may do. */
    private Optional<PublicKey> certificate() {
        Path beside = file.resolveSibling(file.getFileName() + "-cert.pub");
        try {
            PublicKeyEntry entry = Files.exists(beside)
                    ? PublicKeyEntry.parsePublicKeyEntry(Files.readString(beside).strip())
                    : null;
            PublicKey key = entry == null ? null : entry.resolvePublicKey(null, Map.of(), null);
            return Optional.ofNullable(key).filter(OpenSshCertificate.class::isInstance);
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            return Optional.empty();
        }
    }
}
