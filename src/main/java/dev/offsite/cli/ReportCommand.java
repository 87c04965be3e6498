package dev.offsite.cli;

import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.report.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code offsite report}: writes the page. */
@Command(
        description =
                "Writes a page about the jobs, as one HTML file: how each is, a year of days, sizes, last runs, what is"
                        + " missing, and how to bring it back. Logs in nowhere; the service may run.")
public final class ReportCommand extends VerbCommand {

    private static final String STDOUT = "-";

    @Mixin
    private JobNames jobs;

    @Option(
            names = "--html",
            required = true,
            paramLabel = "FILE",
            description =
                    "The file to write, replaced in one step; - is the standard output. Only you may read a new file.")
    private String html;

    @Override
    public Integer call() {
        Configuration configuration = offsite.configuration();
        List<String> names = jobs.in(configuration);
        byte[] page;
        try (LocalState local = LocalState.of(configuration)) {
            List<Job> chosen = names.stream().map(local.jobs()::get).toList();
            page = new Page(local.reader(), local.history()).html(chosen);
        }
        if (html.equals(STDOUT)) {
            System.out.writeBytes(page);
            System.out.flush();
            return ExitCode.OK;
        }
        Path file = offsite.here().resolve(html).toAbsolutePath();
        try {
            write(file, page);
            return ExitCode.OK;
        } catch (IOException e) {
            Failures.say("report: %s cannot be written: %s".formatted(Text.line(html), Text.reason(e)));
            return ExitCode.FAILED;
        }
    }

    private static void write(Path file, byte[] page) throws IOException {
        Path real = Files.exists(file) ? file.toRealPath() : file;
        if (Files.exists(real) && !Files.isRegularFile(real)) {
            // Such as /dev/null, or a pipe.
            Files.write(real, page);
            return;
        }
        // Others may be allowed to write to the folder of a web server: a new name, which only we may read at first.
        Path temporary = Files.createTempFile(real.getParent(), ".offsite-", ".html");
        try {
            Files.write(temporary, page);
            if (Files.exists(real)) {
                likeBefore(real, temporary);
            }
            Files.move(temporary, real, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Whoever may read the page now may read the next one. */
    private static void likeBefore(Path file, Path temporary) throws IOException {
        PosixFileAttributeView before =
                Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        PosixFileAttributeView now =
                Files.getFileAttributeView(temporary, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (before != null && now != null) {
            PosixFileAttributes attributes = before.readAttributes();
            if (!now.readAttributes().group().equals(attributes.group())) {
                now.setGroup(attributes.group());
            }
            now.setPermissions(attributes.permissions());
        }
    }
}
