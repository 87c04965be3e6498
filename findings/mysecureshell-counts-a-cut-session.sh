#!/usr/bin/env bash
# MySecureShell: a session whose client left in the middle of an answer counts as open for another minute.
#
# Guess:   a place is free again as soon as the process of its session has ended, however that was.
# Happens: each session is an entry in shared memory, which its process empties when it ends in an orderly way. One that
#          writes an answer to a client that has gone ends by SIGPIPE, and its entry stays until 60 s after its last
#          activity. Until then a new session of that user is refused, with exit code 10 and without a word, after a
#          login that succeeded. The installed configuration allows one session (LimitConnectionByUser 1).
# Seen:    MySecureShell 2.0 of Debian 12.
# Matters: after a line was cut, or a client killed, "try again in a few seconds" fails for a minute; sftp says only
#          "Connection closed". A client that opens a second channel, or a script that runs sftp twice, can lock itself
#          out.
set -euo pipefail
for tool in python3 unshare; do command -v $tool >/dev/null || { echo "needs $tool"; exit 3; }; done
[[ $(id -u) == 0 && -d /etc/ssh ]] || { echo "needs root, for shared memory and an /etc/ssh of its own"; exit 3; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq mysecureshell=2.0-2+b2 2>/dev/null || apt-get download -qq mysecureshell 2>/dev/null \
  || { echo "cannot download mysecureshell: try apt-get update first"; exit 3; }
dpkg -x mysecureshell_*.deb pkg
dpkg-deb -f mysecureshell_*.deb Package Version
mkdir home
sed "s#/home/\$USER#$work/home#" pkg/etc/ssh/sftp_config >config
grep -E '^\s*LimitConnectionByUser' config | tr -s '\t' ' '

cat >session.py <<'PYTHON'
import os, struct, subprocess, sys, time

program = sys.argv[1]


def begin():
    """A session, and whether it answers with its version."""
    one = subprocess.Popen(
        [program, "-c", "sftp-server"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env={"SSH_CONNECTION": "127.0.0.1 40000 127.0.0.1 22", "SSH_CLIENT": "127.0.0.1 40000 22", "PATH": os.environ["PATH"]})
    one.stdin.write(struct.pack(">IBI", 5, 1, 3))
    try:
        one.stdin.flush()
    except BrokenPipeError:
        pass
    return one, len(one.stdout.read(5)) == 5


def end(one):
    """In an orderly way: its input ends, and it is heard to the end."""
    one.stdin.close()
    one.stdout.read()
    return one.wait(20)


first, answers = begin()
second, both = begin()
print(f"first session: {'answers' if answers else 'refused'}; a second beside it: {'answers' if both else 'refused'}, exit {second.wait(20)}")
end(first)
again, after_end = begin()
print(f"right after the first one ended in an orderly way: {'answers' if after_end else 'refused'}")

# The client goes while its request is being answered.
again.stdout.close()
again.stdin.write(struct.pack(">IBII", 10, 16, 1, 1) + b".")
again.stdin.close()
print(f"the client left before an answer: the process ends by signal {-again.wait(20)}")
gone = time.monotonic()
waited, code = None, None
while waited is None and time.monotonic() - gone < 100:
    one, there = begin()
    if there:
        waited = round(time.monotonic() - gone)
        end(one)
    else:
        code = one.wait(20)
        time.sleep(3)
print(f"then refused with exit {code} for {waited} s")
sys.exit(0 if answers and not both and after_end and code == 10 and waited and 50 <= waited <= 75 else 1)
PYTHON
# Its configuration has a fixed place.
timeout 150 unshare --ipc --mount --propagation private sh -euc '
  mount -t tmpfs none /etc/ssh
  cp config /etc/ssh/sftp_config
  exec python3 session.py pkg/usr/bin/mysecureshell' || { echo "CHANGED: MySecureShell counts in another way"; exit 1; }
echo "As described."
