"""What is to be reached, and whether it was. Pure."""

import cut
import workloads
from figures import fastest, is_offsite, ours, ratio, summary

MB = 1e6


def goals(results):
    """Lines of goal, figure and verdict (yes, no, or not measured)."""
    by_name = {w['name']: w['tools'] for w in results['workloads']}
    rows = []
    for name in ('1x1GiB', '20x50MiB'):
        rows += large(name, by_name.get(name, []))
    rows += small(by_name.get('2000x8KiB', []), results['parallel'])
    rows += slow(by_name.get('large50ms', []), by_name.get('200x8KiB', []))
    rows += nothing(by_name.get('nothing', []))
    for name in ('dropbear', 'restore-dropbear'):
        tools = by_name.get(name, [])
        rows.append(row(f'{name}: ≤ 2 of sftp', ratio(best_of_ours(tools), fastest(tools)), 2, ' of sftp'))
    rows += flushed(by_name.get('2000x8KiB-tmpfs', []))
    rows += restored(by_name)
    rows.append(read_back(by_name.get('readback', [])))
    rows += encrypted('encrypted-1x1GiB', by_name.get('encrypted-1x1GiB', []), 0 if results['quick'] else workloads.GIB)
    for name in ('cut-ship', 'cut-restore'):
        rows += struck(name, by_name.get(name, []))
    rows += no_worse(by_name, results.get('earlier'))
    rows += memory(results['workloads'])
    return rows


def row(goal, value, limit, more='', strict=False, unit='{:.2f}'):
    if value is None:
        return goal, 'not measured', '–'
    met = value < limit if strict else value <= limit
    return goal, unit.format(value) + more, 'yes' if met else 'no'


def beside(words, value):
    return '' if value is None else f' ({words} {value:.2f})'


def large(name, tools):
    peer, seventeen = fastest(tools), ours(tools, False, 'sha256sum')
    openssl = fastest(tools, lambda t: not is_offsite(t) and t['hash'] != 'sha256sum')
    auto = ours(tools, True, 'auto')
    if auto is ours(tools, True, 'sha256sum'):
        auto = None
    return [
        row(f'{name}: ≤ 0.95 of the fastest peer, both hashing by sha256sum, newest Java', ratio(ours(tools, True, 'sha256sum'), peer), 0.95,
            beside('Java 17:', ratio(seventeen, peer))),
        row(f'{name}: ≤ 0.65 of the fastest peer with the hash command that Offsite chooses, newest Java', ratio(auto, peer), 0.65,
            beside('against sftp with openssl on both sides:', ratio(auto, openssl))),
    ]


def rclone(tools):
    return fastest(tools, lambda t: t['family'] == 'rclone')


def small(tools, parallel):
    mine = best_of_ours(tools)
    logins = summary(mine)['logins'] if mine and mine['samples'] else None
    limit = 2 * (parallel or 0) + 5
    return [
        row('2000x8KiB: faster than rclone at its best', ratio(mine, rclone(tools)), 1, ' of rclone', strict=True),
        row('2000x8KiB: the ratio to rsync is reported', ratio(mine, rsync(tools)), float('inf'),
            ' of rsync'),
        row(f'2000x8KiB: logins ≤ 2 × parallel ({parallel}) + 5', logins, limit, unit='{:d}'),
    ]


def best_of_ours(tools):
    """As people run it: on the newest Java, with the hash command that Offsite chooses."""
    return ours(tools, True, 'auto') or ours(tools, True, 'sha256sum')


def slow(large_tools, small_tools):
    mine, peer = best_of_ours(large_tools), fastest(large_tools)
    return [
        row('large50ms: ≤ 0.6 of the fastest peer (in segments)', ratio(mine, peer), 0.6),
        row('large50ms: ≤ 0.95 of the fastest peer (without segments)', ratio(mine, peer), 0.95),
        row('200x8KiB at 50 ms: ≤ 0.5 of rclone at its best', ratio(best_of_ours(small_tools), rclone(small_tools)), 0.5, ' of rclone'),
    ]


def nothing(tools):
    mine = best_of_ours(tools)
    copy = next((t for t in tools if t['name'] == 'rclone'), None)
    return [
        row('nothing: under 1.5 of rclone copy', ratio(mine, copy), 1.5, ' of rclone' + beside('Java 17:', ratio(ours(tools, False, 'auto'), copy)),
            strict=True),
        row('nothing: no login', summary(mine)['logins'] if mine and mine['samples'] else None, 0, unit='{:d}'),
    ]


def flushed(tools):
    mine, seventeen = best_of_ours(tools), ours(tools, False, 'auto')
    return [
        row('2000x8KiB-tmpfs: ≤ 0.85 of rclone at its best, newest Java', ratio(mine, rclone(tools)), 0.85, ' of rclone'),
        row('2000x8KiB-tmpfs: ≤ 0.85 of rclone at its best, Java 17', ratio(seventeen, rclone(tools)), 0.85, ' of rclone'),
        row('2000x8KiB-tmpfs: under 1.5 of rsync, newest Java', ratio(mine, rsync(tools)), 1.5, ' of rsync', strict=True),
    ]


def rsync(tools):
    return fastest(tools, lambda t: t['family'] == 'rsync')


def restored(by_name):
    def of(name, other, limit, words, more=''):
        tools = by_name.get(name, [])
        seventeen = ratio(ours(tools, False, 'auto'), other(tools))
        return row(f'{name}: ≤ {limit} of {words}', ratio(best_of_ours(tools), other(tools)), limit, more + beside('Java 17:', seventeen))

    return [
        of('restore-large50ms', fastest, 0.6, 'the fastest peer'),
        of('restore-200x8KiB', rclone, 0.3, 'rclone at its best', ' of rclone'),
        of('restore-200x8KiB', rsync, 2, 'rsync', ' of rsync'),
        of('restore-2000x8KiB', rclone, 0.9, 'rclone at its best', ' of rclone'),
        of('restore-1x1GiB', fastest, 0.65, 'the fastest peer'),
    ]


def read_back(tools):
    return row('readback: ≤ 0.6 of rclone copy and rclone check --download', ratio(best_of_ours(tools), rclone(tools)), 0.6, ' of rclone')


def encrypted(name, tools, size):
    """Offsite with encryption, beside itself without, and beside others that encrypt; size in bytes."""
    newest, seventeen = ours(tools, True, 'encrypted'), ours(tools, False, 'encrypted')
    plain = {True: ours(tools, True, 'auto'), False: ours(tools, False, 'auto')}
    figures = summary(seventeen) if seventeen else None
    more = [(summary(with_)['peak'] - summary(without)['peak']) / MB for with_, without in ((newest, plain[True]), (seventeen, plain[False]))
            if with_ and without and with_['samples'] and without['samples']]
    return [
        row(f'{name}: ≤ 1.15 of Offsite without encryption, newest Java', ratio(newest, plain[True]), 1.15,
            beside('Java 17:', ratio(seventeen, plain[False]))),
        row(f'{name}: ≤ 0.8 of the fastest peer that encrypts and compares, newest Java', ratio(newest, fastest(tools)), 0.8,
            beside('Java 17:', ratio(seventeen, fastest(tools)))),
        at_least(f'{name}: ≥ 80 MB/s on Java 17', size / MB / figures['wall'] if size and figures else None, 80, ' MB/s'),
        row(f'{name}: peak memory ≤ 30 MB more than without encryption, both Javas', max(more, default=None), 30, ' MB more', unit='{:.0f}'),
    ]


def at_least(goal, value, limit, more=''):
    if value is None:
        return goal, 'not measured', '–'
    return goal, f'{value:.0f}{more}', 'yes' if value >= limit else 'no'


def struck(name, tools):
    """Of all our runs, those on Java 17 as well: the one that was worst."""
    figures = [s for s in (cut.summary(t) for t in tools if t['family'] == 'offsite') if s]
    failed = next((t['failed'] for t in tools if t['family'] == 'offsite' and t['failed']), '')
    goals_of = (f'{name}: at most 1 % sent again, and verified', f'{name}: one hash of the prefix per cut or kill, and one of the whole')
    if failed:
        return [(goal, failed, 'no') for goal in goals_of]
    worst = max((s['again'] for s in figures), default=None)
    spare = max((s['spare'] for s in figures), default=None)
    return [row(goals_of[0], worst, 1, ' %'), row(goals_of[1], spare, 0, ' too many' if spare and spare > 0 else ' beside those', unit='{:d}')]


EARLIER = '2026-11-27'  # the results that later ones are compared with
NOISE = 1.05  # what a ratio changes by from one day to the next


def no_worse(by_name, earlier):
    """Ratios to the fastest peer beside those of earlier results."""
    rows = []
    for name, before in (earlier['ratios'] if earlier else {}).items():
        tools = by_name.get(name, [])
        rows.append(row(f"{name}: no worse than on {earlier['day']} ({before:.2f} of the fastest peer, and {NOISE - 1:.0%} for noise)",
                        ratio(best_of_ours(tools), fastest(tools)), before * NOISE))
    return rows


def ratios(results):
    """Ours to the fastest peer, by workload; of those that ship and are compared with peers."""
    found = {w['name']: ratio(best_of_ours(w['tools']), fastest(w['tools'])) for w in results['workloads'] if w.get('verb', 'ship') == 'ship'}
    return {name: value for name, value in found.items() if value}


def memory(all_workloads):
    def most(accept):
        peaks = {f"{t['label']}, {w['name']}": max(s['peak'] for s in t['samples']) / MB for w in all_workloads for t in w['tools']
                 if t['family'] == 'offsite' and t['samples'] and accept(t)}
        worst = max(peaks, key=peaks.get, default=None)
        return peaks.get(worst), f' MB ({worst})'

    every, seventeen = most(lambda t: True), most(lambda t: not t['newest'])
    return [row('Peak memory ≤ 256 MB in every workload', every[0], 256, every[1], unit='{:.0f}'),
            row('Peak memory ≤ 200 MB in every workload, Java 17', seventeen[0], 200, seventeen[1], unit='{:.0f}')]
