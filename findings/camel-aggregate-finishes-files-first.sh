#!/usr/bin/env bash
# Apache Camel: behind an Aggregate EIP a file counts as finished when it joins its group, not when the group was
# processed.
#
# Guess:   `file:in?move=done` moves a file after the route is through with it, so after its group was processed; if
#          that fails, the files stay. That is how it is with `to("seda:…")`, which hands the completion of the
#          exchange over.
# Happens: the aggregator lets each incoming exchange complete as soon as it was added. The files lie in `done` before
#          the group is processed, and stay there when it fails. Nothing polls them again.
# Seen:    Camel 4.17.0.
# Matters: "collect 100 files, send them as one batch" loses a batch with every failure, and with every restart too
#          unless the aggregation repository is a persistent one. `move` and `delete` say that its files were
#          delivered.
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
  for artifact in core-engine core-languages file seda; do
    echo "<dependency><groupId>org.apache.camel</groupId><artifactId>camel-$artifact</artifactId>"
    echo "<version>4.17.0</version></dependency>"
  done
  echo '</dependencies></project>'
} >pom.xml
timeout 300 mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
  -DoutputDirectory=lib >/dev/null
ls lib | grep camel-core-processor

cat >Groups.java <<'JAVA'
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.*;
import org.apache.camel.Processor;
import org.apache.camel.builder.*;
import org.apache.camel.impl.DefaultCamelContext;

class Groups {
    static List<String> files(Path folder) throws Exception {
        try (var paths = Files.walk(folder)) {
            return paths.filter(Files::isRegularFile).map(p -> folder.relativize(p).toString()).sorted().toList();
        }
    }

    public static void main(String[] arguments) throws Exception {
        for (String way : new String[] {"seda", "aggregate"}) {
            Path folder = Files.createDirectory(Path.of(way).toAbsolutePath());
            for (int i = 1; i <= 3; i++) Files.writeString(folder.resolve("f" + i), "x");
            var called = new CountDownLatch(1);
            Processor target = exchange -> {
                Thread.sleep(500);
                if (called.getCount() > 0) System.out.println(way + ", while processing: " + files(folder));
                called.countDown();
                throw new IllegalStateException("the target is down");
            };
            try (var context = new DefaultCamelContext()) {
                context.addRoutes(new RouteBuilder() {
                    @Override
                    public void configure() {
                        var route = from("file:" + folder + "?initialDelay=0&delay=500&move=done");
                        if (way.equals("seda")) {
                            route.to("seda:target");
                            from("seda:target").process(target);
                        } else {
                            route.aggregate(constant(true), AggregationStrategies.groupedBody()).completionSize(3)
                                    .process(target);
                        }
                    }
                });
                context.getShutdownStrategy().setTimeout(1);
                context.start();
                if (!called.await(20, TimeUnit.SECONDS)) System.out.println(way + ": never called");
                Thread.sleep(1000);
                System.out.println(way + ", after the failure: " + files(folder));
            }
        }
    }
}
JAVA
timeout 60 java -cp "lib/*" Groups.java 2>/dev/null | tee seen
diff seen - <<'SEEN' || { echo "CHANGED: files are completed at another time"; exit 1; }
seda, while processing: [f1, f2, f3]
seda, after the failure: [f1, f2, f3]
aggregate, while processing: [done/f1, done/f2, done/f3]
aggregate, after the failure: [done/f1, done/f2, done/f3]
SEEN
echo "As described."
