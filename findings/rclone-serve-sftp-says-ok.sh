#!/usr/bin/env bash
# rclone serve sftp: `rmdir` of a file deletes the file, and a hard link is confirmed but never made.
#
# Guess:   rmdir of something that is no directory fails, as rmdir(2) does with ENOTDIR; a server whose storage has no
#          hard links does not announce them, or answers with an error.
# Happens: rmdir deletes the file and answers OK. The server announces hardlink@openssh.com, answers OK, and makes
#          nothing. (`rm` of an empty folder removes it as well.)
# Seen:    rclone 1.60.1 of Debian 12, local folder served, default options.
# Matters: a clean-up that calls rmdir on every entry, because only empty folders can go, deletes all files. A program
#          that publishes by link and unlink, so that nothing is ever replaced, loses the file: the link is not there,
#          and then the only name is removed.
set -euo pipefail
command -v sftp >/dev/null || { echo "needs openssh-client"; exit 3; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

deb() {
  apt-get download -qq "$1=$2" 2>/dev/null || apt-get download -qq "$1" 2>/dev/null \
    || { echo "cannot download $1: try apt-get update first"; exit 3; }
}
deb rclone 1.60.1+dfsg-2+b5
dpkg -x rclone_*.deb pkg
pkg/usr/bin/rclone version | head -1
dpkg-deb -f rclone_*.deb Package Version
ssh -V 2>&1
mkdir served

# batch COMMAND...: runs them over a pipe, without a network; leaves the exit code in $code
batch() {
  code=0
  printf '%s\n' "$@" | HOME=$work timeout 60 sftp -b - \
    -D "$work/pkg/usr/bin/rclone serve sftp --stdio --config /dev/null $work/served" 2>&1 || code=$?
  echo "exit code $code; served has: $(cd served && find . -mindepth 1 -printf '%P ')"
}

changed=0
echo backup >served/backup.tar
mkdir served/empty served/full
echo more >served/full/more.tar
batch "rmdir full"
[[ $code == 1 && -e served/full/more.tar ]] || changed=1
batch "rmdir backup.tar"
[[ $code == 0 && ! -e served/backup.tar ]] || changed=1
batch "rm empty"
[[ $code == 0 && ! -e served/empty ]] || changed=1

echo backup >served/backup.tar.part
batch "ln backup.tar.part backup.tar" "rm backup.tar.part"
[[ $code == 0 && ! -e served/backup.tar && ! -e served/backup.tar.part ]] || changed=1

[[ $changed == 0 ]] || { echo "CHANGED: rclone answers these requests in another way"; exit 1; }
echo "As described."
