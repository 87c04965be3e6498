"""The command line: which faults meet which verbs, how often, and the table."""

import argparse
import concurrent.futures
import dataclasses
import os
import shutil
import signal
import statistics
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import disks  # noqa: E402
import offsite  # noqa: E402
from case import LOUD, Case  # noqa: E402
from faults import FAULTS  # noqa: E402
from gate import Gate  # noqa: E402
from server import Server  # noqa: E402
from verbs import VERBS  # noqa: E402

SHARE = {'kill': 1, 'none': 0.03, 'stall': 0.03}  # of --cases; others have a tenth
ATTEMPTS = 3


@dataclasses.dataclass
class Span:
    """How long an undisturbed run of a verb is."""

    turns: int = 0
    seconds: float = 1.5


class Bench:
    def __init__(self, work, given, server, argv):
        self.work, self.seed, self.limit, self.keep = work, given.seed, given.limit, given.keep
        self.server, self.argv, self.spans, self.lock = server, argv, {}, threading.Lock()
        self.no_loop = disks.why_no_loop(work)

    def gate(self):
        return Gate(self.server.port)

    def run(self, fault, verb, index):
        """One case: the site, the strikes, the recovery, the judgement."""
        case = Case(self, fault, verb, index)
        try:
            self.play(case)
        except Exception:
            case.found('other', 'bench/faults itself failed: ' + traceback.format_exc())
        finally:
            case.close()
        return case

    def play(self, case):
        kind = VERBS[case.verb](case)
        fault = FAULTS[case.fault](case, kind, self.spans.get(case.verb, Span()))
        fault.disks()
        kind.prepare(shipped=getattr(fault, 'shipped', False))
        for number in range(fault.strikes()):
            kind.next(number)
            run = fault.strike()
            kind.check(run)
            fault.moved_away(run)
        fault.heal()
        self.recover(case, kind, fault, kind.words, kind.final)
        if case.verb in ('ship', 'ship-delete', 'scrub', 'prune'):
            self.recover(case, kind, fault, ('scrub', '--all'), kind.final)
        if getattr(kind, 'doomed', None):
            run = case.run(('ship',))
            if run.code == 0:
                case.found('silent', f'{run}: exit 0, though copies are known to be damaged for good')
        for text in kind.missing() if not kind.final else ():
            case.found('lost', f'at the end: {text}')

    def recover(self, case, kind, fault, words, final):
        for _ in range(ATTEMPTS):
            run = case.run(words)
            kind.check(run)
            if run.code == final and not fault.moved_away(run) or run.late:
                return
            fault.moved_away(run)
        case.found('other', f'{run}: still exit {run.code} in the {ATTEMPTS}rd run, expected {final}: {run.text[-300:]!r}')

    def measure(self, verbs):
        """How long each verb takes undisturbed, and how often the sides take turns."""
        for verb in verbs:
            spans = []
            for index in range(2):
                case = Case(self, 'none', verb, f'span-{index}')
                try:
                    kind = VERBS[verb](case)
                    kind.prepare(shipped=False)
                    kind.next(0)
                    run = case.run(kind.words)
                    spans.append((case.gate.turns, run.seconds))
                    case.findings.clear()
                finally:
                    case.close()
            self.spans[verb] = Span(round(statistics.mean(turns for turns, _ in spans)), statistics.mean(seconds for _, seconds in spans))


def arguments(argv):
    parser = argparse.ArgumentParser(prog='bench/faults', description='A seeded matrix of faults and verbs, against a real sshd on loopback.')
    parser.add_argument('--seed', default=str(int(time.time())), help='of all chances (default: the time)')
    parser.add_argument('--cases', type=int, default=60, help='of kill for each verb; a tenth of the other faults, fewer stalls (default 60)')
    parser.add_argument('--only', default='', metavar='FAULT:VERB,…', help='either part may be missing or empty; then each has --cases')
    parser.add_argument('--case', type=int, action='append', metavar='I', help='only the case of that number, as a failure names it')
    parser.add_argument('--times', type=int, default=1, help='how often each case is repeated')
    parser.add_argument('--jobs', type=int, default=2, help='cases at a time (default 2); stalls have more')
    parser.add_argument('--limit', type=int, default=150, help='seconds after which a run counts as hung (default 150)')
    parser.add_argument('--offsite', type=Path, default=HERE.parents[1] / 'target/offsite', metavar='DIR', help='the distribution')
    parser.add_argument('--work', type=Path, metavar='DIR', help='where the folders of the cases are (default: a temporary one)')
    parser.add_argument('--keep', action='store_true', help='keeps the folders of all cases, not only of those with findings')
    parser.add_argument('--self-test', action='store_true', help='checks that each judgement notices a product that lies')
    given = parser.parse_args(argv)
    for word in filter(None, given.only.split(',')):
        fault, _, verb = word.partition(':')
        if fault and fault not in FAULTS or verb and verb not in VERBS:
            parser.error(f'{word}: faults are {", ".join(FAULTS)}; verbs are {", ".join(VERBS)}')
    return given


def wanted(given):
    """How many cases each pair of fault and verb has."""
    words = [word.partition(':') for word in filter(None, given.only.split(','))]
    cells = {}
    for fault in FAULTS:
        for verb in VERBS:
            if words:
                if any(f in ('', fault) and v in ('', verb) for f, _, v in words):
                    cells[fault, verb] = given.cases
            else:
                cells[fault, verb] = max(1, round(given.cases * SHARE.get(fault, 0.1)))
    return cells


def table(results, skipped):
    lines = ['| fault | verb | cases | strikes | ' + ' | '.join(LOUD) + ' | skipped |', '|---|---|' + '---:|' * (len(LOUD) + 2) + '---|']
    cells = {}
    for case in results:
        cells.setdefault((case.fault, case.verb), []).append(case)
    sums = [0] * (len(LOUD) + 2)
    for fault in FAULTS:
        for verb in VERBS:
            cases = cells.get((fault, verb), [])
            if cases or (fault, verb) in skipped:
                row = [len(cases), sum(case.strikes for case in cases),
                       *(sum(any(kind == each for each, _ in case.findings) for case in cases) for kind in LOUD)]
                sums = [a + b for a, b in zip(sums, row)]
                lines.append(f'| {fault} | {verb} | ' + ' | '.join(map(str, row)) + f' | {skipped.get((fault, verb), "")} |')
    return '\n'.join([*lines, '| **all** | | ' + ' | '.join(map(str, sums)) + ' | |'])


def play_all(bench, given, cells, skipped, results):
    todo = [(*cell, index) for cell, count in cells.items() if cell not in skipped
            for index in (given.case if given.case else range(count)) for _ in range(given.times)]
    todo.sort(key=lambda one: (one[2], one[0]))  # some of all, early
    slow = [one for one in todo if FAULTS[one[0]].slow]
    begun = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool, concurrent.futures.ThreadPoolExecutor(6) as waiting:
        futures = [waiting.submit(bench.run, *one) for one in slow] + [pool.submit(bench.run, *one) for one in todo if one not in slow]
        try:
            for future in concurrent.futures.as_completed(futures):
                case = future.result()
                results.append(case)
                if case.findings:
                    say(f'{case.fault}:{case.verb} --seed {bench.seed} --case {case.index}: {case.folder}')
                    for kind, text in case.findings:
                        say(f'    {kind}: {text}'[:700])
                if len(results) % 50 == 0:
                    say(f'{len(results)} of {len(todo)} cases, {sum(one.strikes for one in results)} strikes, {time.monotonic() - begun:.0f} s')
        except BaseException:
            for future in futures:
                future.cancel()
            raise


def say(text):
    print(text, file=sys.stderr, flush=True)


def report(bench, one, results, skipped, seconds):
    struck = {fault: sum(case.strikes for case in results if case.fault == fault) for fault in FAULTS}
    print(f'bench/faults, seed {bench.seed}, {one.label}: {len(results)} cases in {seconds:.0f} s; strikes: '
          + ', '.join(f'{count} {fault}' for fault, count in struck.items() if count) + '\n')
    print(table(results, skipped), flush=True)


def product(given, work):
    """How the built distribution is called; after this, its archive of classes is there."""
    home = offsite.copied(given.offsite, work / 'offsite')
    version, java_home = offsite.found()[0]
    one = offsite.Offsite(home, java_home, version, 'auto', newest=True)

    def argv(config, words):
        return [*one.argv(config, words[0]), *words[1:]]
    return one, argv


def main(argv):
    given = arguments(argv)
    if given.self_test:
        import selftest_faults
        return selftest_faults.main()
    if given.work:
        given.work.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix='offsite-faults.', dir=given.work)).resolve()
    failed = True
    try:
        with Server(work / 'server') as server:
            one, argv_of = product(given, work)
            one.warm_up(server)
            bench = Bench(work, given, server, argv_of)
            cells = wanted(given)
            bench.measure(dict.fromkeys(verb for _, verb in cells))
            say(f'seed {bench.seed}, {one.label}; ' + ', '.join(f'{verb}: {span.turns} turns, {span.seconds:.1f} s' for verb, span in bench.spans.items()))
            begun = time.monotonic()
            results = []
            skipped = {cell: reason for cell in cells if (reason := FAULTS[cell[0]].why_not(cell[1], bench))}
            try:
                play_all(bench, given, cells, skipped, results)
            finally:  # if it is stopped, what it found until then
                report(bench, one, results, skipped, time.monotonic() - begun)
        failed = any(case.findings for case in results)
    finally:
        if failed or given.keep:
            say(f'The folders of the cases that failed are in {work}')
            for name in ('offsite', 'probe'):
                shutil.rmtree(work / name, ignore_errors=True)
        else:
            shutil.rmtree(work, ignore_errors=True)
    return 1 if failed else 0


if __name__ == '__main__':
    os.umask(0o022)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main(sys.argv[1:]))
