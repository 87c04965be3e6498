"""The tools people use today, at their best: each transfers, while the files are hashed here; then one command hashes all on the server.
What is restored is compared with SHA256SUMS by sha256sum.

Each is a bash script; what it finds in its environment is in Peer.command. Host keys are strict in all of them.
"""

import dataclasses
import shutil
import subprocess
import sys
from pathlib import Path

import sealing
from compare import differences

SHA256SUM, OPENSSL = 'sha256sum', 'openssl dgst -sha256 -r'

SAME = '''wait $!
sort -o "$SCRATCH/here" "$SCRATCH/here"
sort -o "$SCRATCH/there" "$SCRATCH/there"
cmp "$SCRATCH/here" "$SCRATCH/there"
'''
VERIFIED = '''
set -eu -o pipefail
cd "$SOURCE"
{ find . -type f -print0 | xargs -0 $HASH; } >"$SCRATCH/here" &
%s
$SSH "$TARGET" "cd '$ROOT' && find . -type f -print0 | xargs -0 $HASH" >"$SCRATCH/there"
''' + SAME
# What is restored comes with its SHA256SUMS.
RESTORED = '''
set -eu -o pipefail
cd "$RESTORED"
%s
sha256sum -c --quiet --strict SHA256SUMS
'''
RESTORING = 'set -eu -o pipefail; cd "$RESTORED"\n%s'  # and compares by itself
# A server that runs no commands: all is downloaded again, and hashed here.
READ_BACK = '''
set -eu -o pipefail
cd "$SOURCE"
{ find . -type f -print0 | xargs -0 $HASH; } >"$SCRATCH/here" &
%s
mkdir "$SCRATCH/back"
cd "$SCRATCH/back"
%s
{ find . -type f -print0 | xargs -0 $HASH; } >"$SCRATCH/there"
''' + SAME
# One run of a loop: hashes only when all is there.
CUT_SHIP = '''
set -eu -o pipefail
cd "$SOURCE"
%s
{ find . -type f -print0 | xargs -0 $HASH; } >"$SCRATCH/here" &
$SSH "$TARGET" "cd '$ROOT' && find . -type f -print0 | xargs -0 $HASH" >"$SCRATCH/there"
''' + SAME
PLAIN = 'set -eu -o pipefail; cd "$SOURCE"\n%s'
# What they encrypted is decrypted by themselves, outside of what is measured.
DECRYPTING = 'set -eu -o pipefail; cd "$RESTORED"\n%s'

RCLONE_LOGIN = '''--config /dev/null --sftp-host 127.0.0.1 --sftp-port $PORT --sftp-user $LOGIN --sftp-key-file "$KEY" \\
  --sftp-known-hosts-file "$HOSTS"'''
RCLONE = f'rclone copy {RCLONE_LOGIN} %s . ":sftp:$ROOT"'
RCLONE_BACK = f'rclone copy {RCLONE_LOGIN} %s ":sftp:$ROOT" .'
RCLONE_CHECKED = f'{RCLONE}\nrclone check --download {RCLONE_LOGIN} %s . ":sftp:$ROOT"'
RCLONE_TUNED = '--transfers %d --checkers %d --sftp-concurrency 256 --sftp-disable-hashcheck --sftp-set-modtime=false'
# Without --no-check-dest, it lists the target folder; large files come in parts.
RCLONE_FETCH = '--transfers %d --checkers %d --multi-thread-cutoff 8M --multi-thread-streams %d --sftp-disable-hashcheck --no-check-dest'
SFTP = 'echo "put -r . $ROOT" | $SFTP %s -b - "$TARGET"'
RSYNC = 'rsync -aW %s -e "$SSH %s" ./ "$TARGET:$ROOT/"'
TAR = 'tar -cf - . | $SSH %s "$TARGET" "tar -xf - -C \'$ROOT\'"'
SFTP_BACK = 'echo "get -r $ROOT/. ." | $SFTP %s -b - "$TARGET"'
# Only what was begun can be continued.
SFTP_AGAIN = '''for each in *; do
  if [ -e "$SCRATCH/begun" ]; then echo "reput $each $ROOT/$each"; else : >"$SCRATCH/begun"; echo "put $each $ROOT/$each"; fi
done | $SFTP %s -b - "$TARGET"'''
SFTP_BACK_AGAIN = 'echo "get -a -r $ROOT/. ." | $SFTP %s -b - "$TARGET"'
RSYNC_BACK = 'rsync -aW %s -e "$SSH %s" "$TARGET:$ROOT/" ./'
RSYNC_AGAIN = 'rsync -a --partial --append-verify -e "$SSH %s" ./ "$TARGET:$ROOT/"'
RSYNC_BACK_AGAIN = 'rsync -a --partial --append-verify -e "$SSH %s" "$TARGET:$ROOT/" ./'
TAR_BACK = '$SSH %s "$TARGET" "tar -cf - -C \'$ROOT\' ." | tar -xf -'
CAT = '''$SSH %s "$TARGET" "cat '$ROOT/SHA256SUMS'" >SHA256SUMS
while read -r digest name; do
  $SSH %s "$TARGET" "cat '$ROOT/$name'" </dev/null | tee "$name" | sha256sum | grep -q "^$digest"
done <SHA256SUMS'''
LFTP_BACK = '''lftp --norc -c "set cmd:fail-exit yes; set net:max-retries 1; set sftp:connect-program '$SSH -a -x'; %s
  open sftp://$LOGIN:@127.0.0.1:$PORT; mirror --no-perms --no-umask --parallel=%d --use-pget-n=%d $ROOT ."'''
LFTP_AGAIN = '''lftp --norc -c "set cmd:fail-exit yes; set net:max-retries 50; set net:reconnect-interval-base 1; set net:persist-retries 50;
  set sftp:connect-program '$SSH -a -x'; open sftp://$LOGIN:@127.0.0.1:$PORT; mirror -c %s"'''
LFTP = '''lftp --norc -c "set cmd:fail-exit yes; set net:max-retries 1; set sftp:connect-program '$SSH -a -x'; %s
  open sftp://$LOGIN:@127.0.0.1:$PORT; mirror -R --no-perms --no-umask --parallel=%d . $ROOT"'''
LFTP_TUNED = 'set sftp:max-packets-in-flight 128;'  # larger packets (sftp:size-write) make lftp 4.9.2 hang
COURSE = f'"{sys.executable}" -B "$HERE/course_script.py" 127.0.0.1 $PORT $LOGIN "$KEY" "$HOSTS" . "$ROOT"'
GCM = '-c aes128-gcm@openssh.com'
# The same remote with another name is what encrypts; cryptcheck encrypts again, and compares with hashes made there.
RCLONE_CRYPT = '''export RCLONE_CONFIG=/dev/null RCLONE_CONFIG_SERVER_TYPE=sftp RCLONE_CONFIG_SERVER_HOST=127.0.0.1 RCLONE_CONFIG_SERVER_PORT=$PORT \\
  RCLONE_CONFIG_SERVER_USER=$LOGIN RCLONE_CONFIG_SERVER_KEY_FILE="$KEY" RCLONE_CONFIG_SERVER_KNOWN_HOSTS_FILE="$HOSTS" \\
  RCLONE_CONFIG_SEALED_TYPE=crypt RCLONE_CONFIG_SEALED_REMOTE="server:$ROOT" RCLONE_CONFIG_SEALED_FILENAME_ENCRYPTION=off
export RCLONE_CONFIG_SEALED_PASSWORD=$(rclone obscure measured)
'''
RCLONE_SEALED = RCLONE_CRYPT + 'rclone copy %s . sealed:\nrclone cryptcheck %s . sealed:'
RCLONE_OPENED = RCLONE_CRYPT + 'rclone copy sealed: .'
# Of the encrypted bytes: here on their way, there at the end.
AGE = '''mkfifo "$SCRATCH/way"
find . -type f | sort | while IFS= read -r each; do
  $HASH <"$SCRATCH/way" | cut -c1-64 >>"$SCRATCH/here" &
  age -r "$RECIPIENT" "$each" | tee "$SCRATCH/way" | $SSH %s "$TARGET" "cat >'$ROOT/$each.age'"
  wait $!
done
$SSH "$TARGET" "cd '$ROOT' && find . -type f | sort | xargs -d '\\n' $HASH" | cut -c1-64 >"$SCRATCH/there"
cmp "$SCRATCH/here" "$SCRATCH/there"'''
AGE_OPENED = '''cd "$ROOT"
find . -name '*.age' | while IFS= read -r each; do age -d -i "$IDENTITY" -o "$RESTORED/${each%.age}" "$each"; done'''
RESTIC = '''export RESTIC_PASSWORD=measured RESTIC_REPOSITORY="sftp:$TARGET:$ROOT/repository"
restic() { command restic -q --no-cache -o sftp.command="$SSH $TARGET -s sftp" "$@"; }
'''
RESTIC_INIT = RESTIC + 'restic init'
RESTIC_SEALED = RESTIC + 'restic %s backup .\nrestic %s check --read-data'
RESTIC_OPENED = RESTIC + 'restic restore latest --target .'


@dataclasses.dataclass(frozen=True)
class Peer:
    name: str
    label: str
    family: str
    transfer: str
    hash: str = SHA256SUM
    verify: str = VERIFIED  # around the transfer
    verb: str = 'ship'  # of the workloads that it takes
    compares: bool = False  # transfers only what is not there yet, so it can find nothing to do
    fast_only: bool = False  # the setting makes no difference on a slow link
    small_only: bool = False
    large_only: bool = False
    before: str = ''  # what is not measured, on the empty folder there
    opens: str = ''  # decrypts what it encrypted

    def warm_up(self, server):
        """Nothing to warm up."""

    def takes(self, workload):
        if workload.verb != self.verb or self.small_only and workload.files == 1 or self.large_only and workload.files > 1:
            return False
        if workload.dropbear:
            return self.name == 'sftp'
        if workload.memory:
            return self.name in ('rclone-8', 'rsync')
        return self.compares and not workload.help and workload.files > 1 if workload.shipped else not (self.fast_only and workload.slow)

    def prepare(self, site, workload):
        if workload.shipped and not any(site.root.iterdir()):
            subprocess.run(['cp', '-a', f'{site.source}/.', str(site.root)], check=True)
        if self.before:
            subprocess.run(self.script(site, PLAIN % self.before), capture_output=True, check=True)

    def command(self, site, workload):
        return self.script(site, (PLAIN if workload.shipped else self.verify) % self.transfer, site.dated if workload.restores else site.root)

    def script(self, site, script, root=None):
        server, port = site.server, site.link.port
        options = (f'-F none -i {server.key} -o IdentitiesOnly=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile={server.known_hosts} '
                   f'-o GlobalKnownHostsFile=none -o BatchMode=yes -o LogLevel=ERROR')
        keys = [f'RECIPIENT={sealing.recipient(server)}', f'IDENTITY={sealing.identity(server)}'] if self.opens else []
        return ['env', *keys, f'SOURCE={site.source}', f'RESTORED={site.restored}', f'ROOT={root or site.root}', f'SCRATCH={site.scratch}', f'PORT={port}', f'LOGIN={server.user}',
                f'TARGET={server.user}@127.0.0.1', f'KEY={server.key}', f'HOSTS={server.known_hosts}', f'HASH={self.hash}',
                f'SSH=ssh {options} -p {port}', f'SFTP=sftp {options} -P {port}', f'HERE={Path(__file__).parent}', 'bash', '-c', script]

    def check(self, site, workload):
        """What is wrong with the copies; empty if they are what the source is."""
        if self.opens:
            done = subprocess.run(self.script(site, DECRYPTING % self.opens), capture_output=True, text=True, check=False)
            return done.stderr[-200:] or 'cannot be decrypted' if done.returncode else differences(site.source, site.restored)
        return differences(site.source, site.restored if workload.restores else site.root)


def installed():
    return [peer for peer in all_peers() if available(peer)]


def all_peers():
    found = [
        Peer('tar', 'tar over ssh', 'tar', TAR % '', fast_only=True),
        Peer('tar-gcm', 'tar over ssh, aes128-gcm', 'tar', TAR % GCM),
        Peer('rsync', 'rsync -aW', 'rsync', RSYNC % ('', ''), compares=True, fast_only=True),
        Peer('rsync-gcm', 'rsync -aW --inplace, aes128-gcm', 'rsync', RSYNC % ('--inplace', GCM)),
        Peer('sftp', 'sftp -b', 'sftp', SFTP % '', fast_only=True),
        Peer('sftp-gcm', 'sftp -b, aes128-gcm, 128 requests', 'sftp', SFTP % (GCM + ' -R 128')),
        Peer('rclone-8', 'rclone copy, 8 transfers, tuned', 'rclone', RCLONE % (RCLONE_TUNED % (8, 8))),
        Peer('rclone-4', 'rclone copy, 4 transfers, tuned', 'rclone', RCLONE % (RCLONE_TUNED % (4, 4))),
        Peer('rclone', 'rclone copy, defaults', 'rclone', RCLONE % '', compares=True),
        Peer('lftp-4', 'lftp mirror, 4 connections', 'lftp', LFTP % (LFTP_TUNED, 4)),
        Peer('lftp', 'lftp mirror', 'lftp', LFTP % (LFTP_TUNED, 1)),
        Peer('course', 'course script (paramiko)', 'course', COURSE, verify=PLAIN),
    ]
    if shutil.which('openssl'):
        found.insert(6, Peer('sftp-openssl', 'sftp -b, openssl on both sides', 'sftp-openssl', SFTP % (GCM + ' -R 128'),
                             hash=OPENSSL, fast_only=True))
    return found + restoring() + reading_back() + encrypting() + going_on()


def restoring():
    def peer(name, label, transfer, **more):
        return Peer(name, label, name.partition('-')[0], transfer, **{'verify': RESTORED, **more}, verb='restore')

    def rclone(transfers, streams, more):
        return RCLONE_BACK % (RCLONE_FETCH % (transfers, transfers, streams) + more)

    return [
        peer('tar', 'tar over ssh', TAR_BACK % '', fast_only=True, small_only=True),
        peer('tar-gcm', 'tar over ssh, aes128-gcm', TAR_BACK % GCM, small_only=True),
        peer('rsync', 'rsync -aW', RSYNC_BACK % ('', ''), fast_only=True),
        peer('rsync-gcm', 'rsync -aW --inplace, aes128-gcm', RSYNC_BACK % ('--inplace', GCM)),
        peer('sftp', 'sftp -b', SFTP_BACK % '', fast_only=True),
        peer('sftp-gcm', 'sftp -b, aes128-gcm, 128 requests', SFTP_BACK % (GCM + ' -R 128')),
        peer('rclone-8', 'rclone copy, 8 transfers, 8 streams, tuned', rclone(8, 8, ' --sftp-concurrency 64')),
        peer('rclone-4', 'rclone copy, 4 transfers, 4 streams, tuned', rclone(4, 4, ' --sftp-concurrency 64')),
        peer('rclone-16', 'rclone copy, 16 transfers, 8 streams, concurrency 256, tuned', rclone(16, 8, ' --sftp-concurrency 256')),
        peer('rclone-8-255k', 'rclone copy, 8 transfers, 8 streams, concurrency 64, chunks of 255k, tuned',
             rclone(8, 8, ' --sftp-concurrency 64 --sftp-chunk-size 255k'), large_only=True),
        peer('rclone-4-255k', 'rclone copy, 4 transfers, 4 streams, concurrency 256, chunks of 255k, tuned',
             rclone(4, 4, ' --sftp-concurrency 256 --sftp-chunk-size 255k'), large_only=True),
        peer('rclone', 'rclone copy, defaults', RCLONE_BACK % ''),
        peer('lftp-4', 'lftp mirror, pget, 4 connections', LFTP_BACK % (LFTP_TUNED, 4, 4)),
        peer('lftp-8', 'lftp mirror, pget, 8 connections', LFTP_BACK % (LFTP_TUNED, 8, 8)),
        peer('lftp-16', 'lftp mirror, 16 connections', LFTP_BACK % (LFTP_TUNED, 16, 1), small_only=True),
        peer('cat', 'ssh cat, hashed on its way, aes128-gcm', CAT % (GCM, GCM), verify=RESTORING, hash='on its way', large_only=True),
    ]


def reading_back():
    def peer(name, label, transfer, **more):
        return Peer(name, label, name.partition('-')[0], transfer, **more, verb='readback')

    def rclone(streams):
        tuned = RCLONE_TUNED % (4, 4) + streams
        return RCLONE_CHECKED % (tuned, tuned)

    return [
        peer('rclone-4', 'rclone copy + rclone check --download, concurrency 256, tuned', rclone(''), verify=PLAIN),
        peer('rclone-4-255k', 'rclone copy + rclone check --download, concurrency 256, chunks of 255k, tuned', rclone(' --sftp-chunk-size 255k'),
             verify=PLAIN),
        peer('rclone', 'rclone copy + rclone check --download, defaults', RCLONE_CHECKED % ('', ''), verify=PLAIN),
        peer('sftp-gcm', 'sftp put + get, aes128-gcm, 128 requests', SFTP % (GCM + ' -R 128'), verify=READ_BACK % ('%s', SFTP_BACK % (GCM + ' -R 128'))),
    ]


def encrypting():
    def peer(name, label, transfer, **more):
        return Peer(name, label, name.partition('-')[0], transfer, verify=PLAIN, verb='encrypted', **more)

    def rclone(tuned):
        return RCLONE_SEALED % (tuned, tuned)

    def restic(tuned):
        return RESTIC_SEALED % (tuned, tuned)

    return [
        peer('rclone-4', 'rclone copy to a crypt remote + cryptcheck, concurrency 256', rclone('--sftp-concurrency 256'), opens=RCLONE_OPENED),
        peer('rclone-4-255k', 'rclone copy to a crypt remote + cryptcheck, concurrency 256, chunks of 255k',
             rclone('--sftp-concurrency 256 --sftp-chunk-size 255k'), opens=RCLONE_OPENED),
        peer('rclone', 'rclone copy to a crypt remote + cryptcheck, defaults', rclone(''), opens=RCLONE_OPENED),
        peer('age-gcm', 'age, over ssh with aes128-gcm, hashed on both sides', AGE % GCM, opens=AGE_OPENED),
        peer('age', 'age, over ssh, hashed on both sides', AGE % '', opens=AGE_OPENED),
        peer('restic-tuned', 'restic backup + check --read-data, not compressed, packs of 64 MiB', restic('--compression off --pack-size 64'), before=RESTIC_INIT,
             opens=RESTIC_OPENED),
        peer('restic', 'restic backup + check --read-data, defaults', restic(''), before=RESTIC_INIT, opens=RESTIC_OPENED),
    ]


def going_on():
    """Over a line that is cut: each goes on where it was, if it can."""
    return [Peer(name, label, name, transfer, verify=verify, verb=verb) for name, label, there, back in (
        ('rsync', 'rsync --partial --append-verify, in a loop', RSYNC_AGAIN % GCM, RSYNC_BACK_AGAIN % GCM),
        ('sftp', 'sftp reput or reget, in a loop', SFTP_AGAIN % GCM, SFTP_BACK_AGAIN % GCM),
        ('lftp', 'lftp mirror -c, in a loop', LFTP_AGAIN % '-R --no-perms --no-umask . $ROOT', LFTP_AGAIN % '--no-perms --no-umask $ROOT .'),
        ('rclone', 'rclone copy, in a loop', RCLONE % (RCLONE_TUNED % (4, 4)), RCLONE_BACK % ((RCLONE_TUNED % (4, 4)) + ' --multi-thread-streams 4')),
    ) for verb, verify, transfer in (('cut-ship', CUT_SHIP, there), ('cut-restore', RESTORED, back))]


def available(peer):
    if peer.family == 'course':
        return subprocess.run([sys.executable, '-c', 'import paramiko'], capture_output=True, check=False).returncode == 0
    program = peer.name.partition('-')[0]
    if not shutil.which(program):
        return False
    if program != 'rclone':
        return True
    flags = subprocess.run(['rclone', 'help', 'flags'], capture_output=True, text=True, check=False).stdout
    return all(word in flags for word in peer.transfer.split() if word.startswith(('--sftp-c', '--multi')))
