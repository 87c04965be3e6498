#!/usr/bin/env bash
# Apache Camel: setting the header CamelFileName changes the key that the file consumer stores in its idempotent
# repository.
#
# Guess:   `idempotentKey=${file:name}-${file:size}` is about the file that was read. The header only names the file
#          to be written, so setting it before a file or sftp producer changes nothing for the consumer. For
#          `move=done/${file:name}` that is so.
# Happens: with `idempotentEager=false` the key is looked up with the file's name, but stored with the header's value.
#          The file is never found in the repository, and is processed again at each poll. With the default
#          `idempotentEager=true` the key is stored before the route runs, and all is well.
# Seen:    Camel 4.17.0.
# Matters: `idempotentEager=false` is set for a good reason: with the default a crash in the middle leaves a key for a
#          file that never arrived. The change makes every file go out again at each poll. CamelOverruleFileName has
#          no such effect.
set -euo pipefail
for tool in mvn java; do
  command -v $tool >/dev/null || { echo "needs mvn and java 17"; exit 3; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

{
  echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
  echo '<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>'
  for artifact in core-engine core-languages file; do
    echo "<dependency><groupId>org.apache.camel</groupId><artifactId>camel-$artifact</artifactId>"
    echo "<version>4.17.0</version></dependency>"
  done
  echo '</dependencies></project>'
} >pom.xml
timeout 300 mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
  -DoutputDirectory=lib >/dev/null
ls lib | grep camel-file-4

cat >Again.java <<'JAVA'
import java.nio.file.*;
import java.util.*;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.processor.idempotent.MemoryIdempotentRepository;

class Again {
    static void run(String options, String header) throws Exception {
        Path folder = Files.createTempDirectory(Path.of("").toAbsolutePath(), "in");
        Files.writeString(folder.resolve("a.txt"), "1");
        var repository = new MemoryIdempotentRepository();
        repository.init();
        int[] times = {0};
        try (var context = new DefaultCamelContext()) {
            context.getRegistry().bind("repository", repository);
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("file:" + folder + "?noop=true&initialDelay=0&delay=200"
                            + "&idempotentKey=${file:name}-${file:size}&idempotentRepository=#repository" + options)
                            .setHeader(header, constant("2026/b.txt")).process(exchange -> times[0]++);
                }
            });
            context.start();
            Thread.sleep(3000);
            String often = times[0] == 1 ? "once" : times[0] > 3 ? "at each poll" : times[0] + " times";
            System.out.printf("%s %s: %s, key %s%n", options, header, often, repository.getCache().keySet());
        }
    }

    public static void main(String[] arguments) throws Exception {
        run("&idempotentEager=false", "CamelFileName");
        run("&idempotentEager=false", "CamelOverruleFileName");
        run("&idempotentEager=true", "CamelFileName");
    }
}
JAVA
timeout 60 java -cp "lib/*" Again.java 2>/dev/null | tee seen
diff seen - <<'SEEN' || { echo "CHANGED: the key is made in another way"; exit 1; }
&idempotentEager=false CamelFileName: at each poll, key [2026/b.txt-1]
&idempotentEager=false CamelOverruleFileName: once, key [a.txt-1]
&idempotentEager=true CamelFileName: once, key [a.txt-1]
SEEN
echo "As described."
