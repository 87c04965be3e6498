package dev.offsite.metrics.http;

import dev.offsite.metrics.HttpAddress.Login;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.authentication.AuthenticationProvider;
import io.vertx.ext.web.handler.AuthenticationHandler;
import io.vertx.ext.web.handler.BasicAuthHandler;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.apache.camel.component.platform.http.vertx.auth.AuthenticationConfig;
import org.apache.camel.component.platform.http.vertx.auth.AuthenticationConfig.AuthenticationConfigEntry;
import org.apache.camel.component.platform.http.vertx.auth.AuthenticationConfig.AuthenticationHandlerFactory;

/** HTTP basic authentication with one user. */
record BasicAuthentication(Login login) implements AuthenticationProvider {

    /** Asks for it on every path. */
    void configure(AuthenticationConfig configuration) {
        AuthenticationConfigEntry all = new AuthenticationConfigEntry();
        all.setPath("/*");
        all.setAuthenticationProviderFactory(vertx -> this);
        all.setAuthenticationHandlerFactory(new AuthenticationHandlerFactory() {
            @Override
            public <T extends AuthenticationProvider> AuthenticationHandler createAuthenticationHandler(T provider) {
                return BasicAuthHandler.create(provider, "offsite");
            }
        });
        configuration.getEntries().add(all);
        configuration.setEnabled(true);
    }

    @Override
    @SuppressWarnings("deprecation") // to be implemented all the same
    public void authenticate(JsonObject sent, Handler<AsyncResult<User>> result) {
        boolean user = same(login.user(), sent.getString("username", ""));
        boolean password = same(login.password(), sent.getString("password", ""));
        result.handle(
                user && password
                        ? Future.succeededFuture(User.fromName(login.user()))
                        : Future.failedFuture("wrong user or password"));
    }

    /** In the same time, however much of it is right. */
    private static boolean same(String expected, String given) {
        return MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }
}
