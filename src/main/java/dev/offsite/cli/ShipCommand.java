package dev.offsite.cli;

import dev.offsite.io.Text;
import dev.offsite.ship.ShipResult;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code offsite ship}: ships once, for cron. */
public final class ShipCommand implements Callable<Integer> {

    private final Offsite offsite;
    private final PositionalParamSpec jobs = JobNames.parameter();

    private ShipCommand(Offsite offsite) {
        this.offsite = offsite;
    }

    static CommandSpec spec(Offsite offsite) {
        ShipCommand ship = new ShipCommand(offsite);
        CommandSpec spec = CommandSpec.wrapWithoutInspection(ship).name("ship").addPositional(ship.jobs);
        spec.usageMessage().description("Ships all that is ready, verifies it, prunes, and ends: for cron.");
        Offsite.addHelp(spec);
        return spec;
    }

    @Override
    public Integer call() throws Exception {
        Configuration configuration = offsite.configuration();
        var names = JobNames.of(jobs).in(configuration);
        int exitCode = ExitCode.OK;
        try (StateLock lock = StateLock.take(configuration.state(), "ship");
                CamelApplication routes = CamelApplication.startShip(configuration)) {
            ShipOnce oneShot = new ShipOnce(routes);
            for (String job : names) {
                ShipOnce.Outcome outcome = oneShot.ship(job);
                System.out.println(summary(outcome));
                exitCode = ExitCode.worst(exitCode, outcome.exitCode());
            }
        }
        return exitCode;
    }

    /** One line: what was shipped where, and what was not. */
    static String summary(ShipOnce.Outcome outcome) {
        ShipResult result = outcome.result();
        if (result.empty()) {
            return result.job()
                    + (result.targetFailure() == null
                            ? ": nothing new"
                            : ": nothing new, but what an earlier run left could not be put in order");
        }
        StringBuilder line = new StringBuilder(result.job()).append(": ");
        line.append(files(result.shipped())).append(" shipped and verified");
        if (result.shipped() > 0) {
            line.append(" to ").append(String.join(", ", result.folders()));
            line.append(" (").append(Text.size(result.bytes())).append(" in ");
            line.append(Text.seconds(result.nanos())).append(" s)");
        }
        if (!result.succeeded()) {
            line.append(", ").append(files(result.failed().size())).append(" NOT shipped");
        }
        if (!outcome.note().isEmpty()) {
            line.append("; pruning: ").append(outcome.note());
        }
        return line.toString();
    }

    private static String files(int count) {
        return count + (count == 1 ? " file" : " files");
    }
}
