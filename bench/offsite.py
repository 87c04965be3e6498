"""Offsite as a user runs it: its distribution, a configuration file, one `ship` or `restore`."""

import dataclasses
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import sealing
from compare import differences

KEY = 'offsite.verify.command'
ENCRYPT = 'offsite.encrypt-to'
ENCRYPTED = 'encrypted'  # instead of a hash command: that which it chooses


@dataclasses.dataclass
class Offsite:
    home: Path
    java_home: str
    java: str  # its version
    hash: str  # of verify.command; auto, for its default; or encrypted, which is auto with encrypt-to
    name: str = ''
    label: str = ''
    family: str = 'offsite'
    newest: bool = False
    parallel: int = 0
    archived: bool = False  # its start has an archive of classes

    def __post_init__(self):
        major = self.java.split('.')[0]
        self.name = f'{self.family}-{major}' + ('' if self.hash == 'auto' else '-' + self.hash)
        self.label = ('Offsite' if self.family == 'offsite' else 'The build before') + f', Java {major}' + ('' if self.hash == 'auto' else ', ' + self.hash)

    def takes(self, workload):
        if self.hash == ENCRYPTED:
            return workload.verb == ENCRYPTED
        # Elsewhere the hash command makes no difference.
        return self.hash == 'auto' or workload.verb == 'ship' and not (workload.shipped or workload.slow or workload.dropbear or workload.memory)

    def argv(self, config, *words, cds='on'):
        return ['env', '-u', 'OFFSITE_JAVA_OPTS', f'JAVA_HOME={self.java_home}', f'OFFSITE_CDS={cds}', str(self.home / 'bin/offsite'),
                '-c', str(config), *words]

    def configure(self, site, workload=None):
        config = site.scratch / 'application.properties'
        lines = {'offsite.host': '127.0.0.1', 'offsite.port': site.link.port, 'offsite.user': site.server.user,
                 'offsite.key': site.server.key, 'offsite.known-hosts': site.server.known_hosts, 'offsite.state': 'state',
                 'camel.routeTemplate[db].templateId': 'ship', 'camel.routeTemplate[db].source': site.source,
                 'camel.routeTemplate[db].root': site.root}
        if self.hash == ENCRYPTED:
            lines[ENCRYPT] = sealing.recipient(site.server)
        elif self.hash != 'auto':
            lines[KEY] = self.hash
        if workload and workload.verb == 'readback':
            lines['offsite.verify'] = 'readback'
        config.write_text(''.join(f'{key}={value}\n' for key, value in lines.items()))
        return config

    def warm_up(self, server):
        """Ships one file, so that this Java's archive of classes is there; finds out how many connections it uses."""
        from links import Direct
        from tools import Site
        folder = server.folder / self.name
        site = Site(folder / 'source', folder / 'root', folder, Direct(server))
        site.source.mkdir(parents=True)
        site.root.mkdir()
        file = site.source / 'a'
        file.write_bytes(b'a')
        os.utime(file, (time.time() - 3600,) * 2)
        config = self.configure(site)
        done = subprocess.run(self.argv(config, 'ship', cds='wait'), capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit('bench/run: Offsite does not run: ' + done.stderr[-500:])
        kind = 'aot' if int(self.java.split('.')[0]) >= 25 else 'jsa'
        # The launcher leaves an empty one where it could not make one.
        self.archived = any(file.stat().st_size for file in (self.home / 'lib/cds').glob('*.' + kind))
        if not self.archived:
            print(f'bench/run: {self.label} has no archive of classes: each of its starts is slow', file=sys.stderr)
        shown = subprocess.run(self.argv(config, 'config'), capture_output=True, text=True, check=False).stdout
        self.parallel = int(next(iter(re.findall(r'\.parallel=(\d+)', shown)), 0))

    def prepare(self, site, workload):
        config = self.configure(site, workload)
        if workload.shipped and not (site.scratch / 'state').exists():
            subprocess.run(self.argv(config, 'ship'), capture_output=True, check=True)

    def command(self, site, workload):
        words = ['--help'] if workload.help else ['restore', 'db', '--to', str(site.restored)] if workload.restores else ['ship']
        return self.argv(site.scratch / 'application.properties', *words)

    def check(self, site, workload):
        """What is wrong with the copies; empty if the manifests hold and list all files, or if what was restored is what the source is."""
        if workload.restores:
            return differences(site.source, site.restored)
        listed = 0
        for manifest in site.root.glob('*/SHA256SUMS'):
            listed += len(manifest.read_text().splitlines())
            if not workload.shipped:
                done = subprocess.run(['sha256sum', '-c', '--quiet', '--strict', manifest.name], cwd=manifest.parent,
                                      capture_output=True, text=True, check=False)
                if done.returncode:
                    return 'SHA256SUMS does not hold: ' + done.stdout[:200]
        if self.hash == ENCRYPTED:
            # And the one that says what is inside.
            return self.opened(site) or ('' if listed == workload.files + 1 else f'SHA256SUMS lists {listed} files, not {workload.files} and one')
        return '' if listed == workload.files else f'SHA256SUMS lists {listed} of {workload.files} files'

    @staticmethod
    def opened(site):
        """What is wrong with what the copies have inside; empty if age's own command gives what the source is."""
        wrong = sealing.opened(site.server, site.dated, site.restored)
        for part in site.restored.glob('SHA256SUMS.*'):
            part.unlink()
        return wrong or differences(site.source, site.restored)


def javas():
    """Home folder by version of all Javas from 17 on, the newest first."""
    found = {}
    path = shutil.which('java')
    homes = [os.environ.get('JAVA_HOME', ''), str(Path(path).resolve().parents[1]) if path else '', *map(str, Path('/usr/lib/jvm').glob('*'))]
    for home in homes:
        release = Path(home or '/nowhere') / 'release'
        version = re.search(r'^JAVA_VERSION="([^"]+)"', release.read_text(), re.M) if release.is_file() else None
        if version and os.access(Path(home) / 'bin/java', os.X_OK) and int(version[1].split('.')[0]) >= 17:
            found.setdefault(version[1], home)
    return sorted(found.items(), key=lambda one: [int(n) for n in re.findall(r'\d+', one[0])], reverse=True)


def before(distribution, work):
    """The build before, on the newest Java; with the hash command that it chooses, since older builds have another key for it."""
    version, java_home = found()[0]
    return [Offsite(copied(distribution, work / 'before'), java_home, version, 'auto', family='before', newest=True)]


def copied(distribution, home):
    """A copy: nobody builds it anew under us, and it is as installed, without anybody's archive of classes."""
    if not (distribution / 'bin/offsite').is_file():
        sys.exit(f'bench/run: no distribution in {distribution}: run mvn -q -DskipTests package first, or say --offsite or --before DIR')
    shutil.copytree(distribution, home, symlinks=True, ignore=shutil.ignore_patterns('cds'))
    return home


def found():
    return javas() or sys.exit('bench/run: needs Java 17 or newer')


def variants(distribution, work):
    """On the newest Java and on Java 17; by the hash command that Offsite chooses, and by sha256sum; and with encryption."""
    home = copied(distribution, work / 'offsite')
    newest, *others = found()
    chosen = [newest, *(one for one in others if one[0].startswith('17'))][:2]
    hashes = ['auto', 'sha256sum'] if knows(KEY, 'sha256sum', home, chosen[0][1], work) else ['auto']
    if not sealing.missing() and knows(ENCRYPT, '', home, chosen[0][1], work):
        hashes.append(ENCRYPTED)
    return [Offsite(home, java_home, version, hash, newest=version == newest[0]) for version, java_home in chosen for hash in hashes]


def knows(key, value, home, java_home, work):
    """Whether this build has that setting."""
    config = work / 'probe.properties'
    config.write_text(f'{key}={value}\n')
    done = subprocess.run(Offsite(home, java_home, '17', 'auto').argv(config, 'config', cds='off'), capture_output=True, text=True, check=False)
    return f'{key}: there is no such key' not in done.stderr
