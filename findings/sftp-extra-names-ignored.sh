#!/usr/bin/env bash
# OpenSSH's sftp: commands take one name and ignore all further ones, with exit code 0.
#
# Guess:   `rm a b c` removes three files, as in a shell, or it ends with "too many arguments".
# Happens: only `a` is removed. `put 1 2 folder` sends the file `1` under the name `2` and never looks at `folder`.
#          Not a word is printed, and the batch ends with 0. (`rm [a-c]` removes all three: sftp expands patterns
#          itself.)
# Seen:    sftp of openssh-client 9.2p1. Its manual does not say what becomes of further names.
# Matters: a clean-up batch written by a script (`echo "rm ${old[*]}"`) frees next to nothing, and an upload batch
#          leaves files out or gives one the name of another, while the exit code that the script checks is 0.
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
mkdir here there there/folder
seq 1 >here/1
seq 2 >here/2

# try COMMAND EXPECTED: runs it in a folder with a, b, c and `folder`; compares exit code and what lies there afterwards
changed=0
try() {
  rm -rf there
  mkdir -p there/folder
  touch there/a there/b there/c
  code=0
  (cd there && printf '%s\n' "$1" | timeout 20 sftp -q -D "$work/pkg/usr/lib/openssh/sftp-server" -b - 2>&1) || code=$?
  seen="$code: $(cd there && find . -mindepth 1 -printf '%P\n' | sort | paste -sd' ')"
  echo "exit code $seen"
  [[ $seen == "$2" ]] || { changed=1; echo "  expected $2"; }
}
try 'rm a b c' '0: b c folder'
try 'rm [a-c]' '0: folder'
try 'mkdir d e f' '0: a b c d folder'
try 'put ../here/1 2 folder' '0: 2 a b c folder'
try 'rename a d folder' '0: b c d folder'

[[ $changed == 0 ]] || { echo "CHANGED: sftp treats further names in another way"; exit 1; }
echo "As described."
