package dev.offsite.support;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Names that a shell, a listing or a sum line could take for something else, and the real tools to try them on. */
public final class HostileNames {

    public static final List<String> ALL = List.of(
            "plain.dump",
            "with space",
            " leading and trailing ",
            "quote's",
            "double\"quote",
            "$(touch pwned)",
            "`touch pwned`",
            "new\nline",
            "ends in newline\n",
            "carriage\rreturn",
            "ends in carriage return\r",
            "crlf\r\n",
            "-",
            "-rf",
            "--help",
            "back\\slash",
            "not an escape \\n",
            "\\leading",
            "{{x}}",
            "${x}",
            "?#%*",
            "*star",
            "; touch pwned",
            "tab\there",
            "Ünïcödé 備份 \uD83D\uDCBE",
            "sub/folder/file",
            "sub/-",
            "..dots",
            "...",
            "n".repeat(250),
            "'".repeat(250));

    private HostileNames() {}

    /** Writes a file for each name, holding the name, with sh: what Java can name depends on the locale. */
    public static void create(Path folder) throws Exception {
        StringBuilder script = new StringBuilder("set -e\nmkdir -p sub/folder\n");
        for (String name : ALL) {
            String quoted = "'" + name.replace("'", "'\\''") + "'";
            script.append("printf %s ")
                    .append(quoted)
                    .append(" > ./")
                    .append(quoted)
                    .append('\n');
        }
        run(folder, script.toString(), "sh");
    }

    /** What a program prints when it is run in this folder with this standard input, if it exits with 0. */
    public static String run(Path folder, String stdin, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        try (OutputStream out = process.getOutputStream()) {
            out.write(stdin.getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + " failed: " + output);
        }
        return output;
    }
}
