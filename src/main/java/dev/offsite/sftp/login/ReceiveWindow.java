package dev.offsite.sftp.login;

import com.jcraft.jsch.Channel;
import java.lang.reflect.Method;

/**
 * How much a server may send over a channel before it must wait for us. JSch allows 1 MiB, and makes room again when half of it
 * has come: on a link of 50 ms, at most 10 to 20 MB/s. What comes is taken at once, so what was asked for bounds the memory.
 */
public final class ReceiveWindow {

    private static final int WINDOW = 16 << 20;

    /** As OpenSSH's own client has it. JSch's default is half of it. */
    private static final int PACKET = 32 << 10;

    private ReceiveWindow() {}

    /** For a channel that is not connected yet. */
    public static void widen(Channel channel) {
        try {
            set(channel, "setLocalWindowSizeMax", WINDOW);
            set(channel, "setLocalWindowSize", WINDOW);
            set(channel, "setLocalPacketSize", PACKET);
        } catch (ReflectiveOperationException | RuntimeException e) {
            // Another JSch, or one in a module: reading is as slow then as it is by itself.
        }
    }

    private static void set(Channel channel, String setter, int bytes) throws ReflectiveOperationException {
        Method method = Channel.class.getDeclaredMethod(setter, int.class);
        method.setAccessible(true);
        method.invoke(channel, bytes);
    }
}
