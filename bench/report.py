"""The tables, in Markdown, and the files of the results."""

import json

import chart
import cut
from figures import fastest, is_offsite, is_peer, ours, ratio, summary
from goals import MB, goals

METHOD = '''Wall times are medians (least–most) of whole processes, from start to exit; all tools took turns in one run. **Ratio** is to the
fastest peer: below 1 is faster. Every tool checks the host key strictly, and every time includes a SHA-256 comparison of every file with
the server's: Offsite's own verification, by the hash command that it chooses, or by the one named; for the peers, hashes made here while they transfer, and one `sha256sum` over ssh at the end, which is
the best they can get. Offsite's time includes that the server writes every copy to its disk; the peers do not ask for that. (The course script hashes file by file; where there is nothing to do, nobody hashes.) Peers run with several
settings; those that are not their best, and those hopelessly behind, run once. CPU is user + system of all the tool's processes here, and
of its sessions on the server. Peak is the resident memory of all the tool's processes here together, as seen twenty times a second, and at
least that of the largest (10 MB is the least that shows), the most of all runs; logins are the most of all runs. Afterwards, every copy was
compared once more, untimed.
**Restore:** from a dated folder that Offsite shipped before, into a new folder on this machine's disk. Offsite verifies each file by its `SHA256SUMS`;
the peers download, and then `sha256sum -c` compares all files with the same `SHA256SUMS`.'''
CUT_METHOD = '''All connections end each time so many bytes went through, in both directions together; what had come through still arrives, and counts as
sent, and what was on its way is lost, and does not. The client is killed (-9) when 20, 50 and 80 % of the file's size went through. Whatever ends is
started again until it ends well, 40 times at most, or until three times the file was sent. **Sent again** is what went in the direction of the copy
beyond the size of the file, in percent of it, with all that SSH adds (about 0.3 %). Hashes there are commands on the server that read 1 MiB or
more. Offsite verifies each copy; the peers hash here and there at the end.'''


def table(workload):
    peer = fastest(workload['tools'])
    lines = ['| Ratio | Tool | Wall s | CPU s | Server CPU s | Peak MB | Logins | Runs |', '|--:|---|--:|--:|--:|--:|--:|---|']
    run = [t for t in workload['tools'] if t['samples']]
    for tool in sorted(run, key=lambda t: summary(t)['wall']):
        s = summary(tool)
        times = ratio(tool, peer)
        spread = f" ({s['least']:.2f}–{s['most']:.2f})" if s['runs'] > 1 else ''
        server = '–' if s['server_cpu'] is None else f"{s['server_cpu']:.2f}"
        label = f"**{tool['label']}**" if is_offsite(tool) else tool['label']
        remark = tool['note'] or str(s['runs'])
        if tool['failed']:
            remark += '; then ' + tool['failed']
        if not is_peer(tool) and not is_offsite(tool):
            remark += '; for reference, not a peer'
        lines.append(f"| {'–' if times is None else format(times, '.2f')} | {label} | {s['wall']:.2f}{spread} | {s['cpu']:.2f} | {server} "
                     f"| {s['peak'] / MB:.0f} | {s['logins']} | {remark} |")
    lines += [f"| – | {t['label']} | – | – | – | – | – | {t['failed']} |" for t in workload['tools'] if not t['samples']]
    return '\n'.join(lines)


def cut_table(workload):
    lines = ['| Sent again | Tool | Runs | Cuts | Kills | Sent MB | Other way MB | Hashes there | Hashed there MB | Wall s | CPU s | Peak MB |',
             '|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|']
    run = [t for t in workload['tools'] if t['samples']]
    for tool in sorted(run, key=lambda t: cut.summary(t)['again']):
        s = cut.summary(tool)
        label = f"**{tool['label']}**" if is_offsite(tool) else tool['label']
        label += '; then ' + tool['failed'] if tool['failed'] else ''
        lines.append(f"| {s['again']:.2f} % | {label} | {s['runs']:g} | {s['cuts']:g} | {s['kills']:g} | {s['sent'] / MB:.0f} | {s['back'] / MB:.0f} | {s['hashes']:g} "
                     f"| {s['hashed'] / MB:.0f} | {s['wall']:.1f} | {s['cpu']:.1f} | {s['peak'] / MB:.0f} |")
    lines += [f"| – | {t['label']}: {t['failed']} |" + ' – |' * 10 for t in workload['tools'] if not t['samples']]
    return '\n'.join(lines)


def is_cut(workload):
    return workload.get('verb', 'ship').startswith('cut')


def peaks(workloads):
    """The memory of each workload: ours on each Java, and the least of rclone's settings."""
    def most(tools):
        return min((max(s['peak'] for s in t['samples']) / MB for t in tools if t['samples']), default=None)

    def cell(value):
        return '–' if value is None else f'{value:.0f}'

    rows = []
    for workload in workloads:
        mine = [[t for t in workload['tools'] if t['family'] == 'offsite' and t['newest'] == newest and t['hash'] == 'auto'] for newest in (True, False)]
        values = [most(tools) for tools in [*mine, [t for t in workload['tools'] if t['family'] == 'rclone']]]
        if any(values[:2]):
            rows.append(f"| `{workload['name']}` | " + ' | '.join(map(cell, values)) + ' |')
    return ['## Peak memory', '\n'.join(['| Workload | Offsite, newest Java, MB | Java 17, MB | rclone, MB |', '|---|--:|--:|--:|', *rows])] if rows else []


def beside_before(workloads):
    """This build as a ratio to the one before, both on the newest Java; empty if only one of them was measured."""
    rows = []
    for workload in workloads:
        mine = ours(workload['tools'], True, 'auto')
        before = next((t for t in workload['tools'] if t['family'] == 'before'), None)
        if ratio(mine, before) and not is_cut(workload):
            now, then = summary(mine), summary(before)
            rows.append(f"| `{workload['name']}` | {ratio(mine, before):.3f} | {now['cpu'] / then['cpu']:.3f} | {now['wall']:.2f} | "
                        f"{then['wall']:.2f} | {now['cpu']:.2f} | {then['cpu']:.2f} | {now['runs']} |")
    head = ['| Workload | Ratio, wall | Ratio, CPU | Wall s | Before | CPU s | Before | Runs |', '|---|--:|--:|--:|--:|--:|--:|--:|']
    return ['## Beside the build before', '\n'.join(head + rows)] if rows else []


def markdown(results, picture=None):
    parts = [f"# Benchmark of {results['date']}" + (' (quick: small sizes, says little)' if results['quick'] else ''),
             '    ' + results['command'], METHOD, f"The 50 ms round trip is made by {results['link']}."]
    if picture:
        parts.append(f'![Ratios to the fastest peer]({picture})')
    for workload in results['workloads']:
        parts += ['## ' + workload['title'], f"`{workload['name']}`", *([CUT_METHOD, cut_table(workload)] if is_cut(workload) else [table(workload)])]
    parts += peaks(results['workloads'])
    parts += beside_before(results['workloads'])
    parts += ['## Goals', '\n'.join(['| Goal | Measured | Met |', '|---|---|---|', *(f'| {a} | {b} | {c} |' for a, b, c in goals(results))])]
    parts += ['## Machine', '\n'.join(['| | |', '|---|---|', *(f'| {name} | {value} |' for name, value in results['machine'].items())])]
    return '\n\n'.join(parts) + '\n'


def write(results, folder):
    """Writes DATE.md, DATE.svg and DATE.json, in place of those of the same day."""
    folder.mkdir(parents=True, exist_ok=True)
    day = results['date'].split()[0]
    (folder / f'{day}.md').write_text(markdown(results, f'{day}.svg'))
    (folder / f'{day}.svg').write_text(chart.svg(results))
    (folder / f'{day}.json').write_text(json.dumps(results, indent=1, ensure_ascii=False) + '\n')
