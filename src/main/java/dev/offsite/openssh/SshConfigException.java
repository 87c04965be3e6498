package dev.offsite.openssh;

/** A file in the format of ssh_config cannot be read, or says something that matters and that Offsite does not do. */
public final class SshConfigException extends Exception {

    private static final long serialVersionUID = 1L;

    SshConfigException(String message) {
        super(message);
    }
}
