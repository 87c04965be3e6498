#!/usr/bin/env bash
# JSch: `put` to a name that has a `?` or `*` replaces another file that matches it.
#
# Guess:   the destination of an upload is a name. `what?.txt` is a legal one on Linux, so a file of that name is
#          created.
# Happens: the destination is a pattern. With no match the upload fails. With one match it replaces the matching file,
#          without a word; with several it fails. A backslash is taken away (`a\b` becomes `ab`), and `[ab]` is no
#          pattern.
# Seen:    JSch 2.28.4 (com.github.mwiede:jsch), against Apache MINA SSHD 2.16.0.
# Matters: an upload of files whose names were not made by the program itself loses a good remote file as soon as a
#          new name happens to match it. A backslash before it helps: `what\?.txt`.
set -euo pipefail
for tool in mvn java; do
  command -v $tool >/dev/null || { echo "needs mvn and java 17"; exit 3; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>com.github.mwiede</groupId><artifactId>jsch</artifactId>
      <version>2.28.4</version></dependency>
    <dependency><groupId>org.apache.sshd</groupId><artifactId>sshd-sftp</artifactId>
      <version>2.16.0</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId>
      <version>1.7.36</version></dependency>
  </dependencies>
</project>
POM
timeout 300 mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
  -DoutputDirectory=lib >/dev/null
ls lib | grep -E '^(jsch|sshd-sftp)-'

cat >Put.java <<'JAVA'
import com.jcraft.jsch.*;
import java.io.ByteArrayInputStream;
import java.nio.file.*;
import java.util.*;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;

class Put {
    public static void main(String[] arguments) throws Exception {
        Path files = Files.createDirectory(Path.of("files"));
        var server = SshServer.setUpDefaultServer();
        server.setHost("127.0.0.1");
        server.setKeyPairProvider(new SimpleGeneratorHostKeyProvider());
        server.setPasswordAuthenticator((user, password, session) -> true);
        server.setSubsystemFactories(List.of(new SftpSubsystemFactory()));
        server.setFileSystemFactory(new VirtualFileSystemFactory(files.toAbsolutePath()));
        server.start();
        var session = new JSch().getSession("u", "127.0.0.1", server.getPort());
        session.setPassword("pw");
        session.setConfig("StrictHostKeyChecking", "no");
        session.connect(10_000);
        var sftp = (ChannelSftp) session.openChannel("sftp");
        sftp.connect(10_000);
        Files.writeString(files.resolve("whats.txt"), "old");
        for (String name : new String[] {"new?.txt", "what?.txt", "a\\b", "[ab]", "what\\?.txt", "what*"}) {
            String result = "ok";
            try {
                sftp.put(new ByteArrayInputStream("new".getBytes()), name);
            } catch (SftpException e) {
                result = "failed";
            }
            var there = new TreeMap<String, String>();
            try (var listing = Files.newDirectoryStream(files)) {
                for (Path file : listing) there.put(file.getFileName().toString(), Files.readString(file));
            }
            System.out.println("put " + name + " " + result + " " + there);
        }
        session.disconnect();
        server.stop(true);
    }
}
JAVA
timeout 60 java -cp "lib/*" Put.java 2>/dev/null | tee seen
diff seen - <<'SEEN' || { echo "CHANGED: JSch treats the destination in another way"; exit 1; }
put new?.txt failed {whats.txt=old}
put what?.txt ok {whats.txt=new}
put a\b ok {ab=new, whats.txt=new}
put [ab] ok {[ab]=new, ab=new, whats.txt=new}
put what\?.txt ok {[ab]=new, ab=new, what?.txt=new, whats.txt=new}
put what* failed {[ab]=new, ab=new, what?.txt=new, whats.txt=new}
SEEN
echo "As described."
