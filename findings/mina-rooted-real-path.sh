#!/usr/bin/env bash
# Apache MINA SSHD: in its rooted file system, toRealPath follows no symbolic link.
#
# Guess:   Path.toRealPath() gives the real path, links resolved, as java.nio.file.Path promises and as it is without
#          a root folder; so an SFTP server on VirtualFileSystemFactory answers REALPATH of a link with its target.
# Happens: it returns the path of the link itself, although the file that is read through it is the target's.
#          Files.isSameFile of both says true.
# Seen:    sshd-common and sshd-core 2.17.1, Java 17.
# Matters: who asks an embedded server whether two paths are one folder, or tests a client's handling of links with it,
#          is told that a link is a folder of its own. Links must be asked for with readSymbolicLink, step by step.
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
  echo '<dependency><groupId>org.apache.sshd</groupId><artifactId>sshd-core</artifactId>'
  echo '<version>2.17.1</version></dependency></dependencies></project>'
} >pom.xml
timeout 300 mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
  -DoutputDirectory=lib >/dev/null
ls lib | grep '^sshd'

cat >Links.java <<'JAVA'
import java.nio.file.*;
import java.util.Map;
import org.apache.sshd.common.file.root.RootedFileSystemProvider;

class Links {
    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createDirectory(Path.of("served").toAbsolutePath()).toRealPath();
        Files.writeString(Files.createDirectory(folder.resolve("real")).resolve("file"), "content");
        Files.createSymbolicLink(folder.resolve("link"), Path.of("real"));
        System.out.println("the system's: " + folder.relativize(folder.resolve("link").toRealPath()));
        try (FileSystem rooted = new RootedFileSystemProvider().newFileSystem(folder, Map.of())) {
            Path link = rooted.getPath("/link");
            System.out.println("rooted: " + link.toRealPath());
            System.out.println("read through it: " + Files.readString(link.resolve("file")));
            System.out.println("where it leads: " + Files.readSymbolicLink(link));
            System.out.println("same file: " + Files.isSameFile(link, rooted.getPath("/real")));
        }
    }
}
JAVA
timeout 60 java -cp "lib/*" Links.java 2>/dev/null | tee seen
diff seen - <<'SEEN' || { echo "CHANGED: links are resolved otherwise"; exit 1; }
the system's: real
rooted: /link
read through it: content
where it leads: real
same file: true
SEEN
echo "As described."
