"""All that is measured and installed here."""

import dataclasses
import subprocess
from pathlib import Path

import offsite
import peers
from compare import differences


@dataclasses.dataclass(frozen=True)
class Site:
    """One run's places: what is shipped, where to, where it is restored to, a folder for the tool's own files, and the way."""

    source: Path
    root: Path
    scratch: Path
    link: object
    restored: Path = None

    @property
    def server(self):
        return self.link.server

    @property
    def dated(self):
        """The folder there whose files are restored."""
        return max(self.root.glob('[0-9]*'))


def ship_before(known, workload, site):
    """Ships, outside of what is measured, what is restored then: by Offsite, or, where it is not measured, by hand."""
    shipper = next((tool for tool in known if tool.family == 'offsite'), None)
    if shipper:
        config = shipper.configure(site, workload)
        done = subprocess.run(shipper.argv(config, 'ship'), capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError('cannot ship what is to be restored: ' + done.stderr[-300:])
    else:
        folder = site.root / '20260131'
        subprocess.run(['cp', '-a', str(site.source), str(folder)], check=True)
        subprocess.run('find . -type f ! -name SHA256SUMS -printf "%P\\0" | xargs -0 sha256sum >SHA256SUMS', shell=True, cwd=folder, check=True)
    subprocess.run(['sha256sum', '-c', '--quiet', '--strict', 'SHA256SUMS'], cwd=site.dated, check=True)
    wrong = differences(site.source, site.dated)
    if wrong:
        raise RuntimeError('what is to be restored was not shipped: ' + wrong)


def installed(distribution, before, work, wanted):
    """The build before, if there is one, and the tools whose name begins with one of the wanted, comma-separated names; all, if there is none. Fast ones first."""
    names = tuple(filter(None, wanted.split(',')))
    every = offsite.variants(distribution, work) if not names or any(n.startswith('offsite') for n in names) else []
    if before:
        every = offsite.before(before, work) + every
    return [tool for tool in every + peers.installed() if not names or tool.name.startswith(('before', *names))]
