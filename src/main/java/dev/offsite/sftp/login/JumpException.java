package dev.offsite.sftp.login;

import com.jcraft.jsch.JSchException;
import dev.offsite.job.Target;

/** A server cannot be reached because of one of its jump hosts. */
public final class JumpException extends JSchException {

    private static final long serialVersionUID = 1L;

    private final transient Target hop;
    private final transient SshException failure;

    JumpException(Target hop, SshException failure) {
        super(failure.getMessage());
        this.hop = hop;
        this.failure = failure;
    }

    /** The jump host that it is about. */
    public Target hop() {
        return hop;
    }

    /** What went wrong there. */
    public SshException failure() {
        return failure;
    }
}
