"""One workload: every tool in turn, round by round, so that what else this machine does falls on all of them alike."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import workloads
from figures import fastest, is_offsite
from server import cpu_of_sessions, sessions_ended
from statistics import median
from tools import Site

TOO_SLOW = 3.0  # times the fastest peer: not run again
LIKE = 1.1  # times the best setting of the same tool: not run again
KEPT = 64 << 20  # bytes that a run leaves there until the end of its workload, at most
PATIENCE = 15.0  # times the fastest, and the seconds given: stopped


def run(workload, known, link, rounds, work, patience):
    folder = work / workload.name
    workloads.make(workload, folder / 'source')
    records = {tool.name: {'name': tool.name, 'label': tool.label, 'family': tool.family, 'hash': tool.hash, 'failed': '', 'note': '',
                           'newest': getattr(tool, 'newest', False), 'samples': []} for tool in known if tool.takes(workload)}
    active = [tool for tool in known if tool.takes(workload)]
    for number in range(rounds):
        turn = number % len(active) if active else 0
        for tool in active[turn:] + active[:turn]:
            walls = [s['wall'] for r in records.values() for s in r['samples']]
            sample = once(tool, workload, link, folder, max(patience, PATIENCE * min(walls)) if walls else 900)
            record = records[tool.name]
            if sample.pop('late') and walls:
                record['failed'] = f"stopped after {sample['wall']:.0f} s, {sample['wall'] / min(walls):.0f} times the fastest"
            elif sample['failed']:
                record['failed'] = sample['failed']
            else:
                record['samples'].append(sample)
            print(f"{workload.name} {number + 1}/{rounds} {tool.name}: {record['failed'] or format(sample['wall'], '.2f') + ' s'}",
                  file=sys.stderr, flush=True)
        active = [tool for tool in active if not records[tool.name]['failed']]
        if number == 0 and rounds > 1:
            drop_slow(list(records.values()))
            active = [tool for tool in active if not records[tool.name]['note']]
    shutil.rmtree(folder)
    return {'name': workload.name, 'title': workload.title, 'tools': list(records.values())}


def drop_slow(records):
    """Notes on those that are not run again: hopelessly slow ones, and settings of a tool that are not its best.

    Offsite stays, of both builds, and so does rclone at its best, which the goals speak of.
    """
    first = fastest(records)
    if not first:
        return
    walls = {r['name']: median(s['wall'] for s in r['samples']) for r in records if r['samples']}
    best = {}
    for record in records:
        if record['name'] in walls:
            best[record['family']] = min(walls[record['name']], best.get(record['family'], float('inf')))
    for record in records:
        wall, of_family = walls.get(record['name']), best.get(record['family'])
        if wall is None or is_offsite(record):
            continue
        times = wall / walls[first['name']]
        if times > TOO_SLOW and not (record['family'] == 'rclone' and wall == of_family):
            record['note'] = f'1 round only: {times:.1f} times the fastest'
        elif wall > LIKE * of_family:
            record['note'] = '1 round only: another setting is better'


def once(tool, workload, link, folder, timeout):
    """One run: measured, and then checked, outside of what is measured."""
    own = folder / (tool.family if workload.shipped else 'run')
    site = Site(folder / 'source', own / 'root', own / 'scratch', link)
    site.root.mkdir(parents=True, exist_ok=True)
    site.scratch.mkdir(exist_ok=True)
    tool.prepare(site, workload)
    os.sync()
    logins, server_cpu = link.server.logins(), cpu_of_sessions(link.sshd.pid)
    sample = launched([*link.prefix, *tool.command(site, workload)], site, timeout)
    ended = sessions_ended(link.sshd.pid)
    sample['server_cpu'] = cpu_of_sessions(link.sshd.pid) - server_cpu if ended else None
    sample['logins'] = link.server.logins() - logins
    if sample['exit']:
        sample['failed'] = f"exit code {sample['exit']}: " + (last_line(site.scratch / 'err') or last_line(site.scratch / 'out'))
    else:
        sample['failed'] = tool.check(site, workload)
    # Results tell nothing of whose machine this is.
    sample['failed'] = sample['failed'].replace(str(folder.parent), '…').replace(link.server.user + '@', '…@')
    if not workload.shipped:
        take_away(own, workload)
    return sample


def take_away(own, workload):
    """Small files stay until the workload is done: ext4 does not give the numbers of files removed just now to new ones, and
    looks for others one by one, which would cost the next tool more than all else it does."""
    if workload.files * workload.size <= KEPT:
        own.rename(own.with_name(f'done-{sum(1 for _ in own.parent.iterdir())}'))
    else:
        shutil.rmtree(own)


def launched(command, site, timeout):
    result = site.scratch / 'measured'
    measure = [sys.executable, '-B', str(Path(__file__).with_name('measure.py')), str(result), str(timeout), *command]
    with (site.scratch / 'out').open('wb') as out, (site.scratch / 'err').open('wb') as err:
        process = subprocess.Popen(measure, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        try:
            process.wait()
        finally:
            process.terminate()  # nothing, unless we were interrupted
            process.wait()
    return json.loads(result.read_text())


def last_line(file):
    lines = file.read_text(errors='replace').strip().splitlines()
    return lines[-1][:200] if lines else ''
