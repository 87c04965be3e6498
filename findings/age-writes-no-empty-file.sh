#!/usr/bin/env bash
# age: decrypting an empty file with -o writes nothing at all, and leaves what was there under that name.
#
# Guess:   "age -d -o FILE" makes FILE with the content, whatever that is; for an empty content an empty file, in the place of an
#          older one, as it does for any other content.
# Happens: the file is opened at the first byte that is written. Without one, no file is made, and an older file of that
#          name keeps its old content. The exit code is 0, and nothing is said. Output to standard output is as one expects.
# Seen:    age 1.1.1 of Debian 12.
# Matters: lock files, markers and empty tables are in every backup. A script that decrypts a tree file by file ends with 0 and
#          has fewer files than were encrypted; one that decrypts over an older tree has old content where the backup says
#          "empty". Write "age -d FILE.age >FILE" instead.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq age=1.1.1-1+b3 2>/dev/null || apt-get download -qq age 2>/dev/null \
  || { echo "cannot download age: try apt-get update first"; exit 3; }
dpkg -x age_*.deb pkg
PATH=$work/pkg/usr/bin:$PATH
echo "age $(age --version)"

age-keygen -o key 2>/dev/null
recipient=$(age-keygen -y key)
: >empty
printf content >full
for name in empty full; do age -r "$recipient" -o $name.age $name; done

decrypt() { # FILE OUT: with -o
  local code=0
  timeout 20 age -d -i key -o "$2" "$1" || code=$?
  echo "age -d -o $2 $1: exit $code, $([[ -e $2 ]] && echo "$2 has $(stat -c %s "$2") bytes" || echo "there is no $2")"
}
decrypt full.age new-full
decrypt empty.age new-empty
printf 'older content' >old-full
printf 'older content' >old-empty
decrypt full.age old-full
decrypt empty.age old-empty
timeout 20 age -d -i key empty.age >redirected
echo "age -d empty.age >redirected: redirected has $(stat -c %s redirected) bytes"

[[ $(<new-full) == content && $(<old-full) == content && -e redirected && ! -s redirected ]] || { echo "not as expected"; exit 1; }
[[ ! -e new-empty && $(<old-empty) == 'older content' ]] || { echo "changed: an empty file is written now"; exit 1; }
echo "as described: nothing is written for an empty content, and an older file stays"
