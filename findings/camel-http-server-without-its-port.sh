#!/usr/bin/env bash
# Camel: where the port of its HTTP server is taken, the application starts without it, and says "Started".
#
# Guess:   with camel.server.enabled=true and a port that another program has, Main.start() fails, as Spring Boot's
#          server does, so that a service manager sees it.
# Happens: the failure comes on a thread of Vert.x, and is only logged there. start() returns, isStarted() is true, the
#          context's status is Started, and the routes run. Nothing listens for it; the process goes on.
# Seen:    camel-platform-http-main 4.17.0 (Vert.x), Java 17.
# Matters: health checks and metrics are on that server. What asks there gets the answer of whoever has the port, and
#          the operator believes the exit code. An application must ask its own server once after the start.
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
  for artifact in camel-main camel-platform-http-main; do
    echo "<dependency><groupId>org.apache.camel</groupId><artifactId>$artifact</artifactId>"
    echo '<version>4.17.0</version></dependency>'
  done
  echo '</dependencies></project>'
} >pom.xml
timeout 300 mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
  -DincludeScope=runtime -DoutputDirectory=lib >/dev/null
ls lib | grep '^camel-platform-http-main'

cat >Taken.java <<'JAVA'
import java.net.*;
import org.apache.camel.main.Main;

class Taken {
    public static void main(String[] arguments) throws Exception {
        int free;
        try (ServerSocket other = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            free = other.getLocalPort();
            System.out.println("taken: " + start(free));
        }
        System.out.println("free: " + start(free));
    }

    private static String start(int port) throws Exception {
        Main main = new Main();
        main.addInitialProperty("camel.server.enabled", "true");
        main.addInitialProperty("camel.server.host", "127.0.0.1");
        main.addInitialProperty("camel.server.port", String.valueOf(port));
        try {
            main.start();
            HttpURLConnection ask = (HttpURLConnection) new URL("http://127.0.0.1:" + port + "/none").openConnection();
            ask.setReadTimeout(3000);
            return "isStarted " + main.isStarted() + ", " + main.getCamelContext().getStatus() + ", " + answer(ask);
        } finally {
            main.stop();
        }
    }

    private static String answer(HttpURLConnection ask) {
        try {
            return "it answers " + ask.getResponseCode();
        } catch (java.io.IOException e) {
            return "it does not answer";
        }
    }
}
JAVA
timeout 120 java -cp "lib/*" Taken.java 2>/dev/null | tee seen
diff seen - <<'SEEN' || { echo "CHANGED: a port that is taken has another effect"; exit 1; }
taken: isStarted true, Started, it does not answer
free: isStarted true, Started, it answers 404
SEEN
echo "As described."
