package dev.offsite.openssh.agent;

import dev.offsite.openssh.Surroundings;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An ssh-agent at its Unix socket. Every question has a deadline.
 *
 * @param socket path of the socket
 */
public record SshAgent(Path socket) {

    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final int MOST_BYTES = 256 << 10;

    private static final byte LIST = 11;
    private static final byte KEYS = 12;
    private static final byte SIGN = 13;
    private static final byte SIGNATURE = 14;
    private static final int SHA_256 = 2;
    private static final int SHA_512 = 4;

    /**
     * A key of the agent.
     *
     * @param blob the public key or certificate in SSH's own form
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by isOf only
    public record Key(byte[] blob, String comment) {

        /** Its type, such as {@code ssh-ed25519}. */
        public String type() {
            return new String(string(ByteBuffer.wrap(blob)), StandardCharsets.UTF_8);
        }

        /** Whether it is this public key, or a certificate of it. */
        public boolean isOf(byte[] publicKey) {
            if (Arrays.equals(blob, publicKey)) {
                return true;
            }
            try {
                ByteBuffer ours = ByteBuffer.wrap(blob);
                boolean certificate = new String(string(ours), StandardCharsets.UTF_8).contains("-cert-v0");
                string(ours); // the nonce
                ByteBuffer theirs = ByteBuffer.wrap(publicKey);
                string(theirs);
                return certificate
                        && ours.remaining() >= theirs.remaining()
                        && ours.slice(ours.position(), theirs.remaining()).equals(theirs);
            } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
                return false;
            }
        }
    }

    /** The agent at this path, or, if it is empty, at the one that the environment names. */
    public static SshAgent at(String path, Surroundings here) throws AgentException {
        String socket = path.isEmpty() ? here.environment().getOrDefault("SSH_AUTH_SOCK", "") : path;
        if (socket.isEmpty()) {
            throw new AgentException("agent=true, but the environment has no SSH_AUTH_SOCK (that of cron has none): "
                    + "set offsite.agent to the path of the agent's socket");
        }
        return new SshAgent(Path.of(socket));
    }

    /** Its keys, in its order. */
    public List<Key> keys() throws AgentException {
        try {
            ByteBuffer answer = ask(new byte[] {LIST});
            if (answer.get() != KEYS) {
                throw new AgentException("the ssh-agent at %s does not say which keys it has".formatted(socket));
            }
            int count = answer.getInt();
            List<Key> keys = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                byte[] blob = string(answer);
                keys.add(new Key(blob, new String(string(answer), StandardCharsets.UTF_8)));
            }
            return keys;
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new AgentException("what answers at %s is no ssh-agent".formatted(socket));
        }
    }

    /**
     * A signature in SSH's own form: the algorithm and then the bytes, each with its length before it.
     *
     * @param algorithm for an RSA key, which hash it signs with
     */
    public byte[] sign(byte[] blob, byte[] data, String algorithm) throws AgentException {
        int flags = algorithm.startsWith("rsa-sha2-256") ? SHA_256 : algorithm.startsWith("rsa-sha2-512") ? SHA_512 : 0;
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        try {
            DataOutputStream out = new DataOutputStream(request);
            out.writeByte(SIGN);
            out.writeInt(blob.length);
            out.write(blob);
            out.writeInt(data.length);
            out.write(data);
            out.writeInt(flags);
        } catch (IOException e) {
            throw new IllegalStateException(e); // in memory
        }
        try {
            ByteBuffer answer = ask(request.toByteArray());
            if (answer.get() == SIGNATURE) {
                return string(answer);
            }
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new AgentException("what answers at %s is no ssh-agent".formatted(socket));
        }
        throw new AgentException(
                "the ssh-agent at %s refuses to sign: is it locked, or must the use of its key be confirmed?"
                        .formatted(socket));
    }

    private static byte[] string(ByteBuffer from) {
        int length = from.getInt();
        if (length < 0 || length > from.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        from.get(bytes);
        return bytes;
    }

    private ByteBuffer ask(byte[] request) throws AgentException {
        long end = System.nanoTime() + DEADLINE.toNanos();
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                Selector selector = Selector.open()) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_WRITE);
            ByteBuffer out = ByteBuffer.allocate(Integer.BYTES + request.length);
            out.putInt(request.length).put(request).flip();
            while (out.hasRemaining()) {
                await(selector, end);
                channel.write(out);
            }
            key.interestOps(SelectionKey.OP_READ);
            int length = read(channel, selector, end, Integer.BYTES).getInt();
            if (length < 1 || length > MOST_BYTES) {
                throw new AgentException("what answers at %s is no ssh-agent".formatted(socket));
            }
            return read(channel, selector, end, length);
        } catch (AgentException e) {
            throw e;
        } catch (IOException | IllegalArgumentException e) {
            String why = Files.exists(socket) ? e.getMessage() : "there is no such socket";
            throw new AgentException("no ssh-agent answers at %s: %s".formatted(socket, why));
        }
    }

    private ByteBuffer read(SocketChannel channel, Selector selector, long end, int length) throws IOException {
        ByteBuffer in = ByteBuffer.allocate(length);
        while (in.hasRemaining()) {
            await(selector, end);
            if (channel.read(in) < 0) {
                throw new AgentException("the ssh-agent at %s hangs up".formatted(socket));
            }
        }
        return in.flip();
    }

    private void await(Selector selector, long end) throws IOException {
        long millis = Duration.ofNanos(end - System.nanoTime()).toMillis();
        if (millis <= 0 || selector.select(millis) == 0) {
            throw new AgentException(
                    "the ssh-agent at %s does not answer within %d seconds".formatted(socket, DEADLINE.toSeconds()));
        }
        selector.selectedKeys().clear();
    }
}
