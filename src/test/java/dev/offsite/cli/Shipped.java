package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.manifest.Manifest;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/** What must hold off-site after every ship. */
final class Shipped {

    private Shipped() {}

    /** Exactly these files are in the folder, each like its source, each listed, and a stranger can check them. */
    static void exactly(TestSite site, Path dated, Collection<String> names) throws IOException {
        for (String name : names) {
            assertThat(Files.mismatch(site.source().resolve(name), dated.resolve(name)))
                    .as("first byte that differs in %s", name)
                    .isEqualTo(-1);
        }
        listedAndVerifiable(dated, names);
    }

    /** Exactly these names are in the folder and listed, and {@code sha256sum -c} says so too. */
    static void listedAndVerifiable(Path dated, Collection<String> names) throws IOException {
        Set<String> expected = new TreeSet<>(names);
        expected.add(Manifest.NAME);
        assertThat(TestSite.filesIn(dated)).isEqualTo(expected);
        assertThat(Manifest.parse(Files.readString(dated.resolve(Manifest.NAME)))
                        .names())
                .containsExactlyInAnyOrderElementsOf(names);
        Result check = TestSite.tool(dated, "sha256sum", "-c", "--strict", Manifest.NAME);
        assertThat(check.exit()).as(check.out() + check.err()).isZero();
        assertThat(check.err()).isEmpty();
        assertThat(check.out().lines().filter(line -> line.endsWith(": OK"))).hasSize(names.size());
    }

    static void noPartsIn(Path root) throws IOException {
        assertThat(TestSite.filesIn(root)).noneMatch(name -> name.endsWith(".part"));
    }
}
