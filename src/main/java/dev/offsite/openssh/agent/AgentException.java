package dev.offsite.openssh.agent;

import java.io.IOException;

/** The agent is not there, has not what is needed, or does not answer. Its message says what to do. */
public final class AgentException extends IOException {

    private static final long serialVersionUID = 1L;

    public AgentException(String message) {
        super(message);
    }
}
