#!/usr/bin/env bash
# OpenSSH's sftp: `reput` fails where there is nothing yet, and also where all is there; `reget` accepts both.
#
# Guess:   "resume" may be repeated until it ends with 0: it starts at byte 0 where nothing is there, sends the rest
#          of a part, and has nothing to do for a whole file. That is what `reget` does in the other direction.
# Happens: `reput` ends with 1 if the remote file does not exist, and with 1 if it is complete. It works only between
#          the two.
# Seen:    sftp of openssh-client 9.2p1, sftp-server of openssh-sftp-server 1:9.2p1-2+deb12u10.
# Matters: a loop `until sftp -b batch host; do sleep 60; done` with `reput` never gets a new file across. If the
#          connection is lost after the last byte, it never ends either: the file is there, and every further try
#          fails.
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
ssh -V 2>&1
dpkg-deb -f openssh-sftp-server_*.deb Package Version
seq 1000 >whole

# try COMMAND STATE CODE: resumes from `whole` to `copy`, which is absent, a part or complete
changed=0
try() {
  rm -f copy
  case $2 in
    part) head -c 100 whole >copy ;;
    complete) cp whole copy ;;
  esac
  echo "== $1, copy is $2"
  code=0
  printf '%s whole copy\n' "$1" | timeout 20 sftp -q -D "$work/pkg/usr/lib/openssh/sftp-server" -b - 2>&1 || code=$?
  cmp -s whole copy && same=yes || same=no
  echo "exit code $code, copy equals whole: $same"
  [[ $code == "$3" ]] || { changed=1; echo "  expected $3"; }
}
try reput absent 1
try reput part 0
try reput complete 1
try reget absent 0
try reget part 0
try reget complete 0

[[ $changed == 0 ]] || { echo "CHANGED: reput or reget ends with another exit code"; exit 1; }
echo "As described."
