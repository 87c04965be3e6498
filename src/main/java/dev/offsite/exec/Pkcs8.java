package dev.offsite.exec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Decrypts private keys in PKCS#8. JSch and Java take no passphrase for them that has more than ASCII; OpenSSL, and so
 * ssh-keygen, takes its bytes in UTF-8.
 */
final class Pkcs8 {

    private static final Pattern PEM = Pattern.compile(
            "-----BEGIN ENCRYPTED PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END ENCRYPTED PRIVATE KEY-----");
    /** As Java names what OpenSSL writes. */
    private static final Pattern SCHEME = Pattern.compile("PBEWith(HmacSHA[0-9]+)AndAES_([0-9]+)");

    private Pkcs8() {}

    /** The key in the same format without encryption; empty if it is in another, or the passphrase is not right. */
    static Optional<byte[]> decrypt(String text, String passphrase) {
        Matcher pem = PEM.matcher(text);
        if (!pem.find()) {
            return Optional.empty();
        }
        try {
            EncryptedPrivateKeyInfo key =
                    new EncryptedPrivateKeyInfo(Base64.getMimeDecoder().decode(pem.group(1)));
            AlgorithmParameters parameters = key.getAlgParameters();
            Matcher scheme = SCHEME.matcher(parameters.toString());
            if (!scheme.matches()) {
                return Optional.empty();
            }
            PBEParameterSpec how = parameters.getParameterSpec(PBEParameterSpec.class);
            byte[] secret = derive(
                    scheme.group(1),
                    passphrase.getBytes(StandardCharsets.UTF_8),
                    how,
                    Integer.parseInt(scheme.group(2)) / Byte.SIZE);
            Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    new SecretKeySpec(secret, "AES"),
                    new IvParameterSpec(((IvParameterSpec) how.getParameterSpec()).getIV()));
            String plain =
                    Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(cipher.doFinal(key.getEncryptedData()));
            return Optional.of("-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
                    .formatted(plain)
                    .getBytes(StandardCharsets.US_ASCII));
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** PBKDF2 of RFC 8018. */
    private static byte[] derive(String hash, byte[] passphrase, PBEParameterSpec how, int length)
            throws GeneralSecurityException {
        Mac mac = Mac.getInstance(hash);
        mac.init(new SecretKeySpec(passphrase, hash));
        byte[] derived = new byte[length];
        int done = 0;
        for (int block = 1; done < length; block++) {
            mac.update(how.getSalt());
            byte[] last =
                    mac.doFinal(ByteBuffer.allocate(Integer.BYTES).putInt(block).array());
            byte[] sum = last.clone();
            for (int i = 1; i < how.getIterationCount(); i++) {
                last = mac.doFinal(last);
                for (int j = 0; j < sum.length; j++) {
                    sum[j] ^= last[j];
                }
            }
            int part = Math.min(sum.length, length - done);
            System.arraycopy(sum, 0, derived, done, part);
            done += part;
        }
        return derived;
    }
}
