"""One workload: every tool in turn, round by round, so that what else this machine does falls on all of them alike."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import cut
import workloads
from figures import fastest, is_offsite
from launch import complaint, launched
from links import Direct
from server import cpu_of_sessions, sessions_ended
from statistics import median
from tools import Site, ship_before

TOO_SLOW = 3.0  # times the fastest peer: not run again
LIKE = 1.1  # times the best setting of the same tool: not run again
KEPT = 64 << 20  # bytes that a run leaves there until the end of its workload, at most
PATIENCE = 15.0  # times the fastest, and the seconds given: stopped
FIRST = 15  # times the seconds given: the first of all is stopped


def run(workload, known, link, rounds, work, patience):
    folder, rounds = work / workload.name, 1 if workload.once else rounds
    workloads.make(workload, folder / 'source')
    with tempfile.TemporaryDirectory(prefix='offsite-bench.', dir=workloads.MEMORY if workload.tmpfs else folder) as there:
        records = turns(workload, known, link, rounds, folder, Path(there), patience)
    shutil.rmtree(folder)
    return {'name': workload.name, 'title': workload.title, 'verb': workload.verb, 'tools': records}


def turns(workload, known, link, rounds, folder, there, patience):
    if workload.restores:
        before = Site(folder / 'source', there / 'before/root', folder / 'before', Direct(link.server))
        before.root.mkdir(parents=True)
        before.scratch.mkdir()
        ship_before([tool for tool in known if tool.takes(workload)], workload, before)
    records = {tool.name: {'name': tool.name, 'label': tool.label, 'family': tool.family, 'hash': tool.hash, 'failed': '', 'note': '',
                           'newest': getattr(tool, 'newest', False), 'samples': []} for tool in known if tool.takes(workload)}
    active = [tool for tool in known if tool.takes(workload)]
    for number in range(rounds):
        turn = number % len(active) if active else 0
        for tool in active[turn:] + active[:turn]:
            walls = [s['wall'] for r in records.values() for s in r['samples']]
            sample = once(tool, workload, link, folder, there, max(patience, PATIENCE * min(walls)) if walls else FIRST * patience)
            record = records[tool.name]
            if sample.pop('late') and walls and not workload.cut:
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
    return list(records.values())


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


def once(tool, workload, link, folder, there, timeout):
    """One run: measured, and then checked, outside of what is measured."""
    name = tool.family if workload.shipped else 'run'
    own, copies = folder / name, there / name
    site = Site(folder / 'source', there / 'before/root' if workload.restores else copies / 'root', own / 'scratch', link, own / 'restored')
    for each in (site.root, site.scratch, site.restored):
        each.mkdir(parents=True, exist_ok=True)
    tool.prepare(site, workload)
    os.sync()
    logins, server_cpu = link.server.logins(), cpu_of_sessions(link.sshd.pid)
    command = [*link.prefix, *tool.command(site, workload)]
    sample = cut.played(command, workload, site, timeout) if workload.cut else launched(command, site, timeout)
    ended = sessions_ended(link.sshd.pid)
    sample['server_cpu'] = cpu_of_sessions(link.sshd.pid) - server_cpu if ended else None
    sample['logins'] = link.server.logins() - logins
    if sample['exit']:
        sample['failed'] = cut.given_up(sample) if workload.cut else f"exit code {sample['exit']}"
        sample['failed'] += ': ' + complaint(site)
    else:
        sample['failed'] = tool.check(site, workload)
    # Results tell nothing of whose machine this is.
    sample['failed'] = sample['failed'].replace(str(folder.parent), '…').replace(link.server.user + '@', '…@')
    if not workload.shipped:
        for each in (own, copies):
            take_away(each, workload)
    return sample


def take_away(own, workload):
    """Small files stay until the workload is done: ext4 does not give the numbers of files removed just now to new ones, and
    looks for others one by one, which would cost the next tool more than all else it does."""
    if not own.exists():
        return
    if workload.files * workload.size <= KEPT:
        own.rename(own.with_name(f'done-{sum(1 for _ in own.parent.iterdir())}'))
    else:
        shutil.rmtree(own)
