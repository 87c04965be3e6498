"""A stand-in for the product: it copies within this machine, and lies in the way that its first argument says.

    python3 standin.py MODE -c CONFIG VERB …
"""

import datetime
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from judge import MANIFEST, all_dated, dated, files, sha

HIDDEN = '.offsite-{}.part'


def copy(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(HIDDEN.format(sha(os.fsencode(target.name))[:32]))
    part.write_bytes(source.read_bytes())
    part.rename(target)


def write_manifest(folder, digests):
    lines = b''
    for path, digest in sorted(digests.items()):
        raw = os.fsencode(path)
        lines += (b'\\' if b'\n' in raw else b'') + digest.encode() + b'  ' + (raw.replace(b'\\', b'\\\\').replace(b'\n', b'\\n') if b'\n' in raw else raw) + b'\n'
    part = folder / HIDDEN.format('0' * 32)
    part.write_bytes(lines)
    part.rename(folder / MANIFEST)


def ship(mode, job):
    source, root = Path(job['source']), Path(job['root'])
    folder = root / datetime.date.today().strftime('%Y%m%d')
    folder.mkdir(parents=True, exist_ok=True)
    code = 0
    for number, path in enumerate(sorted(files(source))):
        if mode in ('lose', 'silent', 'dumb') and number == 0:
            if mode == 'lose':
                (source / path).unlink()
            if mode == 'dumb':
                code = 1  # and no line
            continue
        copy(source / path, folder / path)
        if mode == 'wrong' and number == 0:
            (folder / path).write_bytes(b'other bytes')
        write_manifest(folder, dated(folder).listed | {path: sha((folder / path).read_bytes())})
        if job.get('after') == 'delete':
            (source / path).unlink()
        if job.get('after') == 'move':
            (Path(job['move-to']) / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.move(source / path, Path(job['move-to']) / path)
    return code


def remember(state, root, newest=False):
    """What was ever listed, by folder."""
    file = state / 'known'
    known = json.loads(file.read_text()) if file.exists() else {}
    for name, folder in all_dated(root).items():
        known[name] = known.get(name, {}) | folder.listed if newest else folder.listed | known.get(name, {})
    file.with_suffix('.part').write_text(json.dumps(known))
    file.with_suffix('.part').rename(file)
    return known


def scrub(job, state):
    bad = 0
    source, root = Path(job['source']), Path(job['root'])
    here = files(source)
    for name, digests in remember(state, root).items():
        good = dated(root / name).good() if (root / name).is_dir() else {}
        for path, digest in digests.items():
            if good.get(path) != digest:
                bad += 1
                if here.get(path) == digest:
                    copy(source / path, root / name / path)
                else:
                    print(f'db: {name}/{path!r} cannot be restored')
        (root / name).mkdir(exist_ok=True)
        write_manifest(root / name, digests)
    if bad:
        print(f'db: {bad} damaged')
    return 1 if bad else 0


def unrestorable(job, state):
    here = files(Path(job['source']))
    for name, digests in remember(state, Path(job['root'])).items():
        good = dated(Path(job['root']) / name).good()
        for path, digest in digests.items():
            if good.get(path) != digest and here.get(path) != digest and job.get('after') not in ('delete', 'move'):
                print(f'db: {name}/{path!r} is damaged')
                return 1
    return 0


def prune(job, undo):
    root = Path(job['root'])
    trash = root / '.trash'
    trash.mkdir(exist_ok=True)
    if undo:
        for entry in trash.iterdir():
            entry.rename(root / entry.name)
        return 0
    for name in sorted(all_dated(root))[:-int(job['keep'])]:
        (root / name).rename(trash / name)
    return 0


def tree(source, target, overwrite):
    code = 0
    for path, digest in files(source).items():
        if path == MANIFEST:
            continue
        to = target / path
        if to.exists() and sha(to.read_bytes()) != digest and not overwrite:
            print(f'{path!r} is there and differs')
            code = 1
        else:
            copy(source / path, to)
    return code


def main(mode, config, verb, *words):
    settings = dict(line.split('=', 1) for line in Path(config).read_text().splitlines())
    job = {match[1]: value for key, value in settings.items() if (match := re.fullmatch(r'camel\.routeTemplate\[db\]\.(.+)', key))}
    if verb not in ('get', 'put', 'restore'):
        state = Path(settings['offsite.state'])
        state.mkdir(exist_ok=True)
        lock = (state / 'lock').open('w')
        if mode == 'lock' and verb == 'ship':
            subprocess.Popen([sys.executable, '-c', f'import fcntl, time; f = open({str(state / "lock")!r}, "r+"); fcntl.lockf(f, fcntl.LOCK_EX); print(1, flush=True); time.sleep(20)'],
                             stdout=subprocess.PIPE, start_new_session=True).stdout.readline()
            return 0
        fcntl.lockf(lock, fcntl.LOCK_EX)
    if mode == 'hang':
        time.sleep(600)
    if mode == 'deny' and verb == 'scrub':
        return 0
    if verb == 'ship':
        code = ship(mode, job)
        remember(state, Path(job['root']), newest=True)
        return code or unrestorable(job, state)
    if verb == 'scrub':
        return scrub(job, state)
    if verb == 'prune':
        return prune(job, '--undo' in words)
    overwrite = '--overwrite' in words
    plain = [word for word in words if word != '--overwrite']
    source, target = (Path(job['root']) / plain[1], Path(plain[3])) if verb == 'restore' else map(Path, plain)
    code = tree(source, target, overwrite)
    if mode == 'spoil':
        next(file for file in target.rglob('*') if file.is_file()).write_bytes(b'spoilt')
    return code


if __name__ == '__main__':
    mode, _, config, verb, *words = sys.argv[1:]
    sys.exit(main(mode, config, verb, *words))
