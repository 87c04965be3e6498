#!/usr/bin/env bash
# JSch's RESUME against Erlang's SFTP server: the file has the right size, and zeros where its first part was.
#
# Guess:   `put(source, name, ChannelSftp.RESUME)` sends what is missing, or fails where a server cannot resume.
# Happens: JSch opens the file for writing without TRUNC and writes from the old size on. Erlang's server empties a
#          file that is opened for writing only, TRUNC or not. The write then leaves a hole where the first part was.
#          No error on either side. (OpenSSH's `reput` also asks for APPEND; with that the server keeps the content.)
# Seen:    JSch 2.28.4 (com.github.mwiede:jsch), erlang-ssh 25.2.3 of Debian 12.
# Matters: the size is right, so a check of sizes passes; only a hash shows that the upload is damaged.
set -euo pipefail
for tool in mvn java ssh-keygen; do
  command -v $tool >/dev/null || { echo "needs mvn, java 17 and openssh-client"; exit 3; }
done
work=$(mktemp -d)
server=
trap '[[ -z $server ]] || { kill "$server" && wait "$server" || true; } 2>/dev/null; rm -rf "$work"' EXIT
cd "$work"

timeout 300 mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
  -Dartifact=com.github.mwiede:jsch:2.28.4 -DoutputDirectory="$work" >/dev/null
deb() {
  apt-get download -qq "$1=$2" 2>/dev/null || apt-get download -qq "$1" 2>/dev/null \
    || { echo "cannot download $1: try apt-get update first"; exit 3; }
}
for package in erlang-base erlang-crypto erlang-asn1 erlang-public-key erlang-ssh; do
  deb $package 1:25.2.3+dfsg-1+deb12u4
  dpkg -x ${package}_*.deb pkg
done
dpkg-deb -f erlang-ssh_*.deb Package Version
ls jsch-*.jar

mkdir keys files
ssh-keygen -q -t ed25519 -N '' -f keys/ssh_host_ed25519_key
ROOTDIR=$work/pkg/usr/lib/erlang
BINDIR=$(echo "$ROOTDIR"/erts-*/bin)
export ROOTDIR BINDIR EMU=beam PROGNAME=erl
timeout 120 "$BINDIR/erlexec" -boot start_clean -noshell -noinput -eval "
  {ok, _} = application:ensure_all_started(ssh),
  {ok, Daemon} = ssh:daemon({127, 0, 0, 1}, 0, [{system_dir, \"$work/keys\"}, {user_dir, \"$work/keys\"},
    {user_passwords, [{\"u\", \"pw\"}]}, {subsystems, [ssh_sftpd:subsystem_spec([{root, \"$work/files\"}])]}]),
  {ok, Info} = ssh:daemon_info(Daemon),
  file:write_file(\"$work/port.new\", integer_to_list(proplists:get_value(port, Info))),
  file:rename(\"$work/port.new\", \"$work/port\")." >out 2>&1 &
server=$!
for _ in $(seq 100); do [[ -e port ]] && break; sleep 0.1; done
[[ -e port ]] || { cat out; exit 3; }

cat >Resume.java <<'JAVA'
import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.JSch;

class Resume {
    public static void main(String[] arguments) throws Exception {
        var session = new JSch().getSession("u", "127.0.0.1", Integer.parseInt(arguments[0]));
        session.setPassword("pw");
        session.setConfig("StrictHostKeyChecking", "no");
        session.connect(10_000);
        var sftp = (ChannelSftp) session.openChannel("sftp");
        sftp.connect(10_000);
        sftp.put("whole", "copy", ChannelSftp.RESUME);
        System.out.println("put with RESUME ended without an error");
        session.disconnect();
    }
}
JAVA
seq 100000 >whole
head -c 200000 whole >files/copy
timeout 60 java -cp "jsch-2.28.4.jar" Resume.java "$(cat port)"
zeros=$(tr -dc '\0' <files/copy | wc -c)
echo "there before: 200000 bytes; whole: $(stat -c %s whole); copy: $(stat -c %s files/copy), of which zeros: $zeros"
[[ $zeros == 200000 && $(stat -c %s files/copy) == "$(stat -c %s whole)" ]] \
  || { echo "CHANGED: RESUME on Erlang's server no longer loses the first part"; exit 1; }
tail -c +200001 whole | cmp - <(tail -c +200001 files/copy) && echo "the rest is right"
echo "As described."
