"""What is to be reached, and whether it was. Pure."""

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
    dropbear = by_name.get('dropbear', [])
    rows.append(row('dropbear: ≤ 2 of sftp', ratio(best_of_ours(dropbear), fastest(dropbear)), 2, ' of sftp'))
    rows.append(memory(results['workloads']))
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
        row('2000x8KiB: the ratio to rsync is reported', ratio(mine, fastest(tools, lambda t: t['family'] == 'rsync')), float('inf'),
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


def memory(all_workloads):
    peaks = {f"{t['label']}, {w['name']}": summary(t)['peak'] / MB for w in all_workloads for t in w['tools']
             if t['family'] == 'offsite' and t['samples']}
    most = max(peaks, key=peaks.get, default=None)
    return row('Peak memory ≤ 256 MB in every workload', peaks.get(most), 256, f' MB ({most})', unit='{:.0f}')
