package dev.offsite.sftp.login;

import com.jcraft.jsch.Channel;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Field;

/**
 * Writes to a channel in pieces that fit into the window that the server has for it. For more than there is room for, JSch
 * waits 100 ms each time, although the server cannot make room before it has received something.
 */
public final class FittedOutput extends FilterOutputStream {

    /** Most bytes that JSch sends at a time. */
    private static final int PACKET = 32 << 10;

    /** Into how many pieces a window is divided. Servers make room again when a third or half of it was used. */
    private static final int PIECES = 3;

    private static final int LEAST = 1 << 10;

    private final int most;
    private int waiting;

    /** {@code most}: bytes of a piece */
    FittedOutput(OutputStream out, int most) {
        super(out);
        this.most = most;
    }

    /** Output for a channel that is open and has sent nothing. */
    public static OutputStream of(Channel channel, OutputStream out) {
        return isNarrow(channel) ? new FittedOutput(out, piece(window(channel))) : out;
    }

    /** Whether JSch's own writes to a channel, which is open and has sent nothing or little, would wait. */
    public static boolean isNarrow(Channel channel) {
        return window(channel) < PIECES * (long) PACKET;
    }

    static int piece(long window) {
        return (int) Math.max(LEAST, Math.min(PACKET, window / PIECES));
    }

    /** Bytes that may be sent before the server makes room. JSch knows and does not tell. */
    private static long window(Channel channel) {
        try {
            Field window = Channel.class.getDeclaredField("rwsize");
            window.setAccessible(true);
            return window.getLong(channel);
        } catch (ReflectiveOperationException | RuntimeException e) {
            // Another JSch, or one in a module: it is as slow then as it is by itself.
            return Long.MAX_VALUE;
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int done = 0; done < length; ) {
            int next = Math.min(most - waiting, length - done);
            out.write(bytes, offset + done, next);
            done += next;
            waiting += next;
            if (waiting == most) {
                flush();
            }
        }
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void flush() throws IOException {
        waiting = 0;
        out.flush();
    }
}
