"""What this machine is, without anything that tells whose it is."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path


def machine(known, work):
    cpu = re.search(r'^model name\s*:\s*(.+)$', Path('/proc/cpuinfo').read_text(), re.M)
    memory = re.search(r'^MemTotal:\s*(\d+)', Path('/proc/meminfo').read_text(), re.M)
    system = re.search(r'^PRETTY_NAME="?([^"\n]+)', Path('/etc/os-release').read_text(), re.M)
    rows = {
        'Processor': f"{cpu[1] if cpu else os.uname().machine}, {os.cpu_count()} cores, {int(memory[1]) / 2**20:.0f} GiB",
        'System': f'{system[1] if system else os.uname().sysname}, Linux {os.uname().release}',
        'Data, copies and what is restored': first_line('findmnt', '-n', '-o', 'FSTYPE', '-T', str(work)),
        'OpenSSH': first_line('ssh', '-V'), 'sha256sum': first_line('sha256sum', '--version'), 'openssl': first_line('openssl', 'version')}
    ours = [tool for tool in known if tool.family == 'offsite']
    if ours:
        rows['Offsite'] = first_line('env', 'OFFSITE_CDS=off', f'JAVA_HOME={ours[0].java_home}', str(ours[0].home / 'bin/offsite'), '--version') + commit()
        rows['No archive of classes, so slow to start'] = ', '.join(tool.label for tool in ours if not tool.archived)
        rows['Java'] = ', '.join(dict.fromkeys(tool.java for tool in ours))
    families = {tool.family for tool in known}
    for program in ('rclone', 'rsync', 'lftp', 'tar'):
        if program in families:
            rows[program] = first_line(program, '--version')
    for program, word in (('age', '--version'), ('restic', 'version')):
        if program in families:
            rows[program] = first_line(program, word)
    if 'course' in families:
        rows['paramiko'] = first_line(sys.executable, '-c', 'import paramiko; print(paramiko.__version__)')
    return {name: value for name, value in rows.items() if value}


def first_line(*command):
    if not shutil.which(command[0]):
        return ''
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return ' '.join((done.stdout or done.stderr).strip().split('\n')[0].partition(' | Copyright')[0].replace('|', '').split())


def commit():
    """The commit this benchmark is of, which says what was measured if the distribution was built from it."""
    done = subprocess.run(['git', '-C', str(Path(__file__).parent), 'describe', '--always', '--dirty'], capture_output=True, text=True,
                          check=False)
    return f', commit {done.stdout.strip()}' if done.returncode == 0 else ''
