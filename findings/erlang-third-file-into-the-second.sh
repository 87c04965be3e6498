#!/usr/bin/env bash
# Erlang's SFTP server: of three files that are open at a time, the third is written into the second.
#
# Guess:   a client opens several files over one channel, writes into each, and each gets its own bytes; OpenSSH's
#          server gives every open file a handle of its own.
# Happens: the server numbers a new handle by counting up through its list of open ones, but puts new ones at the front.
#          From the third file on it gives out a number that is taken. What is written to that handle lands in one file,
#          and the other stays empty. Every request is answered with OK.
# Seen:    erlang-ssh 25.2.3 of Debian 12, with npm's ssh2 1.17.0 as the client.
# Matters: clients that keep several files open to be quick (pipelining, parallel uploads over one channel) lose backups
#          there without an error. Only reading back or hashing shows it. OpenSSH's sftp has one open at a time.
set -euo pipefail
for tool in npm node ssh-keygen; do
  command -v $tool >/dev/null || { echo "needs npm, node and openssh-client"; exit 3; }
done
work=$(mktemp -d)
server=
trap '[[ -z $server ]] || { kill "$server" && wait "$server" || true; } 2>/dev/null; rm -rf "$work"' EXIT
cd "$work"

timeout 300 npm install --silent --no-audit --no-fund --ignore-scripts --omit=optional ssh2@1.17.0 >/dev/null
echo "ssh2 $(node -p 'require("ssh2/package.json").version')"
deb() {
  apt-get download -qq "$1=$2" 2>/dev/null || apt-get download -qq "$1" 2>/dev/null \
    || { echo "cannot download $1: try apt-get update first"; exit 3; }
}
for package in erlang-base erlang-crypto erlang-asn1 erlang-public-key erlang-ssh; do
  deb $package 1:25.2.3+dfsg-1+deb12u4
  dpkg -x ${package}_*.deb pkg
done
dpkg-deb -f erlang-ssh_*.deb Package Version

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

cat >open.js <<'JS'
const { Client } = require('ssh2');
const client = new Client();
client.on('ready', () => client.sftp(async (failed, sftp) => {
  if (failed) throw failed;
  const call = (name, ...given) => new Promise((done, fail) =>
    sftp[name](...given, (error, result) => (error ? fail(error) : done(result))));
  const handles = [];
  for (const n of [1, 2, 3, 4]) handles.push(await call('open', `file-${n}`, 'w'));
  console.log('handles:', handles.map(handle => handle.toString('hex')).join(' '));
  for (const [i, handle] of handles.entries()) await call('write', handle, Buffer.alloc(i + 1, 'x'), 0, i + 1, 0);
  for (const handle of handles) await call('close', handle).catch(error => console.log('close:', error.message));
  console.log('every open and every write was answered with OK');
  client.end();
}));
client.connect({ host: '127.0.0.1', port: Number(process.argv[2]), username: 'u', password: 'pw' });
JS
timeout 60 node open.js "$(cat port)"
sizes=$(cd files && stat -c %s file-1 file-2 file-3 file-4 | tr '\n' ' ')
echo "written: 1 2 3 4 bytes; sizes there: $sizes"
[[ $sizes != "1 2 3 4 " ]] || { echo "CHANGED: each file has its own bytes"; exit 1; }
echo "As described."
