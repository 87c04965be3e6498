package dev.offsite.cli;

import dev.offsite.age.AgeIdentities;
import dev.offsite.io.Text;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Option;

/** The secret keys that decrypt copies. They are never on the command line itself, which others can see. */
public final class IdentityOptions {

    private static final String OPTION = "--identity";
    private static final String COMMAND = "--identity-command";
    private static final String ASK = "-";

    /** Bytes. */
    private static final int MOST = 1 << 20;

    /** How long a person may look for a passphrase. */
    private static final long PATIENCE_MINUTES = 10;

    @Option(
            names = OPTION,
            paramLabel = "FILE",
            description =
                    "A file of secret keys of age that decrypts the copies; - asks for a key, or reads standard input. May be"
                            + " repeated.")
    private List<String> files = List.of();

    @Option(
            names = COMMAND,
            paramLabel = "COMMAND",
            description = "A line for sh that prints such a key, as in 'pass show backup'.")
    private String command;

    /** None if there is no such option; fails with {@link CommandException} if one is of no use. */
    Optional<AgeIdentities> read(Offsite offsite) {
        List<AgeIdentities> all = new ArrayList<>();
        for (String file : files) {
            checkNoSecret(OPTION, file);
            all.add(file.equals(ASK) ? typed() : file(offsite, file));
        }
        if (command != null) {
            checkNoSecret(COMMAND, command);
            all.add(parsed(COMMAND, printed()));
        }
        return all.isEmpty() ? Optional.empty() : Optional.of(AgeIdentities.of(all));
    }

    private static void checkNoSecret(String option, String value) {
        if (AgeIdentities.isSecret(value)) {
            throw new CommandException(
                    option + ": never give the key itself, others can see it: name its file, or - to be asked for it");
        }
    }

    private static AgeIdentities file(Offsite offsite, String file) {
        try {
            return AgeIdentities.read(offsite.here().resolve(file));
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandException("%s: %s".formatted(OPTION, Text.reason(e)));
        }
    }

    @SuppressWarnings("SystemConsoleNull") // the launcher says whether there is a terminal
    private static AgeIdentities typed() {
        Console console = System.console();
        if (console != null && Boolean.getBoolean("offsite.input")) {
            char[] key = console.readPassword("Secret key of age (it is not shown): ");
            if (key == null) {
                throw new CommandException(OPTION + " -: no key was typed");
            }
            try {
                return parsed(OPTION + " -", new String(key));
            } finally {
                Arrays.fill(key, ' ');
            }
        }
        try {
            return parsed(OPTION + " -", text(System.in, "standard input"));
        } catch (IOException e) {
            throw new CommandException("%s -: standard input cannot be read: %s".formatted(OPTION, Text.reason(e)));
        }
    }

    private static AgeIdentities parsed(String option, String text) {
        try {
            return AgeIdentities.parse(text);
        } catch (IllegalArgumentException e) {
            throw new CommandException("%s: %s".formatted(option, e.getMessage()));
        }
    }

    private static String text(InputStream from, String what) throws IOException {
        byte[] bytes = from.readNBytes(MOST);
        if (bytes.length == MOST) {
            throw new IOException(what + " is too long");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** What the command prints. It may ask on the terminal. */
    private String printed() {
        try {
            Process process = new ProcessBuilder("sh", "-c", command)
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            process.onExit().orTimeout(PATIENCE_MINUTES, TimeUnit.MINUTES).exceptionally(late -> {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                return process.destroyForcibly();
            });
            String text = text(process.getInputStream(), "what it prints");
            if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
                throw new IOException("it does not end");
            }
            if (process.exitValue() != 0) {
                throw new IOException("it exited with " + process.exitValue());
            }
            return text;
        } catch (IOException e) {
            throw new CommandException("%s: %s".formatted(COMMAND, Text.reason(e)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException(COMMAND + ": interrupted while it ran");
        }
    }
}
