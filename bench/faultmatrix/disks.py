"""Small file systems that can be full, and one whose power can be cut. They need root."""

import contextlib
import os
import shutil
import subprocess
import time
from pathlib import Path

from judge import FILLER


def why_not():
    """Why there are no such disks here; empty if there are."""
    if os.getuid() != 0:
        return 'needs root'
    if os.environ.get('OFFSITE_FAULTS_MOUNTS') != 'private':
        return 'needs a mount namespace (unshare --mount)'
    return ''


def why_no_loop(work):
    reason = why_not()
    if reason:
        return reason
    probe = work / 'probe'
    probe.mkdir()
    try:
        disk = Powered(probe / 'disk', 8)
        disk.unmount()
    except (OSError, subprocess.SubprocessError) as e:
        return f'no loop-mounted ext4 here: {getattr(e, "stderr", None) or e}'.strip().replace('\n', ' ')
    finally:
        shutil.rmtree(probe, ignore_errors=True)
    return ''


def call(*words):
    subprocess.run(words, check=True, capture_output=True, text=True)


class Small:
    """A tmpfs that can be filled, by bytes or by inodes."""

    def __init__(self, folder, mebibytes):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        call('mount', '-t', 'tmpfs', '-o', f'size={mebibytes}m,nr_inodes=400,mode=755', 'tmpfs', str(folder))
        self.filler = folder / FILLER

    def fill(self, leave=0, inodes=False):
        self.filler.mkdir(exist_ok=True)
        with contextlib.suppress(OSError):
            if inodes:
                for number in range(1000):
                    (self.filler / str(number)).touch()
            free = os.statvfs(self.folder)
            size = free.f_bavail * free.f_frsize - leave
            if size > 0:
                with (self.filler / 'bytes').open('wb') as file:
                    os.posix_fallocate(file.fileno(), 0, size)

    def free(self):
        shutil.rmtree(self.filler, ignore_errors=True)

    def unmount(self):
        unmount(self.folder)


class Powered:
    """An ext4 in a file. When its power is cut, only what was flushed is there: what the image has at that moment."""

    def __init__(self, folder, mebibytes):
        self.folder, self.image = folder, folder.with_suffix('.image')
        folder.mkdir(parents=True, exist_ok=True)
        with self.image.open('wb') as file:
            file.truncate(mebibytes << 20)
        call('mkfs.ext4', '-q', '-F', '-E', 'lazy_itable_init=0', str(self.image))
        call('mount', '-o', 'loop', str(self.image), str(folder))
        self.cuts = 0

    def flush(self):
        call('sync', '-f', str(self.folder))

    def snapshot(self):
        """The image as it is at one moment: copied until two copies agree."""
        self.cuts += 1
        last = None
        for attempt in range(20):
            copy = self.image.with_suffix(f'.{self.cuts}-{attempt % 2}')
            call('cp', '--sparse=always', str(self.image), str(copy))
            if last and subprocess.run(['cmp', '-s', str(last), str(copy)], check=False).returncode == 0:
                last.unlink()
                return copy
            last = copy
        return last

    def power_up(self, snapshot):
        """Mounts what was left, in the place of what was there."""
        unmount(self.folder)
        self.image.unlink()
        self.image = snapshot
        call('mount', '-o', 'loop', str(self.image), str(self.folder))

    def unmount(self):
        unmount(self.folder)
        self.image.unlink(missing_ok=True)


def unmount(folder):
    for _ in range(100):
        if subprocess.run(['umount', str(folder)], capture_output=True, check=False).returncode == 0:
            return
        time.sleep(0.05)
    subprocess.run(['umount', '-l', str(folder)], capture_output=True, check=False)


def is_mount(folder):
    return os.path.ismount(Path(folder))
