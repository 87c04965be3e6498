#!/usr/bin/env bash
# ProFTPD's mod_sftp: RENAME follows symbolic links on both sides, and RMDIR of a link removes the folder that it
# points to.
#
# Guess:   RENAME moves the link itself, and replaces a link, as rename(2) and OpenSSH do. RMDIR of a link fails
#          (ENOTDIR).
# Happens: the file that the first link points to is renamed over the file that the second one points to. Both links
#          stay as they were, the first now pointing to nothing. Only REMOVE acts on the link itself.
# Seen:    ProFTPD 1.3.8 of Debian 12.
# Matters: the usual way to switch a `latest` link without a gap (make `latest.new`, rename it to `latest`) replaces
#          Monday's backup by Tuesday's, which then has lost its own name, and every answer is OK.
set -euo pipefail
for tool in sftp ssh-keygen openssl; do
  command -v $tool >/dev/null || { echo "needs openssh-client and openssl"; exit 3; }
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
for package in *.deb; do dpkg -x "$package" pkg; done
dpkg-deb -f proftpd-core_*.deb Package Version

mkdir files files/empty
echo of-monday >files/monday.tar
echo of-tuesday >files/tuesday.tar
ln -s monday.tar files/latest
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
AllowOverwrite on
SFTPEngine on
SFTPHostKey $work/host_key
SFTPAuthMethods password
CONF
libraries=$(echo "$work"/pkg/usr/lib/*-linux-gnu)
LD_LIBRARY_PATH=$libraries timeout 120 pkg/usr/sbin/proftpd -n -c "$work/proftpd.conf" >out 2>&1 &
server=$!
for _ in $(seq 50); do (: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.1; done

printf '#!/bin/sh\necho pw\n' >askpass
chmod 700 askpass
export SSH_ASKPASS=$work/askpass SSH_ASKPASS_REQUIRE=force
batch() {
  code=0
  printf '%s\n' "$@" | timeout 20 sftp -q -F none -P "$port" -o BatchMode=no -o PreferredAuthentications=password \
    -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -b - u@127.0.0.1 || code=$?
  [[ $code != 255 ]] || { echo "no connection"; cat out log; exit 3; }
  echo "exit code $code; there now: $(cd files && find . -mindepth 1 -printf '%P %l\n' | sort | paste -sd';')"
}
changed=0
batch "symlink tuesday.tar latest.new" "rename latest.new latest"
echo "monday.tar is $(cat files/monday.tar)"
[[ $code == 0 && $(cat files/monday.tar) == of-tuesday && ! -e files/tuesday.tar ]] || changed=1
[[ $(readlink files/latest) == monday.tar && -L files/latest.new ]] || changed=1
batch "symlink empty link" "rmdir link"
[[ $code == 0 && -L files/link && ! -e files/empty ]] || changed=1
batch "rm link"
[[ $code == 0 && ! -L files/link ]] || changed=1

[[ $changed == 0 ]] || { echo "CHANGED: ProFTPD treats links in another way"; exit 1; }
echo "As described."
