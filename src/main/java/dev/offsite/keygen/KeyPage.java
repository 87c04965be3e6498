package dev.offsite.keygen;

import dev.offsite.age.AgeKeyPair;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A page to print and to put into a safe: a secret key as text and as a QR code, and what to do with it. */
public final class KeyPage {

    private static final int GROUP = 6;
    private static final int GROUPS_IN_A_LINE = 5;

    private static final String TEXT =
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="UTF-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>Key of %1$s</title>
            <style>
            body { font: 11pt/1.4 sans-serif; color: #000; background: #fff; max-width: 17cm; margin: 1.5cm auto; }
            h1 { font-size: 16pt; } h2 { font-size: 12pt; margin-bottom: 0; }
            code, pre { font: 11pt/1.5 monospace; overflow-wrap: anywhere; }
            .key { font: bold 15pt/1.7 monospace; } .key span { margin-right: 0.7em; } .key b { display: block; }
            svg { width: 6.5cm; height: 6.5cm; }
            </style>
            </head>
            <body>
            <h1>This key opens the encrypted backups</h1>
            <p>Print this page, put it into a safe, and delete the file. Whoever has the key can read every copy that was encrypted
            for the recipient below. Without it, nobody can, and nobody can replace it.</p>
            <h2>The secret key</h2>
            <p class="key">%2$s</p>
            <p>To type it, write all of it on one line, in capitals and without spaces. After AGE-SECRET-KEY-1 there is no letter
            B, I or O and no digit 1: what looks like an O is a zero.</p>
            %3$s
            <h2>Its recipient</h2>
            <p><code>%1$s</code></p>
            <p>This one is not secret. It stands in the configuration (<code>encrypt-to</code>). Made on %4$s (UTC).</p>
            <h2>To restore with it, without Offsite</h2>
            <p>Save the key as a file <code>key.txt</code>, and get the program age (<code>apt install age</code>, or
            https://age-encryption.org). For each file whose name ends with <code>.age</code>:</p>
            <pre>age -d -i key.txt db.dump.age &gt;db.dump</pre>
            <p><code>SHA256SUMS</code> beside the files lists their checksums as they are there, encrypted. What is inside is in
            <code>SHA256SUMS.1.age</code> and so on: decrypt them in the same way, and check with <code>sha256sum -c</code>.</p>
            <h2>To restore with Offsite</h2>
            <pre>offsite restore JOB --identity key.txt</pre>
            </body>
            </html>
            """;

    private KeyPage() {}

    static String text(AgeKeyPair pair, Instant created) {
        String day = created.atOffset(ZoneOffset.UTC).toLocalDate().toString();
        return TEXT.formatted(pair.recipient(), groups(pair.identity()), QrSvg.of(pair.identity()), day);
    }

    /** Without spaces, so that it can be copied as it is. */
    private static String groups(String key) {
        int line = GROUP * GROUPS_IN_A_LINE;
        return pieces(key, line)
                .map(row -> pieces(row, GROUP)
                        .map("<span>%s</span>"::formatted)
                        .collect(Collectors.joining("", "<b>", "</b>")))
                .collect(Collectors.joining());
    }

    private static Stream<String> pieces(String text, int length) {
        return IntStream.iterate(0, from -> from < text.length(), from -> from + length)
                .mapToObj(from -> text.substring(from, Math.min(from + length, text.length())));
    }

    /**
     * Writes it to a file that only its owner can read.
     *
     * @throws java.nio.file.FileAlreadyExistsException if there is something of that name, which is left as it is
     */
    public static void write(Path file, AgeKeyPair pair, Instant created) throws IOException {
        IdentityFile.create(file, text(pair, created));
    }
}
