"""A transfer over a line that is cut again and again, by a client that is killed three times and started again until it is done."""

import time

import launch
from statistics import median

KILLS = (0.2, 0.5, 0.8)  # of the bytes of the file: when the client is killed
MOST_RUNS = 40
MOST_SENT = 3.0  # times the file: then it is given up
LARGE = 1 << 20  # a command that read less hashed no part of the file to speak of
REST = 0.2  # seconds until the next run, as a person or a script would let pass


def played(command, workload, site, timeout):
    """One sample: what all runs of the command together took and sent."""
    gate, runs, running, kills = site.link.gate, [], [], []
    site.server.forget_hashes()
    gate.begin(workload.every)

    def kill():
        kills.append(len(runs))
        running[0].terminate()

    for share in KILLS:
        gate.at(int(share * workload.size), kill)
    end = time.monotonic() + timeout
    while True:
        running[:] = [launch.start(command, site, max(1.0, end - time.monotonic()))]
        runs.append(launch.finish(running[0], site))
        sent = sum(gate.carried.values())
        if not runs[-1]['exit'] or runs[-1]['late'] or len(runs) >= MOST_RUNS or sent > MOST_SENT * workload.size:
            break
        gate.settle(site.server.process.pid)
        time.sleep(REST)
    main, other = ('down', 'up') if workload.restores else ('up', 'down')
    carried, cuts = dict(gate.carried), gate.cuts
    gate.begin()
    hashes, hashed = counted(site.server.hashes())
    return {'wall': sum(run['wall'] for run in runs), 'cpu': sum(run['cpu'] for run in runs), 'peak': max(run['peak'] for run in runs),
            'exit': runs[-1]['exit'], 'late': runs[-1]['late'], 'runs': len(runs), 'cuts': cuts, 'kills': len(kills), 'size': workload.size,
            'sent': carried[main], 'back': carried[other], 'hashes': hashes, 'hashed': hashed}


def counted(log):
    """How many of the server's hash commands read a part of the file, and how many bytes they read; from lines of "begin PID", and "end PID BYTES"."""
    begun, count, total = set(), 0, 0
    for word, pid, *size in (line.split() for line in log.splitlines()):
        if word == 'begin':
            begun.add(pid)
        else:
            begun.discard(pid)
            count += int(size[0]) >= LARGE
            total += int(size[0])
    return count + len(begun), total  # what never ended was stopped while it read


def given_up(sample):
    return (f"{'stopped' if sample['late'] else 'given up'} after {sample['wall']:.0f} s, {sample['runs']} runs, {sample['cuts']} cuts and {sample['kills']} kills, when {sample['sent'] / sample['size']:.1f} times "
            f"the file was sent; exit code {sample['exit']}")


def again(sample):
    """Which share of the file was sent again, in percent; what SSH adds to each byte is part of it."""
    return 100 * (sample['sent'] - sample['size']) / sample['size']


def spare_hashes(sample):
    """How many hashes there were more than one of the whole and one for each time that it was struck."""
    return sample['hashes'] - 1 - sample['cuts'] - sample['kills']


def summary(tool):
    """Medians of a tool's samples; None without any."""
    samples = tool['samples']
    if not samples:
        return None
    names = ('wall', 'cpu', 'runs', 'cuts', 'kills', 'sent', 'back', 'hashes', 'hashed')
    middle = {name: median(s[name] for s in samples) for name in names}
    return middle | {'again': median(map(again, samples)), 'spare': max(map(spare_hashes, samples)), 'peak': max(s['peak'] for s in samples)}
