package dev.offsite.exec;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.client.channel.AbstractClientChannel;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelListener;

/** Cuts a command of camel-ssh, which keeps all that it prints in memory, once it prints too much. */
final class OutputLimit implements ChannelListener {

    private final int most;
    private final AtomicBoolean exceeded = new AtomicBoolean();

    /** {@code most}: bytes of stdout, and of stderr */
    OutputLimit(int most) {
        this.most = most;
    }

    /** Whether a command was cut since the last call. */
    boolean wasExceeded() {
        return exceeded.getAndSet(false);
    }

    @Override
    public void channelOpenSuccess(Channel channel) {
        if (channel instanceof AbstractClientChannel command && command.getOut() != null && command.getErr() != null) {
            command.setOut(new Limited(command.getOut(), command));
            command.setErr(new Limited(command.getErr(), command));
        }
    }

    private final class Limited extends FilterOutputStream {
        private final Channel channel;
        private long count;

        Limited(OutputStream all, Channel channel) {
            super(all);
            this.channel = channel;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            count += length;
            if (count <= most) {
                out.write(bytes, offset, length);
            } else {
                exceeded.set(true);
                channel.close(true);
            }
        }
    }
}
