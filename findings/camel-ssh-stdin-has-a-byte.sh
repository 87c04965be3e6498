#!/usr/bin/env bash
# Apache Camel's ssh component: the standard input of every remote command is one NUL byte.
#
# Guess:   the message body is the command and there is no input, so the command sees the end of its input at once, as
#          with `ssh host command </dev/null`.
# Happens: the command reads one byte, 0x00, and then the end of its input.
# Seen:    camel-ssh 4.17.0; the server is the npm package ssh2 1.17.0, which hands the input to the command as it
#          comes.
# Matters: `sha256sum` without a name prints 6e340b9c…, the hash of one NUL, instead of e3b0c442…, the well-known hash
#          of nothing, and so hides that no input came. What collects its input (`cat >file`) gets a stray byte.
set -euo pipefail
for tool in mvn java npm node ssh; do
  command -v $tool >/dev/null || { echo "needs mvn, java 17, npm and openssh-client"; exit 3; }
done
work=$(mktemp -d)
server=
trap '[[ -z $server ]] || { kill "$server" && wait "$server" || true; } 2>/dev/null; rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.camel</groupId><artifactId>camel-core-engine</artifactId>
      <version>4.17.0</version></dependency>
    <dependency><groupId>org.apache.camel</groupId><artifactId>camel-core-languages</artifactId>
      <version>4.17.0</version></dependency>
    <dependency><groupId>org.apache.camel</groupId><artifactId>camel-ssh</artifactId>
      <version>4.17.0</version></dependency>
  </dependencies>
</project>
POM
timeout 300 mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
  -DoutputDirectory=lib >/dev/null
timeout 300 npm install --silent --no-audit --no-fund --omit=optional --prefix . ssh2@1.17.0 >/dev/null
ls lib | grep -E '^(camel-ssh|sshd-core)-'
ssh -V 2>&1

cat >server.js <<'JS'
const { Server, utils } = require('ssh2');
const { spawn } = require('child_process');
const server = new Server({ hostKeys: [utils.generateKeyPairSync('ed25519').private] }, (client) => {
  client.on('error', () => {});
  client.on('authentication', (attempt) => {
    if (attempt.method === 'password') attempt.accept();
    else attempt.reject(['password']);
  });
  client.on('session', (accept) => accept().on('exec', (acceptExec, reject, info) => {
    const stream = acceptExec();
    const command = spawn('sh', ['-c', info.command]);
    stream.pipe(command.stdin);
    command.stdout.pipe(stream, { end: false });
    command.on('close', (code) => { stream.exit(code); stream.end(); });
  }));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
JS
timeout 120 node server.js >port &
server=$!
for _ in $(seq 100); do [[ -s port ]] && break; sleep 0.1; done
[[ -s port ]] || exit 3

cat >Input.java <<'JAVA'
import org.apache.camel.impl.DefaultCamelContext;

class Input {
    public static void main(String[] arguments) throws Exception {
        try (var context = new DefaultCamelContext(); var template = context.createProducerTemplate()) {
            context.start();
            for (String command : new String[] {"wc -c", "sha256sum", "od -An -tx1"})
                System.out.println("camel-ssh, " + command + ": "
                        + template.requestBody("ssh:u:pw@127.0.0.1:" + arguments[0], command, String.class).trim());
        }
    }
}
JAVA
printf '#!/bin/sh\necho pw\n' >askpass
chmod 700 askpass
export SSH_ASKPASS=$work/askpass SSH_ASKPASS_REQUIRE=force
for command in "wc -c" sha256sum; do
  echo "ssh </dev/null, $command: $(timeout 20 ssh -F none -p "$(cat port)" -o StrictHostKeyChecking=no \
    -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR u@127.0.0.1 "$command" </dev/null)"
done | tee seen
timeout 60 java -cp "lib/*" Input.java "$(cat port)" 2>/dev/null | tee -a seen
diff seen - <<'SEEN' || { echo "CHANGED: the input is another"; exit 1; }
ssh </dev/null, wc -c: 0
ssh </dev/null, sha256sum: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  -
camel-ssh, wc -c: 1
camel-ssh, sha256sum: 6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d  -
camel-ssh, od -An -tx1: 00
SEEN
echo "As described."
