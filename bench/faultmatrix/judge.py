"""What lies where, read without the product: by hashlib, and by `sha256sum -c` in each dated folder."""

import dataclasses
import hashlib
import os
import re
import subprocess

HIDDEN = '.offsite'
MANIFEST = 'SHA256SUMS'
FILLER = '.filler'  # what fills a small disk
DATED = re.compile(r'\d{8}')


def sha(data):
    return hashlib.sha256(data).hexdigest()


def files(folder):
    """Hash by relative path of all files; hidden parts of an upload are none."""
    found = {}
    for base, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != FILLER]
        for name in names:
            if not name.startswith(HIDDEN):
                path = os.path.join(base, name)
                with open(path, 'rb') as file:
                    found[os.path.relpath(path, folder)] = hashlib.file_digest(file, 'sha256').hexdigest()
    return found


def listed(manifest):
    """Hash by path, in GNU's format with its escapes; what is no such line is left to sha256sum."""
    found = {}
    for line in manifest.read_bytes().split(b'\n'):
        match = re.fullmatch(rb'(\\?)([0-9a-fA-F]{64}) [ *](.+)', line, re.S)
        if match:
            name = match[3]
            if match[1]:
                name = re.sub(rb'\\([\\nr])', lambda m: {b'\\': b'\\', b'n': b'\n', b'r': b'\r'}[m[1]], name)
            found[os.fsdecode(name)] = match[2].decode().lower()
    return found


@dataclasses.dataclass
class Dated:
    folder: object
    there: dict  # hash by path of all files but the manifest
    listed: dict  # hash by path, as SHA256SUMS says
    manifest: bool
    complaint: str  # of sha256sum

    def good(self):
        """Copies that anyone can restore: there, listed, and as listed."""
        return {path: digest for path, digest in self.listed.items() if self.there.get(path) == digest}


def dated(folder):
    there = files(folder)
    has = there.pop(MANIFEST, None) is not None
    complaint = ''
    if has and (folder / MANIFEST).stat().st_size:
        done = subprocess.run(['sha256sum', '-c', '--strict', '--quiet', MANIFEST], cwd=folder, capture_output=True, check=False,
                              env={'PATH': os.environ['PATH'], 'LC_ALL': 'C'})
        if done.returncode:
            complaint = os.fsdecode(done.stdout + done.stderr).strip().replace('\n', ' | ')[:300]
    return Dated(folder, there, listed(folder / MANIFEST) if has else {}, has, complaint)


def all_dated(root):
    """The dated folders by name."""
    if not root.is_dir():
        return {}
    return {entry.name: dated(root / entry.name) for entry in sorted(os.scandir(root), key=lambda e: e.name)
            if entry.is_dir(follow_symlinks=False) and DATED.fullmatch(entry.name)}


def make_dated(root, name, contents, write):
    """A dated folder as a stranger would make it."""
    lines = []
    for path, data in contents.items():
        write(root / name, path, data)
        raw = os.fsencode(path)
        escaped = raw.replace(b'\\', b'\\\\').replace(b'\n', b'\\n')
        lines.append((b'\\' if escaped != raw and b'\n' in raw else b'') + sha(data).encode() + b'  ' + (escaped if b'\n' in raw else raw) + b'\n')
    (root / name / MANIFEST).write_bytes(b''.join(lines))
