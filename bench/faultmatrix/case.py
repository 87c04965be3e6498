"""One case: a small site of its own, the product in it, and what was found."""

import contextlib
import fcntl
import itertools
import json
import os
import random
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

SIZES = ('empty', 'small', '8KiB', 'medium', '1MiB')
NAMES = ('dump.sql.gz', 'wiki/pages {}.tar', "it's $HOME `x`.db", 'ümlaut {}.tar', 'new\nline {}', '-rf {}', 'back\\slash {}', 'deep/er/file {}', 'app-{}.dump', 'log {}')
BIG = (64 << 20) + 4321  # just large enough to be sent in segments
TRACE = re.compile(r'^\s+at [\w.$/]+\(|^Exception in thread|^Caused by: ', re.M)
LOUD = ('lost', 'wrong', 'silent', 'hung', 'other')


class Run:
    def __init__(self, words, number):
        self.words, self.number, self.code, self.seconds, self.late, self.struck, self.deaf = words, number, None, 0.0, False, False, False
        self.out = self.err = ''

    def __str__(self):
        how = ' (struck)' if self.struck else ''
        return f'run {self.number}: {" ".join(self.words)}: exit {self.code} after {self.seconds:.1f} s{how}'

    @property
    def text(self):
        return self.out + self.err


def own_folder(work, name):
    """With --times, a case runs beside itself, and what failed is kept: so each time has a folder of its own."""
    for number in itertools.count(1):
        folder = work / (name if number == 1 else f'{name}.{number}')
        with contextlib.suppress(FileExistsError):
            folder.mkdir(parents=True)
            return folder


class Case:
    def __init__(self, bench, fault, verb, index):
        self.bench, self.fault, self.verb, self.index = bench, fault, verb, index
        self.seed = f'{bench.seed}:{fault}:{verb}:{index}'
        self.rng = random.Random(self.seed)
        self.folder = own_folder(bench.work, f'{fault}-{verb}-{index}')
        self.source, self.moved, self.there = self.folder / 'source', self.folder / 'moved', self.folder / 'there'
        self.state, self.out = self.folder / 'state', self.folder / 'out'
        self.root = self.there / 'root'
        for folder in (self.source, self.there):
            folder.mkdir(parents=True)
        self.gate = bench.gate()
        self.limit, self.runs, self.story, self.findings, self.disks, self.strikes = bench.limit, [], [], [], [], 0
        self.clock = time.time() - 86400
        self.settings = {}

    # what the product is told

    def configure(self, **settings):
        self.settings.update(settings)
        server = self.bench.server
        known = self.folder / 'known_hosts'
        key = ' '.join((server.folder / 'host.pub').read_text().split()[:2])
        known.write_text(f'[127.0.0.1]:{self.gate.port} {key}\n')
        lines = {'offsite.host': '127.0.0.1', 'offsite.port': self.gate.port, 'offsite.user': server.user, 'offsite.key': server.key,
                 'offsite.known-hosts': known, 'offsite.state': self.state}
        job = {'templateId': 'ship', 'source': self.source, 'root': self.root, 'ready': '1s', 'plausible': '0', **self.settings}
        lines.update({f'camel.routeTemplate[db].{key}': value for key, value in job.items()})
        (self.folder / 'application.properties').write_text(''.join(f'{key}={value}\n' for key, value in lines.items()))

    # files

    def content(self, size=None):
        size = size or self.rng.choice(SIZES)
        if size == 'big':
            block = self.rng.randbytes(1 << 20)
            return b''.join(number.to_bytes(4, 'big') + block[4:] for number in range(BIG >> 20)) + block[:BIG & 0xfffff]
        return self.rng.randbytes({'empty': 0, 'small': self.rng.randint(1, 300), '8KiB': 8192, 'medium': self.rng.randint(10_000, 300_000),
                                   '1MiB': 1 << 20}[size])

    def name(self, number):
        return self.rng.choice(NAMES[1:]).format(number) if number else NAMES[0]

    def write(self, folder, path, data):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        self.clock += 7
        os.utime(file, (self.clock, self.clock))

    # runs

    def start(self, words):
        run = Run(words, len(self.runs) + 1)
        self.runs.append(run)
        files = [(self.folder / f'run-{run.number}.{end}').open('wb') for end in ('out', 'err')]
        run.begun = time.monotonic()
        run.process = subprocess.Popen(self.bench.argv(self.folder / 'application.properties', words), stdin=subprocess.DEVNULL, cwd=self.folder,
                                       stdout=files[0], stderr=files[1], start_new_session=True)
        for file in files:
            file.close()
        return run

    def finish(self, run):
        try:
            run.process.wait(max(0.1, run.begun + self.limit - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.stop(run)
        run.code, run.seconds = run.process.returncode, time.monotonic() - run.begun
        self.gate.settle(self.bench.server.process.pid)
        run.out, run.err = ((self.folder / f'run-{run.number}.{end}').read_text(errors='replace') for end in ('out', 'err'))
        self.story.append(str(run))
        self.check(run)
        return run

    def run(self, words):
        self.gate.arm(None)
        return self.finish(self.start(words))

    def stop(self, run):
        run.late = True
        run.process.send_signal(signal.SIGQUIT)  # Java prints what all threads do
        time.sleep(1)
        run.process.terminate()
        try:
            run.process.wait(20)
        except subprocess.TimeoutExpired:
            run.deaf = True
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.process.pid, signal.SIGKILL)
        run.process.wait()

    def check(self, run):
        """What any run must keep to, whatever it was to do."""
        if run.late:
            self.found('hung', f'{run}: not over after {self.limit} s' + (', and ignores SIGTERM' if run.deaf else ''))
        elif not run.struck or run.code >= 0:
            if run.code not in (0, 1, 2, 3):
                self.found('other', f'{run}: no such exit code here')
            elif run.code and not run.text.strip():
                self.found('silent', f'{run}: no line says why')
        if TRACE.search(run.text):
            self.found('other', f'{run}: prints a stack trace: {TRACE.search(run.text).string.strip().splitlines()[0][:200]}')
        if not self.lock_is_free():
            self.found('hung', f'{run}: the state is still locked')

    def lock_is_free(self):
        try:
            with (self.state / 'lock').open('r+b') as file:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            return True
        except BlockingIOError:
            return False
        except OSError as e:
            self.story.append(f'lock: {e}')
        return True

    def found(self, kind, text):
        if (kind, text) not in self.findings:
            self.findings.append((kind, text))
            self.story.append(f'*** {kind}: {text}')

    def note(self, text):
        self.story.append(text)

    # the end

    def close(self):
        self.gate.heal()
        self.gate.settle(self.bench.server.process.pid, 5)
        self.gate.close()
        keep = bool(self.findings) or self.bench.keep
        if keep:
            (self.folder / 'case.json').write_text(json.dumps({'seed': self.seed, 'findings': self.findings, 'story': self.story}, indent=1))
        for disk in reversed(self.disks):
            kept = disk.folder.with_name(disk.folder.name + '.kept')
            if keep:
                shutil.copytree(disk.folder, kept, symlinks=True, ignore=shutil.ignore_patterns('.filler', 'lost+found'))
            disk.unmount()
            if keep and not any(disk.folder.iterdir()):
                disk.folder.rmdir()
                kept.rename(disk.folder)
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)
