package dev.offsite.cli;

import dev.offsite.age.AgeIdentities;
import dev.offsite.age.AgeKeyPair;
import dev.offsite.io.Text;
import dev.offsite.job.Setting;
import dev.offsite.keygen.IdentityFile;
import dev.offsite.keygen.KeyPage;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.apache.camel.util.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offsite keygen}: makes a key that opens encrypted copies. Needs no configuration. */
@Command(
        description =
                "Makes a secret key that opens encrypted copies, and prints its public key, the recipient, for encrypt-to. Never"
                        + " replaces a file.")
public final class KeygenCommand extends VerbCommand {

    @Parameters(paramLabel = "FILE", description = "A new file for the secret key, as age-keygen writes it.")
    private Path file;

    @Option(
            names = "--page",
            paramLabel = "FILE",
            description =
                    "Also write a page to print and put into a safe: the key as text and QR code. A new file.html.")
    private Path page;

    @Option(
            names = "--recipient",
            description = "Make nothing; print the public key of each secret key in FILE, which is there already.")
    private boolean existing;

    @Option(names = "--json", description = "Print the result for programs; docs/json.md has the fields.")
    private boolean json;

    @Override
    public Integer call() {
        if (existing && page != null) {
            throw new CommandException("--page goes with a new key only: it cannot be given with --recipient");
        }
        List<String> recipients = existing ? recipients() : List.of(make());
        if (json) {
            JsonObject fields = new JsonObject();
            fields.put("file", file.toString());
            fields.put("recipients", recipients);
            fields.put("page", page == null ? "" : page.toString());
            JsonOutput.print("keygen", fields);
            return ExitCode.OK;
        }
        recipients.forEach(System.out::println);
        if (!existing) {
            offsite.say(nextSteps(recipients.get(0)), true);
        }
        return ExitCode.OK;
    }

    private List<String> recipients() {
        try {
            return AgeIdentities.read(file).recipients();
        } catch (IOException e) {
            throw new CommandException(e.getMessage());
        }
    }

    /** Returns the recipient. */
    private String make() {
        Instant now = Instant.now();
        AgeKeyPair pair = AgeKeyPair.make();
        checkNew(file);
        if (page != null) {
            checkNew(page);
            if (page.toAbsolutePath().normalize().equals(file.toAbsolutePath().normalize())) {
                throw new CommandException("the key and the page cannot be the same file: %s".formatted(file));
            }
        }
        write(file, () -> IdentityFile.write(file, pair, now));
        if (page != null) {
            try {
                write(page, () -> KeyPage.write(page, pair, now));
            } catch (CommandException e) {
                throw new CommandException(
                        e.exitCode(), "%s; the key is in %s, without a page".formatted(e.getMessage(), file));
            }
        }
        return pair.recipient();
    }

    private static void checkNew(Path file) {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw exists(file);
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new CommandException("there is no folder %s; create it first".formatted(folder));
        }
    }

    private static CommandException exists(Path file) {
        return new CommandException("%s is there already, and is not replaced: name a new file".formatted(file));
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void write(Path file, Work work) {
        try {
            work.run();
        } catch (FileAlreadyExistsException e) {
            throw exists(file);
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.FAILED, "the file %s cannot be written: %s".formatted(file, Text.reason(e)));
        }
    }

    private String nextSteps(String recipient) {
        String paper = page == null
                ? "Keep a second copy of it in a safe place (--page makes one to print): without it, nobody can read the copies."
                : "Print %s, put it into a safe, and delete it: without the key, nobody can read the copies."
                        .formatted(page);
        return """

                The secret key is in %s. Next:
                  1. Write into the configuration: %s=%s
                  2. Take %s off this machine if it ships backups: shipping needs no key.
                  3. %s"""
                .formatted(file, Setting.ENCRYPT_TO.globalKey(), recipient, file, paper);
    }
}
