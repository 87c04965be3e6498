package dev.offsite.cli;

import java.time.Clock;
import java.time.ZoneId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code offsite demo}. */
@Command(
        name = "demo",
        description =
                "Ships, verifies and prunes against a server of its own; nothing to configure, nothing left behind.",
        mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {

    @Override
    public Integer call() throws Exception {
        return new Demo(System.out, Clock.system(ZoneId.systemDefault())).run();
    }
}
