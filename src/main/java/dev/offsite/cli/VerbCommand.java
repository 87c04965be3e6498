package dev.offsite.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.ParentCommand;

/** A verb of {@link Offsite}, which has the options that all verbs share. */
abstract class VerbCommand implements Callable<Integer> {

    @ParentCommand
    Offsite offsite;
}
