package dev.offsite.cluster.postgres;

import dev.offsite.io.HashingInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Numbers for advisory locks. A database has one set of them for all of its users, so they come from a hash. */
final class Keys {

    private Keys() {}

    static long of(String... name) {
        byte[] hash = HashingInputStream.sha256Digest()
                .digest(("offsite\0" + String.join("\0", name)).getBytes(StandardCharsets.UTF_8));
        return ByteBuffer.wrap(hash).getLong();
    }
}
