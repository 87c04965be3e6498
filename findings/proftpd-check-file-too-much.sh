#!/usr/bin/env bash
# ProFTPD's mod_sftp: check-file for the middle of a file hashes more than it was asked for.
#
# Guess:   check-file with a start offset, a length and block size 0 answers with one hash of these bytes, as
#          draft-ietf-secsh-filexfer-extensions-00 says.
# Happens: it hashes offset + length bytes from the offset on: asked for 1024 bytes at 512, it answers with the hash of 1536 bytes.
#          Only from offset 0 on is the answer right.
# Seen:    ProFTPD 1.3.8 of Debian 12, asked through paramiko 2.12. (Its own SFTPFile.check is of no use there: it
#          calls the request check-file, ProFTPD knows it as check-file-handle, as the draft does.)
# Matters: whoever compares a transfer piece by piece, to repair it or to go on with it, is told that good pieces differ, and
#          sends them again and again.
set -euo pipefail
for tool in /usr/bin/python3 ssh-keygen openssl; do
  command -v $tool >/dev/null || { echo "needs Debian's python3, openssh-client and openssl"; exit 3; }
done
[[ $(id -u) == 0 ]] || { echo "needs root: ProFTPD does not start without it"; exit 3; }
work=$(mktemp -d)
server=
trap '[[ -z $server ]] || { kill "$server" && wait "$server" || true; } 2>/dev/null; rm -rf "$work"' EXIT
cd "$work"

deb() {
  apt-get download -qq "$1=$2" 2>/dev/null || apt-get download -qq "$1" 2>/dev/null \
    || { echo "cannot download $1: try apt-get update first"; exit 3; }
}
deb proftpd-core 1.3.8+dfsg-4+deb12u5
deb proftpd-mod-crypto 1.3.8+dfsg-4+deb12u5
for library in libhiredis0.14 libmemcached11 libmemcachedutil2 libhashkit2 libpcre2-posix3; do deb $library '*'; done
for library in bcrypt cffi-backend cryptography nacl paramiko six; do deb python3-$library '*'; done
for package in *.deb; do dpkg -x "$package" pkg; done
for package in proftpd-core python3-paramiko; do dpkg-deb -f ${package}_*.deb Package Version; done

mkdir files
ssh-keygen -q -t rsa -m PEM -N '' -f host_key
echo "u:$(openssl passwd -6 pw):$(id -u):$(id -g)::$work/files:/bin/sh" >users
chmod 600 users
port=$((20000 + RANDOM % 10000))
cat >proftpd.conf <<CONF
ModulePath $work/pkg/usr/lib/proftpd
LoadModule mod_sftp.c
ServerType standalone
ControlsEngine off
UseIPv6 off
DefaultAddress 127.0.0.1
SocketBindTight on
Port $port
RootLogin on
PidFile $work/pid
ScoreboardFile $work/scoreboard
DelayTable none
SystemLog $work/log
WtmpLog off
TransferLog none
AuthUserFile $work/users
AuthOrder mod_auth_file.c
RequireValidShell off
SFTPEngine on
SFTPHostKey $work/host_key
SFTPAuthMethods password
CONF
libraries=$(echo "$work"/pkg/usr/lib/*-linux-gnu)
LD_LIBRARY_PATH=$libraries timeout 120 pkg/usr/sbin/proftpd -n -c "$work/proftpd.conf" >out 2>&1 &
server=$!
for _ in $(seq 50); do (: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.1; done

cat >check.py <<'PY'
import hashlib, sys, warnings
warnings.simplefilter('ignore')
import paramiko
from paramiko.py3compat import long
content = b''.join(hashlib.sha256(bytes([i])).digest() for i in range(128))
transport = paramiko.Transport(('127.0.0.1', int(sys.argv[1])))
transport.banner_timeout = transport.auth_timeout = 20
transport.connect(username='u', password='pw')
client = paramiko.SFTPClient.from_transport(transport)
client.get_channel().settimeout(20)
with client.open('file', 'w') as file:
    file.write(content)
hashes = {hashlib.sha256(content[start:end]).digest(): f'bytes {start} to {end}'
          for end in range(512, 4097, 512) for start in range(0, end, 512)}
with client.open('file') as file:
    def check(offset, length, block):
        kind, answer = client._request(
            paramiko.sftp.CMD_EXTENDED, 'check-file-handle', file.handle, 'sha256', long(offset), long(length), block)
        assert kind == paramiko.sftp.CMD_EXTENDED_REPLY, kind
        return answer.get_remainder()[-32:]

    for offset, length, block in ((0, 2048, 0), (512, 1024, 0), (1024, 2048, 0), (2048, 1024, 0)):
        answer = hashes.get(check(offset, length, block), 'something else')
        print(f'offset {offset}, length {length}, block size {block}: the hash of {answer}')
transport.close()
PY
answers=$(PYTHONPATH=$work/pkg/usr/lib/python3/dist-packages timeout 60 /usr/bin/python3 check.py "$port")
echo "$answers"
expected='offset 0, length 2048, block size 0: the hash of bytes 0 to 2048
offset 512, length 1024, block size 0: the hash of bytes 512 to 2048
offset 1024, length 2048, block size 0: the hash of bytes 1024 to 4096
offset 2048, length 1024, block size 0: the hash of bytes 2048 to 4096'
[[ $answers == "$expected" ]] || { echo "CHANGED: it answers otherwise"; exit 1; }
echo "As described."
