"""The tools people use today, at their best: each transfers, while the files are hashed here; then one command hashes all on the server.

Each is a bash script; what it finds in its environment is in Peer.command. Host keys are strict in all of them.
"""

import dataclasses
import shutil
import subprocess
import sys
from pathlib import Path

SHA256SUM, OPENSSL = 'sha256sum', 'openssl dgst -sha256 -r'

VERIFIED = '''
set -eu -o pipefail
cd "$SOURCE"
{ find . -type f -print0 | xargs -0 $HASH; } >"$SCRATCH/here" &
%s
$SSH "$TARGET" "cd '$ROOT' && find . -type f -print0 | xargs -0 $HASH" >"$SCRATCH/there"
wait $!
sort -o "$SCRATCH/here" "$SCRATCH/here"
sort -o "$SCRATCH/there" "$SCRATCH/there"
cmp "$SCRATCH/here" "$SCRATCH/there"
'''
PLAIN = 'set -eu -o pipefail; cd "$SOURCE"\n%s'

RCLONE = '''rclone copy --config /dev/null --sftp-host 127.0.0.1 --sftp-port $PORT --sftp-user $LOGIN --sftp-key-file "$KEY" \\
  --sftp-known-hosts-file "$HOSTS" %s . ":sftp:$ROOT"'''
RCLONE_TUNED = '--transfers %d --checkers %d --sftp-concurrency 256 --sftp-disable-hashcheck --sftp-set-modtime=false'
SFTP = 'echo "put -r . $ROOT" | $SFTP %s -b - "$TARGET"'
RSYNC = 'rsync -aW %s -e "$SSH %s" ./ "$TARGET:$ROOT/"'
TAR = 'tar -cf - . | $SSH %s "$TARGET" "tar -xf - -C \'$ROOT\'"'
LFTP = '''lftp --norc -c "set cmd:fail-exit yes; set net:max-retries 1; set sftp:connect-program '$SSH -a -x'; %s
  open sftp://$LOGIN:@127.0.0.1:$PORT; mirror -R --no-perms --no-umask --parallel=%d . $ROOT"'''
LFTP_TUNED = 'set sftp:max-packets-in-flight 128;'  # larger packets (sftp:size-write) make lftp 4.9.2 hang
COURSE = f'"{sys.executable}" -B "$HERE/course_script.py" 127.0.0.1 $PORT $LOGIN "$KEY" "$HOSTS" . "$ROOT"'
GCM = '-c aes128-gcm@openssh.com'


@dataclasses.dataclass(frozen=True)
class Peer:
    name: str
    label: str
    family: str
    transfer: str
    hash: str = SHA256SUM
    verify: str = VERIFIED  # around the transfer
    compares: bool = False  # transfers only what is not there yet, so it can find nothing to do
    fast_only: bool = False  # the setting makes no difference on a slow link

    def warm_up(self, server):
        """Nothing to warm up."""

    def takes(self, workload):
        if workload.dropbear:
            return self.name == 'sftp'
        return self.compares and not workload.help and workload.files > 1 if workload.shipped else not (self.fast_only and workload.slow)

    def prepare(self, site, workload):
        if workload.shipped and not any(site.root.iterdir()):
            subprocess.run(['cp', '-a', f'{site.source}/.', str(site.root)], check=True)

    def command(self, site, workload):
        server, port = site.server, site.link.port
        options = (f'-F none -i {server.key} -o IdentitiesOnly=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile={server.known_hosts} '
                   f'-o GlobalKnownHostsFile=none -o BatchMode=yes -o LogLevel=ERROR')
        script = (PLAIN if workload.shipped else self.verify) % self.transfer
        return ['env', f'SOURCE={site.source}', f'ROOT={site.root}', f'SCRATCH={site.scratch}', f'PORT={port}', f'LOGIN={server.user}',
                f'TARGET={server.user}@127.0.0.1', f'KEY={server.key}', f'HOSTS={server.known_hosts}', f'HASH={self.hash}',
                f'SSH=ssh {options} -p {port}', f'SFTP=sftp {options} -P {port}', f'HERE={Path(__file__).parent}', 'bash', '-c', script]

    def check(self, site, workload):
        """What is wrong with the copies; empty if they are what the source is."""
        return subprocess.run(['diff', '-rq', str(site.source), str(site.root)], capture_output=True, text=True, check=False).stdout[:200]


def installed():
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
    return [peer for peer in found if available(peer)]


def available(peer):
    if peer.family == 'course':
        return subprocess.run([sys.executable, '-c', 'import paramiko'], capture_output=True, check=False).returncode == 0
    program = peer.name.partition('-')[0]
    if not shutil.which(program):
        return False
    if program != 'rclone':
        return True
    flags = subprocess.run(['rclone', 'help', 'flags'], capture_output=True, text=True, check=False).stdout
    return all(word in flags for word in peer.transfer.split() if word.startswith('--sftp-conc'))
