package dev.offsite.cli;

import dev.offsite.support.*;
import java.nio.file.*;
import java.util.*;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchIT {
    @TempDir
    Path folder;

    @Test
    void bar() throws Exception {
        try (OpenSshServer server = OpenSshServer.start(folder.resolve("server"))) {
            TestSite site = TestSite.of(folder, server).asProcess();
            for (int i = 0; i < 12; i++)
                site.backup("file with a rather long name so that the line is long enough " + i, new byte[1 << 20]);
            site.target("limit", "2MiB/s");
            site.job("parallel", "1");
            Path conf = site.configuration();
            String prog = Path.of("target/offsite/bin/offsite").toAbsolutePath().toString();
            TestSite.tool(
                    folder,
                    "tmux",
                    "-L",
                    "h17c",
                    "-f",
                    "/dev/null",
                    "new-session",
                    "-d",
                    "-x",
                    "110",
                    "-y",
                    "40",
                    "env OFFSITE_CDS=off OFFSITE_JAVA_OPTS=-XX:TieredStopAtLevel=1 sh -c '" + prog + " ship -c " + conf
                            + "; echo END; sleep 20'");
            for (int i = 0; i < 40; i++) {
                Thread.sleep(1000);
                String pane = TestSite.tool(folder, "tmux", "-L", "h17c", "capture-pane", "-p")
                        .out();
                if (i % 3 == 0 || pane.contains("END"))
                    System.out.println("=== " + i + "\n" + pane.replaceAll("\n+$", ""));
                if (pane.contains("END")) break;
            }
            TestSite.tool(folder, "tmux", "-L", "h17c", "kill-server");
        }
    }
}
