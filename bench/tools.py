"""All that is measured and installed here."""

import dataclasses
from pathlib import Path

import offsite
import peers


@dataclasses.dataclass(frozen=True)
class Site:
    """One run's places: what is shipped, where to, a folder for the tool's own files, and the way."""

    source: Path
    root: Path
    scratch: Path
    link: object

    @property
    def server(self):
        return self.link.server


def installed(distribution, before, work, wanted):
    """The build before, if there is one, and the tools whose name begins with one of the wanted, comma-separated names; all, if there is none. Fast ones first."""
    names = tuple(filter(None, wanted.split(',')))
    every = offsite.variants(distribution, work) if not names or any(n.startswith('offsite') for n in names) else []
    if before:
        every = offsite.before(before, work) + every
    return [tool for tool in every + peers.installed() if not names or tool.name.startswith(('before', *names))]
