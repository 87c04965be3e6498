package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Names are data: whatever a file or a folder is called, it arrives under that name, or is named as refused. */
@RequiresSshd
@Timeout(240)
class HostileNamesIT {
    private static final List<String> NAMES = List.of(
            "with space",
            " leading and trailing ",
            "quote's",
            "double\"quote",
            "'",
            "$(touch pwned)",
            "`touch pwned`",
            "; touch pwned",
            "a&b|c>d<e",
            "new\nline",
            "\nleading newline",
            "ends in newline\n",
            "carriage\rreturn",
            "ends in carriage return\r",
            "crlf\r\n",
            "tab\there",
            "bell\007 and escape\033[31m",
            "-",
            "--",
            "-rf",
            "--help",
            "back\\slash",
            "\\leading",
            "trailing\\",
            "not an escape \\n",
            "{{x}}",
            "{{?x}}",
            "${x}",
            "$simple{x}",
            "${file:name}",
            "RAW(x)",
            "?",
            "*",
            "?#%*",
            "[a-z]",
            "%41",
            "a?password=b&c",
            "~",
            "#comment",
            ":",
            "C:",
            "...",
            "..dots",
            ".hidden",
            "Ünïcödé 備份 \uD83D\uDCBE",
            "e\u0301 decomposed",
            "\u00e9 composed",
            "\uFF0Ffullwidth slash",
            "n".repeat(250),
            "'".repeat(250),
            "\\".repeat(250),
            "備".repeat(83));

    @TempDir
    Path folder;

    private OpenSshServer server;
    private TestSite site;

    @BeforeEach
    void start() throws IOException {
        server = OpenSshServer.start(folder.resolve("server"));
        site = TestSite.of(folder, server);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void filesAndFoldersOfAnyNameArriveFromAPlainEnvironment() throws IOException {
        Set<String> names = new TreeSet<>();
        for (String name : NAMES) {
            names.add(name);
            site.backup(name, "the file " + name);
            names.add("in/" + name + "/" + name);
            site.backup("in/" + name + "/" + name, "in its folder " + name);
        }

        Result first = site.runAsCron("ship");

        assertThat(first.exit()).as(first.err()).isZero();
        assertThat(first.out()).contains(names.size() + " files shipped and verified");
        Shipped.exactly(site, site.dated(), names);
        assertThat(folder.resolve("pwned")).doesNotExist();
        assertThat(site.source().resolve("pwned")).doesNotExist();

        int logins = server.logins();
        Result second = site.run("ship");
        assertThat(second.exit()).as(second.err()).isZero();
        assertThat(second.out()).contains("db: nothing new");
        assertThat(server.logins()).isEqualTo(logins);
    }

    @Test
    void aBackslashIsNoSlash() throws IOException {
        List<String> names = List.of("a\\b", "a/b", "c\\d\\e", "c/d\\e", "c\\d/e", "c/d/e");
        for (String name : names) {
            // Size and time tell them apart.
            int number = names.indexOf(name) + 1;
            TestSite.aged(site.backup(name, "backup ".repeat(number) + name), Duration.ofHours(number));
        }

        Result ran = site.run("ship");

        assertThat(ran.exit()).as(ran.err()).isZero();
        Shipped.exactly(site, site.dated(), names);
        assertThat(site.run("ship").out()).contains("db: nothing new");
    }

    @Test
    void whatCannotBeShippedIsNamedAndTheRestIsShipped() throws IOException {
        site.target("retries", "0");
        List<String> good = List.of("good", "folder/good", "folder/SHA256SUMS");
        for (String name : good) {
            site.backup(name, name);
        }
        site.backup("SHA256SUMS", "not ours");
        Files.createSymbolicLink(site.source().resolve("to nothing"), Path.of("/nonexistent/target"));
        Result made = TestSite.tool(
                site.source(),
                "sh",
                "-c",
                "mkfifo 'a pipe' && printf x > \"$(printf 'latin1-\\344')\" && mkdir \"$(printf 'folder-\\377')\""
                        + " && printf y > \"$(printf 'folder-\\377')/inside\"");
        assertThat(made.exit()).as(made.err()).isZero();

        Result ran = site.run("ship");

        assertThat(ran.exit()).as(ran.err()).isEqualTo(ExitCode.FAILED);
        assertThat(ran.out()).contains("3 files shipped and verified").contains("5 files NOT shipped");
        assertThat(ran.err().lines().filter(line -> line.contains("ERROR")))
                .hasSize(5)
                .anyMatch(line -> line.contains(" SHA256SUMS not shipped: ") && line.contains("rename the file"))
                .anyMatch(line -> line.contains(" to nothing not shipped: it is a symbolic link to nothing"))
                .anyMatch(line -> line.contains(" a pipe not shipped: it is no regular file"))
                .anyMatch(line -> line.contains(" latin1-\uFFFD not shipped: its name is not valid in UTF-8"))
                .anyMatch(line -> line.contains(" folder-\uFFFD/inside not shipped: its name is not valid in UTF-8"));
        Shipped.exactly(site, site.dated(), good);

        Result again = site.run("ship");
        assertThat(again.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(again.out()).contains("0 files shipped and verified").contains("5 files NOT shipped");
    }

    @Test
    void aFolderThatLinksBackIsNamedAndNothingIsShippedTwice() throws IOException {
        site.backup("good", "good");
        site.backup("folder/good", "good");
        Files.createSymbolicLink(site.source().resolve("folder/up"), site.source());
        Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
        TestSite.aged(Files.writeString(elsewhere.resolve("linked"), "linked"), Duration.ofHours(1));
        Files.createSymbolicLink(site.source().resolve("link"), elsewhere);

        Result ran = site.run("ship");

        assertThat(ran.exit()).as(ran.err()).isEqualTo(ExitCode.FAILED);
        assertThat(ran.err()).contains("folder/up not shipped: it links back to a folder above it");
        Shipped.exactly(site, site.dated(), List.of("good", "folder/good", "link/linked"));
    }

    /** Names that Camel's file component keeps for itself. */
    @Test
    void namesThatCamelPassesOverAreShippedOrNamedWithTheReason() throws IOException {
        site.backup("good", "good");
        site.backup("folder/.camel", "a file, no folder");
        site.backup("x.camelLock", "a lock to Camel");
        site.backup("y.camelLock/inside", "a lock to Camel");
        site.backup(".camel/moved", "done to Camel");

        Result ran = site.run("ship");

        assertThat(ran.exit()).as(ran.err()).isEqualTo(ExitCode.FAILED);
        assertThat(ran.err())
                .contains("x.camelLock not shipped: ")
                .contains("y.camelLock/inside not shipped: ")
                .contains(".camel/moved not shipped: ")
                .doesNotContain("still changing");
        Shipped.exactly(site, site.dated(), List.of("good", "folder/.camel"));
    }
}
