package dev.offsite.sftp;

import com.jcraft.jsch.JSchException;

/** The server let us in, but does not speak SFTP with us. */
public final class NoSftpException extends JSchException {

    private static final long serialVersionUID = 1L;

    NoSftpException(String user, JSchException cause) {
        super(
                "the server does not offer SFTP to user %s (%s); see Subsystem sftp in its sshd_config"
                        .formatted(user, cause.getMessage()),
                cause);
    }
}
