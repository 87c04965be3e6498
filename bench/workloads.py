"""What is shipped: how many files, how large, in how many folders, over which link."""

import dataclasses
import os
import time

USUAL = ['1x1GiB', '20x50MiB', '2000x8KiB', 'nothing', 'large50ms', '200x8KiB', 'dropbear']
NAMES = [*USUAL, '8x32MiB', 'start', 'help']
KIB, MIB = 1 << 10, 1 << 20


@dataclasses.dataclass(frozen=True)
class Workload:
    name: str
    title: str
    files: int
    size: int
    folders: int
    slow: bool = False
    shipped: bool = False  # all is there already: what is measured is finding that out
    help: bool = False  # `--help` alone: what is measured is the start
    dropbear: bool = False  # to a server whose channels take 24 KiB at a time


def all_of(quick):
    sizes = {
        '1x1GiB': (1, 1024 * MIB, 1), '20x50MiB': (20, 50 * MIB, 1), '2000x8KiB': (2000, 8 * KIB, 50),
        'nothing': (20000, 256, 200), 'large50ms': (1, 256 * MIB, 1), '200x8KiB': (200, 8 * KIB, 10), '8x32MiB': (8, 32 * MIB, 1),
        'dropbear': (1, 256 * MIB, 1), 'start': (1, 256, 1), 'help': (1, 256, 1)}
    if quick:
        sizes = {
            '1x1GiB': (1, 48 * MIB, 1), '20x50MiB': (20, 2 * MIB, 1), '2000x8KiB': (100, 8 * KIB, 5),
            'nothing': (1000, 256, 10), 'large50ms': (1, 16 * MIB, 1), '200x8KiB': (12, 8 * KIB, 2), '8x32MiB': (8, 2 * MIB, 1),
            'dropbear': (1, 16 * MIB, 1), 'start': (1, 256, 1), 'help': (1, 256, 1)}
    slow = {'large50ms', '200x8KiB', '8x32MiB'}
    shipped = {'nothing', 'start', 'help'}
    return [Workload(name, 'The start: offsite --help' if name == 'help' else title(*sizes[name], name in slow, name in shipped)
                     + (', to Dropbear' if name == 'dropbear' else ''),
                     *sizes[name], name in slow, name in shipped, name == 'help', name == 'dropbear') for name in NAMES]


def title(files, size, folders, slow, shipped):
    amount = f'{size >> 30} GiB' if size >= 1 << 30 else f'{size >> 20} MiB' if size >= MIB else f'{size >> 10} KiB'
    what = f'Nothing to do: {files:,} {"file" if files == 1 else "files"} shipped before' if shipped else f'{files:,} × {amount}'
    return what + (f' in {folders} folders' if folders > 1 else '') + (', 50 ms round trip' if slow else ', loopback')


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
