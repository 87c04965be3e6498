"""Starts measure.py on a command, and reads what it wrote."""

import json
import subprocess
import sys
from pathlib import Path


def launched(command, site, timeout):
    """What one run of the command took."""
    process = start(command, site, timeout)
    return finish(process, site)


def start(command, site, timeout):
    (site.scratch / 'measured').unlink(missing_ok=True)
    measure = [sys.executable, '-B', str(Path(__file__).with_name('measure.py')), str(site.scratch / 'measured'), str(timeout), *command]
    with (site.scratch / 'out').open('wb') as out, (site.scratch / 'err').open('wb') as err:
        return subprocess.Popen(measure, stdin=subprocess.DEVNULL, stdout=out, stderr=err)


def finish(process, site):
    try:
        process.wait()
    finally:
        process.terminate()  # nothing, unless we were interrupted
        process.wait()
    try:
        return json.loads((site.scratch / 'measured').read_text())
    except FileNotFoundError:  # killed before it began
        return {'wall': 0.0, 'cpu': 0.0, 'peak': 0, 'exit': -9, 'late': False}


def complaint(site):
    return last_line(site.scratch / 'err') or last_line(site.scratch / 'out')


def last_line(file):
    lines = file.read_text(errors='replace').strip().splitlines()
    return lines[-1][:200] if lines else ''
