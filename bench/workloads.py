"""What is shipped or restored: how many files, how large, in how many folders, over which link."""

import dataclasses
import os
import shutil
import subprocess
import time

import sealing

KIB, MIB, GIB, MB = 1 << 10, 1 << 20, 1 << 30, 1000 * 1000
MEMORY = '/dev/shm'
SPARE = 1 << 30  # bytes of disk beside the data


@dataclasses.dataclass(frozen=True)
class Workload:
    name: str
    files: int
    size: int
    folders: int
    verb: str = 'ship'  # or restore, readback, encrypted, cut-ship, cut-restore
    slow: bool = False
    shipped: bool = False  # all is there already: what is measured is finding that out
    help: bool = False  # `--help` alone: what is measured is the start
    dropbear: bool = False  # a server whose channels take 24 KiB at a time
    tmpfs: bool = False  # the server's folder is in memory, where flushing costs nothing
    once: bool = False  # one round: what is measured is no time
    memory: bool = False  # what is measured is memory: few peers
    every: int = 0  # bytes after which the link is cut, each time

    @property
    def restores(self):
        return self.verb in ('restore', 'cut-restore')

    @property
    def cut(self):
        return self.every > 0

    @property
    def title(self):
        if self.help:
            return 'The start: offsite --help'
        amount = f'{self.size >> 30} GiB' if self.size >= GIB else f'{self.size >> 20} MiB' if self.size >= MIB else \
            f'{self.size >> 10} KiB' if self.size >= KIB else f'{self.size} bytes'
        count = f'{self.files:,} {"file" if self.files == 1 else "files"}'
        what = f'Nothing to do: {count} shipped before' if self.shipped else f'{self.files:,} × {amount}'
        words = {'ship': '', 'restore': 'Restore ', 'readback': 'Ship and read back ', 'encrypted': 'Encrypt and ship ', 'cut-ship': 'Ship over a bad line ', 'cut-restore': 'Restore over a bad line '}
        link = f', cut every {self.every // MB} MB, the client killed three times' if self.cut else \
            ', 50 ms round trip' if self.slow else ', loopback'
        return (words[self.verb] + what + (f' in {self.folders} folders' if self.folders > 1 else '') + link
                + (', to Dropbear' if self.dropbear and not self.restores else ', from Dropbear' if self.dropbear else '')
                + (', an SFTP-only server' if self.verb == 'readback' else '') + (', to a folder in memory' if self.tmpfs else ''))


ALL = (
    Workload('1x1GiB', 1, GIB, 1),
    Workload('20x50MiB', 20, 50 * MIB, 1),
    Workload('2000x8KiB', 2000, 8 * KIB, 50),
    Workload('2000x8KiB-tmpfs', 2000, 8 * KIB, 50, tmpfs=True),
    Workload('nothing', 20000, 256, 200, shipped=True),
    Workload('large50ms', 1, 256 * MIB, 1, slow=True),
    Workload('200x8KiB', 200, 8 * KIB, 10, slow=True),
    Workload('dropbear', 1, 256 * MIB, 1, dropbear=True),
    Workload('restore-1x1GiB', 1, GIB, 1, 'restore'),
    Workload('restore-2000x8KiB', 2000, 8 * KIB, 50, 'restore'),
    Workload('restore-large50ms', 1, 256 * MIB, 1, 'restore', slow=True),
    Workload('restore-200x8KiB', 200, 8 * KIB, 10, 'restore', slow=True),
    Workload('restore-dropbear', 1, 256 * MIB, 1, 'restore', dropbear=True),
    Workload('readback', 1, GIB, 1, 'readback', slow=True),
    Workload('encrypted-1x1GiB', 1, GIB, 1, 'encrypted'),
    Workload('cut-ship', 1, 4 * GIB, 1, 'cut-ship', every=300 * MB, once=True),
    Workload('cut-restore', 1, 4 * GIB, 1, 'cut-restore', every=300 * MB, once=True),
    Workload('8x32MiB', 8, 32 * MIB, 1, slow=True),
    Workload('8GiB-ship', 1, 8 * GIB, 1, once=True, memory=True),
    Workload('8GiB-restore', 1, 8 * GIB, 1, 'restore', once=True, memory=True),
    Workload('100000files-ship', 100_000, 256, 200, once=True, memory=True),
    Workload('100000files-restore', 100_000, 256, 200, 'restore', once=True, memory=True),
    Workload('start', 1, 256, 1, shipped=True),
    Workload('help', 1, 256, 1, shipped=True, help=True),
)
QUICK = {
    '1x1GiB': (1, 48 * MIB, 1), '20x50MiB': (20, 2 * MIB, 1), '2000x8KiB': (100, 8 * KIB, 5), 'nothing': (1000, 256, 10),
    'large50ms': (1, 16 * MIB, 1), '200x8KiB': (12, 8 * KIB, 2), '8x32MiB': (8, 2 * MIB, 1), 'dropbear': (1, 16 * MIB, 1),
    'readback': (1, 24 * MIB, 1), 'encrypted-1x1GiB': (1, 48 * MIB, 1), 'cut-ship': (1, 64 * MIB, 1), 'cut-restore': (1, 64 * MIB, 1), '8GiB-ship': (1, 96 * MIB, 1),
    '8GiB-restore': (1, 96 * MIB, 1), '100000files-ship': (1000, 256, 10), '100000files-restore': (1000, 256, 10)}
QUICK_EVERY = 12 * MB
NAMES = [workload.name for workload in ALL]
GROUPS = {group: [name for name in NAMES if name.startswith(group + '-')] for group in ('restore', 'encrypted', 'cut', '8GiB', '100000files')}
ASKED = {'8x32MiB', 'start', 'help', *GROUPS['8GiB'], *GROUPS['100000files']}  # only when named
USUAL = [name for name in NAMES if name not in ASKED]


def chosen(only):
    """The names of the workloads that a comma-separated list means; a group's name means all of the group, and nothing the usual ones."""
    names = [name for word in filter(None, only.split(',')) for name in GROUPS.get(word, [word])]
    unknown = sorted(set(names) - set(NAMES))
    if unknown:
        raise ValueError('no such workload: ' + ', '.join(unknown))
    return names or USUAL


def all_of(quick, cut_size=0):
    """All workloads; with quick, small ones; the cut file of another size, if one is given."""
    made = []
    for workload in ALL:
        if quick:
            files, size, folders = QUICK.get(workload.name) or QUICK.get(workload.name.removeprefix('restore-').removesuffix('-tmpfs')) or (
                workload.files, workload.size, workload.folders)
            workload = dataclasses.replace(workload, files=files, size=size, folders=folders, every=workload.every and QUICK_EVERY)
        if workload.cut and cut_size:
            workload = dataclasses.replace(workload, size=cut_size)
        made.append(workload)
    return made


def space(workload):
    """Bytes of disk that it needs: the source, the copy, and what is restored or read back."""
    return workload.files * max(workload.size, 4 * KIB) * (2 if workload.verb in ('ship', 'cut-ship') else 3) + SPARE


def missing(workload):
    """Why it cannot be measured here; empty if it can."""
    if workload.verb == 'encrypted':
        return sealing.missing()
    if not workload.tmpfs:
        return ''
    kind = subprocess.run(['stat', '-f', '-c', '%T', MEMORY], capture_output=True, text=True, check=False).stdout.strip()
    if kind != 'tmpfs':
        return f'{MEMORY} is not in memory'
    # A run leaves its copies there until the workload is done.
    return '' if shutil.disk_usage(MEMORY).free > SPARE else f'{MEMORY} is full'


def make(workload, folder):
    """Writes incompressible files, an hour old, and leaves them in the page cache."""
    old = time.time() - 3600
    for number in range(workload.files):
        parent = folder / f'folder-{number % workload.folders:03d}' if workload.folders > 1 else folder
        parent.mkdir(parents=True, exist_ok=True)
        file = parent / f'backup-{number:05d}.dump'
        with file.open('wb') as out:
            for start in range(0, workload.size, 8 * MIB):
                out.write(os.urandom(min(8 * MIB, workload.size - start)))
        os.utime(file, (old, old))
    for parent, _, names in os.walk(folder, topdown=False):
        for name in names:
            with open(os.path.join(parent, name), 'rb') as file:
                while file.read(8 * MIB):
                    pass
        os.utime(parent, (old, old))
