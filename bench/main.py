"""The command line: what is measured, in which order, and where the results go."""

import argparse
import contextlib
import datetime
import json
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import facts
import goals
import links
import report
import rounds
import selftest
import tools
import workloads
from figures import is_offsite
from offsite import ENCRYPTED
from server import Dropbear, Server

HERE = Path(__file__).resolve().parent


def arguments(argv):
    parser = argparse.ArgumentParser(prog='bench/run', description='Measures Offsite beside rclone, sftp, rsync, lftp, tar over ssh '
                                     'and a course script, each with a SHA-256 comparison of every file.')
    parser.add_argument('--rounds', type=int, help='runs of each tool (default 5; 1 with --quick)')
    parser.add_argument('--quick', action='store_true', help='small sizes, one round, about a minute; writes results only with --out')
    parser.add_argument('--only', default='', metavar='NAMES', help='workloads or groups of them, comma-separated: ' + ','.join([*workloads.GROUPS, *workloads.NAMES]))
    parser.add_argument('--tools', default='', metavar='NAMES', help='tools by the beginning of their names, e.g. offsite,rclone')
    parser.add_argument('--offsite', type=Path, default=HERE.parent / 'target/offsite', metavar='DIR',
                        help="Offsite's distribution (default target/offsite)")
    parser.add_argument('--before', type=Path, metavar='DIR', help='the distribution of an earlier build, which is measured beside it')
    parser.add_argument('--cut-size', type=amount, default=0, metavar='SIZE', help='the file that goes over a line that is cut, e.g. 1GiB (default 4GiB)')
    parser.add_argument('--hash', choices=('auto', 'sha256sum'), help='only with this hash command (default: both that Offsite chooses and sha256sum)')
    parser.add_argument('--out', type=Path, metavar='DIR', help='where results go (default bench/results)')
    parser.add_argument('--work', type=Path, metavar='DIR', help='a folder for data and copies (default: a temporary one)')
    parser.add_argument('--port', type=int, default=0, help="the server's port; the next one is the slow link's (default: any that are free)")
    parser.add_argument('--self-test', action='store_true', help='checks the benchmark itself')
    given = parser.parse_args(argv)
    try:
        names = workloads.chosen(given.only)
    except ValueError as e:
        parser.error(str(e))
    given.workloads = [workload for workload in workloads.all_of(given.quick, given.cut_size) if workload.name in names]
    given.rounds = given.rounds or (1 if given.quick else 5)
    if given.out is None and not given.quick:
        given.out = HERE / 'results'
    return given


def amount(text):
    """Bytes, of a whole number and a unit."""
    for unit, size in (('GiB', workloads.GIB), ('MiB', workloads.MIB)):
        if text.endswith(unit):
            return int(text.removesuffix(unit)) * size
    raise argparse.ArgumentTypeError('a size is a whole number with MiB or GiB after it')


def command_line(argv):
    """The command as typed, without the folders of this machine."""
    words, hidden = ['bench/run'], False
    for word in argv:
        name = word.split('=')[0]
        if hidden:
            words.append('DIR')
        elif name in ('--offsite', '--before', '--out', '--work') and '=' in word:
            words.append(name + '=DIR')
        else:
            words.append(word)
        hidden = word in ('--offsite', '--before', '--out', '--work')
    return ' '.join(words)


@contextlib.contextmanager
def link_of(workload, server, slow, work):
    """The way to the server that the workload needs: one of the two that are there, or, to another kind of server, a new one."""
    with contextlib.ExitStack() as stack:
        if workload.dropbear:
            yield links.Direct(stack.enter_context(Dropbear(work / f'server-{workload.name}')))
        elif workload.cut:
            yield stack.enter_context(links.cut(stack.enter_context(Server(work / f'server-{workload.name}', counting=True))))
        elif workload.verb == 'readback':
            yield stack.enter_context(links.slow(stack.enter_context(Server(work / f'server-{workload.name}', sftp_only=True))))
        else:
            yield slow if workload.slow else links.Direct(server)


def earlier():
    """The ratios that later builds must not be worse than."""
    kept = HERE / 'results' / f'{goals.EARLIER}.json'
    return {'day': goals.EARLIER, 'ratios': goals.ratios(json.loads(kept.read_text()))} if kept.is_file() else None


def measure(given, work):
    known = tools.installed(given.offsite, given.before, work, given.tools)
    if given.hash:
        known = [tool for tool in known if not is_offsite(vars(tool)) or tool.hash in (given.hash, ENCRYPTED)]
    if not known:
        sys.exit('bench/run: no tool of that name is installed')
    results = {'date': datetime.datetime.now(datetime.timezone.utc).strftime('%Y-%m-%d %H:%M UTC'), 'quick': given.quick,
               'rounds': given.rounds, 'earlier': earlier(), 'workloads': []}
    with Server(work / 'server', given.port) as server:
        with links.slow(server, given.port and given.port + 1) as slow:
            results['link'] = slow.words
            for tool in known:
                tool.warm_up(server)
            results['machine'] = facts.machine(known, work)
            results['parallel'] = next((t.parallel for t in known if t.family == 'offsite'), None)
            for workload in given.workloads:
                reason = workloads.missing(workload) or (Dropbear.missing() if workload.dropbear else '')
                if reason:
                    print(f'{workload.name}: skipped: {reason}', file=sys.stderr)
                    continue
                with link_of(workload, server, slow, work) as link:
                    results['workloads'].append(rounds.run(workload, known, link, given.rounds, work, 10 if given.quick else 60))
    return results


def main(argv):
    given = arguments(argv)
    if given.self_test:
        return selftest.main()
    if given.work:
        given.work.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix='offsite-bench.', dir=given.work)).resolve()
    try:
        if any(c.isspace() or c in '\'"' for c in str(work)):
            sys.exit('bench/run: rsync and lftp cannot be told of a key in a folder with spaces or quotes: say --work DIR')
        need = max(map(workloads.space, given.workloads))
        if shutil.disk_usage(work).free < need:
            sys.exit(f'bench/run: needs {(need >> 30) + 1} GiB of free space: say --work DIR')
        results = measure(given, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    results['command'] = command_line(argv)
    print(report.markdown(results))
    if given.out:
        report.write(results, given.out)
    failed = [f"{w['name']}: {t['label']}: {t['failed']}" for w in results['workloads'] for t in w['tools']
              if t['failed'] and is_offsite(t)]
    for line in failed:
        print(line, file=sys.stderr)
    return 1 if failed else 0


if __name__ == '__main__':
    os.umask(0o022)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped and the data removed
    sys.exit(main(sys.argv[1:]))
