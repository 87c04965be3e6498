"""An sshd of our own on loopback, with its own keys; counts the logins and the CPU time of its sessions."""

import getpass
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path


PATH = os.environ['PATH'] + ':/usr/sbin:/usr/local/sbin'


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


HASHERS = ('sha256sum', 'openssl', 'shasum', 'sha256', 'gsha256sum')
# What a process and its children read is counted by the kernel.
COUNTING = '''#!/bin/sh
echo "begin $$" >>{log}
{program} "$@"
code=$?
while read -r name size; do [ "$name" != rchar: ] || echo "end $$ $size" >>{log}; done </proc/$$/io
exit $code
'''


class Server:
    def __init__(self, folder, port=0, sftp_only=False, counting=False):
        self.sftp_only, self.counting, self.hash_log = sftp_only, counting, folder / 'hashes'
        self.folder, self.port, self.user = folder, port or free_port(), getpass.getuser()
        self.key, self.known_hosts = folder / 'key', folder / 'known_hosts'
        self.log, self.process = folder / 'log', None

    def __enter__(self):
        self.folder.mkdir(parents=True)
        for name in ('key', 'host'):
            subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', str(self.folder / name)], check=True)
        shutil.copy(self.folder / 'key.pub', self.folder / 'authorized_keys')
        self.process = self.start()
        self.trust(self.port)
        self.wait_for(self.port)
        return self

    def start(self, port=None, prefix=()):
        """Starts an sshd; a second one, in another network namespace, by the prefix."""
        sshd = shutil.which('sshd', path=PATH)
        if not sshd:
            sys.exit('bench/run: needs sshd: install openssh-server')
        if os.getuid() == 0:
            Path('/run/sshd').mkdir(exist_ok=True)
        # A home of its own: what this user's .bashrc costs (pyenv takes 0.3 s) is not what is measured.
        home = self.folder / 'home'
        home.mkdir(exist_ok=True)
        options = [f'Port={port or self.port}', 'ListenAddress=127.0.0.1', f"HostKey={self.folder / 'host'}", 'PidFile=none',
                   f"AuthorizedKeysFile={self.folder / 'authorized_keys'}", 'PasswordAuthentication=no', 'StrictModes=no',
                   'PermitRootLogin=prohibit-password', 'UsePAM=no', 'Subsystem=sftp internal-sftp', 'LogLevel=INFO', 'PrintMotd=no',
                   'MaxStartups=100',
                   f'SetEnv=HOME={home}' + (f' PATH={self.counters()}:{PATH}' if self.counting else ''), 'PermitUserRC=no']
        if self.sftp_only:
            options.append('ForceCommand=internal-sftp')
        return subprocess.Popen([*prefix, sshd, '-D', '-f', '/dev/null', '-E', str(self.log),
                                 *(word for option in options for word in ('-o', option))], stdin=subprocess.DEVNULL)

    def counters(self):
        """A folder of hash commands that count what they read."""
        folder = self.folder / 'counters'
        folder.mkdir(exist_ok=True)
        for name in HASHERS:
            program = shutil.which(name)
            if program:
                (folder / name).write_text(COUNTING.format(log=self.hash_log, program=program))
                (folder / name).chmod(0o755)
        return folder

    def forget_hashes(self):
        self.hash_log.write_text('')

    def hashes(self):
        return self.hash_log.read_text()

    def trust(self, port):
        host = ' '.join((self.folder / 'host.pub').read_text().split()[:2])
        with self.known_hosts.open('a') as file:
            file.write(f'[127.0.0.1]:{port} {host}\n')

    def wait_for(self, port):
        for _ in range(100):
            try:
                with socket.create_connection(('127.0.0.1', port), 1):
                    return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError('sshd did not start: ' + self.log.read_text()[-500:])

    def logins(self):
        return len(re.findall(r'^Accepted ', self.log.read_text(errors='replace'), re.M))

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


class Dropbear(Server):
    """Dropbear with its defaults. It takes the keys of a user's home, so it has a passwd of its own, in a mount namespace."""

    @staticmethod
    def missing():
        """Why it cannot be started here; empty if it can."""
        if os.getuid() != 0:
            return 'needs root, for a home of its own'
        programs = [program for program in ('dropbear', 'dropbearconvert', 'unshare') if not shutil.which(program, path=PATH)]
        return f"{' and '.join(programs)} not installed" if programs else ''

    def start(self, port=None, prefix=()):
        keys = self.folder / 'home/.ssh'
        keys.mkdir(parents=True)
        shutil.copy(self.folder / 'authorized_keys', keys)
        for folder in (keys.parent, keys):
            folder.chmod(0o700)
        passwd = self.folder / 'passwd'
        passwd.write_text(''.join(self.at_home(line, keys.parent) for line in Path('/etc/passwd').read_text().splitlines(True)))
        subprocess.run([shutil.which('dropbearconvert', path=PATH), 'openssh', 'dropbear', str(self.folder / 'host'), str(self.folder / 'dropbear')],
                       check=True, capture_output=True)
        mount = f'mount --bind {passwd} /etc/passwd && exec "$@"'
        with self.log.open('wb') as log:
            return subprocess.Popen(['unshare', '-m', 'sh', '-c', mount, 'sh', shutil.which('dropbear', path=PATH), '-F', '-E', '-p',
                                     f'127.0.0.1:{self.port}', '-P', str(self.folder / 'pid'), '-r', str(self.folder / 'dropbear')],
                                    stdin=subprocess.DEVNULL, stderr=log)

    def at_home(self, line, home):
        fields = line.split(':')
        return ':'.join([*fields[:5], str(home), *fields[6:]]) if fields[0] == self.user else line

    def logins(self):
        return len(re.findall(r'Pubkey auth succeeded', self.log.read_text(errors='replace')))


def sessions_ended(pid, patience=10):
    """Waits until the sshd has no sessions any more; false when some stay."""
    children = Path(f'/proc/{pid}/task/{pid}/children')
    end = time.monotonic() + patience
    while children.read_text().strip():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def cpu_of_sessions(pid):
    """CPU seconds of the sessions that ended, with all that ran in them."""
    fields = Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf('SC_CLK_TCK')
