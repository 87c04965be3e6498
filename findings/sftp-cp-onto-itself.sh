#!/usr/bin/env bash
# OpenSSH's sftp: `cp` of a file onto itself empties it, and mostly ends with 0.
#
# Guess:   refused as cp(1) refuses it ("are the same file"); the file keeps its content.
# Happens: the client opens the destination with TRUNC before it asks the server to copy. The file is then empty. The
#          server refuses only where both names are the same text. By a symbolic link, a hard link or `./` the copy of
#          nothing succeeds.
# Seen:    sftp of openssh-client 9.2p1, sftp-server of openssh-sftp-server 1:9.2p1-2+deb12u10 (`cp` exists since
#          9.0).
# Matters: `cp latest.tar 2026-01-02.tar`, to make a real file of a link, destroys the only copy on a backup server,
#          and a batch goes on as if all were well.
set -euo pipefail
command -v sftp >/dev/null || { echo "needs openssh-client"; exit 3; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

deb() {
  apt-get download -qq "$1=$2" 2>/dev/null || apt-get download -qq "$1" 2>/dev/null \
    || { echo "cannot download $1: try apt-get update first"; exit 3; }
}
deb openssh-sftp-server 1:9.2p1-2+deb12u10
dpkg -x openssh-sftp-server_*.deb pkg
server=$work/pkg/usr/lib/openssh/sftp-server
ssh -V 2>&1
dpkg-deb -f openssh-sftp-server_*.deb Package Version

# batch COMMAND: prints what sftp says, and leaves its exit code in $code
batch() {
  code=0
  printf '%s\n' "$1" | timeout 20 sftp -q -D "$server" -b - 2>&1 || code=$?
}

# try WHAT SOURCE DESTINATION CODE
changed=0
try() {
  rm -f a latest hard
  seq 1000 >a
  ln -s a latest
  ln a hard
  echo "== $1"
  batch "cp $2 $3"
  size=$(stat -c %s a)
  echo "exit code $code, a has $size of 3893 bytes"
  [[ $code == "$4" && $size == 0 ]] || changed=1
}
seq 1000 >a
echo "== cp(1)"
cp a ./a 2>&1 || echo "exit code $?, a has $(stat -c %s a) of 3893 bytes"
try "sftp, the same name" a a 1
try "sftp, another spelling" a ./a 0
try "sftp, a link to it" latest a 0
try "sftp, a hard link to it" a hard 0

[[ $changed == 0 ]] || { echo "CHANGED: sftp no longer empties a file that is copied onto itself"; exit 1; }
echo "As described."
