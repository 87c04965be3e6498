package dev.offsite.cli;

import java.nio.file.Path;

/** All that a service runs by: two that are equal make the same routes. */
public record ServiceSetup(Configuration configuration, RouteFiles files) {

    /**
     * Reads and checks what is written now.
     *
     * @throws CommandException with a line for each problem
     */
    static ServiceSetup read(Path configurationFile) {
        Configuration configuration = Configuration.load(configurationFile);
        return new ServiceSetup(
                configuration, RouteFiles.read(configuration.file().getParent()));
    }

    /**
     * The service's routes, not started.
     *
     * @throws CommandException if a route file is broken
     */
    CamelApplication build() {
        return CamelApplication.build(configuration, files, true);
    }
}
