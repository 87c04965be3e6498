package dev.offsite.cli;

import java.nio.file.Path;

/** Everything that the service's routes are made from; equal setups make equal routes. */
public record ServiceSetup(Configuration configuration, RouteFiles files) {

    /** Fails with {@link CommandException} with a line for each problem */
    static ServiceSetup read(Path configurationFile) {
        Configuration configuration = Configuration.load(configurationFile);
        return new ServiceSetup(
                configuration, RouteFiles.read(configuration.file().getParent()));
    }

    /** Fails with {@link CommandException} if a route file is broken */
    CamelApplication build() {
        return CamelApplication.build(configuration, files, true);
    }
}
