package dev.offsite.command;

import java.nio.file.Path;

/** All that a service runs by: two that are equal make the same routes. */
record Setup(Configuration configuration, RouteFiles files) {

    /**
     * Reads and checks what is written now.
     *
     * @throws CommandException with a line for each problem
     */
    static Setup read(Path configurationFile) {
        Configuration configuration = Configuration.load(configurationFile);
        return new Setup(configuration, RouteFiles.read(configuration.file().getParent()));
    }

    /**
     * The service's routes, not started.
     *
     * @throws CommandException if a route file is broken
     */
    Routes build() {
        return Routes.build(configuration, files, true);
    }
}
