package dev.offsite.metrics;

import java.util.Optional;

/**
 * Where the service answers over HTTP.
 *
 * @param login what a client must send; empty if nothing
 */
public record HttpAddress(String host, int port, Optional<Login> login) {

    /** A user name and password. */
    public record Login(String user, String password) {

        /** Without the password. */
        @Override
        public String toString() {
            return user;
        }
    }
}
