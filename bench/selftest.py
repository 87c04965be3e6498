"""Checks of the benchmark itself: the figures, the tables, who is dropped, what is judged, and the proxies that delay and cut. bench/run --self-test"""

import contextlib
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from xml.dom import minidom

import chart
import compare
import cut
import figures
import goals
import measure
import peers
import report
import rounds
import sealing
import workloads
from faultmatrix.gate import Gate
from links import Direct
from main import command_line
from server import HASHERS, Server, free_port

DELAY = 0.025


def tool(name, *walls, family=None, hash='sha256sum', newest=False, logins=1, peak=100e6):
    return {'name': name, 'label': name, 'family': family or name, 'hash': hash, 'failed': '', 'note': '', 'newest': newest,
            'samples': [{'wall': w, 'cpu': w, 'server_cpu': w, 'peak': peak, 'logins': logins} for w in walls]}


def results(name, *tools):
    return {'date': '2026-01-31 04:00 UTC', 'quick': False, 'rounds': 3, 'command': 'bench/run', 'link': 'a proxy', 'parallel': 4,
            'machine': {'System': 'Test'}, 'workloads': [{'name': name, 'title': name + ' <&', 'tools': list(tools)}]}


class Figures(unittest.TestCase):
    def test_ratio_is_of_medians_to_the_fastest_peer_with_the_same_hash(self):
        mine = tool('offsite-25', 1, 9, 2, family='offsite', hash='auto', newest=True)
        tools = [mine, tool('tar', 5, 4, 3), tool('sftp', 8), tool('sftp-openssl', 1, hash='openssl')]
        self.assertEqual('tar', figures.fastest(tools)['name'])
        self.assertEqual(0.5, figures.ratio(mine, figures.fastest(tools)))

    def test_without_samples_there_is_no_ratio(self):
        self.assertIsNone(figures.fastest([tool('tar')]))
        self.assertIsNone(figures.ratio(tool('a'), tool('b', 1)))

    def test_who_ran_once_is_no_measure(self):
        self.assertEqual('tar', figures.fastest([tool('tar', 3, 4, 5), tool('tar-gcm', 2) | {'note': '1 round only'}])['name'])

    def test_verdicts(self):
        verdicts = {goal: met for goal, _, met in goals.goals(results(
            '1x1GiB', tool('offsite-25', 5.8, family='offsite', hash='auto', newest=True, peak=300e6),
            tool('offsite-25-sha256sum', 9.6, family='offsite', newest=True), tool('tar', 10)))}
        self.assertEqual({'–': 30, 'yes': 1, 'no': 2}, {v: list(verdicts.values()).count(v) for v in verdicts.values()})

    def test_an_offsite_that_cannot_choose_hashes_by_sha256sum(self):
        mine = tool('offsite-25', 5, family='offsite', hash='auto', newest=True)
        self.assertIs(mine, figures.ours([mine], True, 'sha256sum'))


class Encrypted(unittest.TestCase):
    """Offsite with encryption, beside itself without, and beside others."""

    def judged(self, sealed, seventeen, peak=110e6, size=workloads.GIB):
        def mine(name, wall, hash, newest=True, peak=100e6):
            return tool(name, wall, family='offsite', hash=hash, newest=newest, peak=peak)
        tools = [mine('offsite-25', 4, 'auto'), mine('offsite-25-encrypted', sealed, 'encrypted', peak=peak), mine('offsite-17', 5, 'auto', False),
                 mine('offsite-17-encrypted', seventeen, 'encrypted', False), tool('age', 6), tool('restic', 9)]
        return [met for _, _, met in goals.encrypted('encrypted-1x1GiB', tools, size)]

    def test_verdicts(self):
        self.assertEqual(['yes', 'yes', 'yes', 'yes'], self.judged(4.5, 13))
        self.assertEqual(['no', 'yes', 'yes', 'yes'], self.judged(4.7, 13))
        self.assertEqual(['no', 'no', 'no', 'no'], self.judged(5, 14, peak=131e6))
        self.assertEqual(['yes', 'yes', '–', 'yes'], self.judged(4.5, 13, size=0))
        self.assertEqual(['–'] * 4, [met for _, _, met in goals.encrypted('x', [tool('age', 1)], 1)])

    def test_a_peer_that_sends_other_bytes_is_noticed(self):
        damage = 'f=$(echo "$ROOT"/*.age); printf x | dd of="$f" bs=1 seek=3000 conv=notrunc 2>/dev/null'
        self.assertEqual('', self.sealed(peers.AGE_OPENED))
        self.assertIn('failed to decrypt', self.sealed(peers.AGE_OPENED, damage))
        self.assertIn('differ', self.sealed('for f in "$SOURCE"/*; do echo >"$RESTORED/${f##*/}"; done'))

    def sealed(self, opens, damage=':'):
        if sealing.missing():
            self.skipTest(sealing.missing())
        with tempfile.TemporaryDirectory() as folder, subprocess.Popen(['sleep', '60']) as idle:
            try:
                server = NoServer(idle)
                server.folder = Path(folder)
                script = 'for f in *; do age -r "$RECIPIENT" -o "$ROOT/$f.age" "$f"; done\n' + damage
                peer = peers.Peer('x', 'x', 'x', script, verify=peers.PLAIN, verb='encrypted', opens=opens)
                outcome = rounds.run(workloads.Workload('encrypted-x', 1, 5000, 1, 'encrypted'), [peer], Direct(server), 1, Path(folder), 30)
            finally:
                idle.kill()
        return outcome['tools'][0]['failed']


class Workloads(unittest.TestCase):
    def test_a_group_means_all_of_it(self):
        self.assertEqual(['cut-ship', 'cut-restore', 'nothing'], workloads.chosen('cut,nothing'))
        self.assertEqual(5, len(workloads.chosen('restore')))
        self.assertEqual(['readback'], workloads.chosen('readback'))
        self.assertIn('restore-1x1GiB', workloads.chosen(''))
        self.assertNotIn('8GiB-ship', workloads.chosen(''))
        with self.assertRaises(ValueError):
            workloads.chosen('restored')

    def test_all_have_quick_sizes(self):
        for small, large in zip(workloads.all_of(True), workloads.all_of(False)):
            self.assertLessEqual(small.files * small.size, 100 << 20, small.name)
            self.assertEqual(small.cut, large.cut)
        self.assertEqual({64 << 20}, {w.size for w in workloads.all_of(False, 64 << 20) if w.cut})

    def test_each_is_taken_by_rclone_or_sftp(self):
        for workload in workloads.all_of(False):
            if not workload.help and not workload.shipped:
                self.assertTrue([p for p in peers.all_peers() if p.family in ('rclone', 'sftp') and p.takes(workload)], workload.name)


class Reports(unittest.TestCase):
    def test_ratio_first_and_failures_last(self):
        broken = tool('lftp') | {'failed': 'exit code 1: no'}
        lines = report.table(results('x', broken, tool('tar', 2), tool('rsync', 3, 4, 5))['workloads'][0]).splitlines()
        self.assertTrue(lines[2].startswith('| 1.00 | tar | 2.00 |'), lines[2])
        self.assertTrue(lines[3].startswith('| 2.00 | rsync | 4.00 (3.00–5.00) |'), lines[3])
        self.assertTrue(lines[4].endswith('| exit code 1: no |'), lines[4])

    def test_beside_the_build_before(self):
        mine, before = tool('offsite-25', 3, family='offsite', hash='auto', newest=True), tool('before-25', 4, family='before', hash='auto')
        measured = results('x', mine, before, tool('tar', 2))
        self.assertIn('| `x` | 0.750 | 0.750 | 3.00 | 4.00 |', report.markdown(measured))
        self.assertEqual('tar', figures.fastest(measured['workloads'][0]['tools'])['name'])
        self.assertEqual([], report.beside_before(results('x', mine)['workloads']))

    def test_chart_is_xml_and_cuts_long_bars(self):
        drawn = chart.svg(results('x', tool('tar', 1), tool('slow', 90)))
        minidom.parseString(drawn)
        self.assertIn('90.00 →', drawn)

    def test_chart_has_peers_at_their_best(self):
        shown = chart.best([tool('offsite-17', 3, family='offsite'), tool('tar', 2), tool('tar-gcm', 1, family='tar'), tool('offsite-25', 4)])
        self.assertEqual(['tar-gcm', 'offsite-17', 'offsite-25'], [t['name'] for t in shown])

    def test_peak_memory_of_each_workload(self):
        mine = tool('offsite-25', 1, family='offsite', hash='auto', newest=True, peak=150e6)
        shown = report.peaks(results('x', mine, tool('offsite-17', 1, family='offsite', hash='auto', peak=170e6), tool('rclone', 1, peak=60e6))['workloads'])
        self.assertIn('| `x` | 150 | 170 | 60 |', shown[1])

    def test_no_folder_in_the_command(self):
        self.assertEqual('bench/run --work DIR --out=DIR --quick', command_line(['--work', '/home/me', '--out=/home/me', '--quick']))


class Rounds(unittest.TestCase):
    def test_who_is_not_run_again(self):
        records = [tool('offsite-17', 50, family='offsite'), tool('offsite-25', 0.1, family='offsite'), tool('tar', 1), tool('lftp', 4), tool('rclone', 9), tool('rclone-8', 8, family='rclone'),
                   tool('rsync', 2), tool('rsync-gcm', 2.6, family='rsync')]
        rounds.drop_slow(records)
        self.assertEqual(['lftp', 'rclone', 'rsync-gcm'], [r['name'] for r in records if r['note']])

    def test_data(self):
        with tempfile.TemporaryDirectory() as folder:
            workloads.make(workloads.Workload('x', 5, 10, 2), Path(folder) / 'a')
            made = list(Path(folder).glob('a/*/*'))
            self.assertEqual([10] * 5, [f.stat().st_size for f in made])
            self.assertTrue(all(f.stat().st_mtime < time.time() - 3000 for f in made))


class Measure(unittest.TestCase):
    def measured(self, timeout, *command):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, '-B', measure.__file__, folder + '/m', timeout, *command], check=True)
            return json.loads(Path(folder, 'm').read_text())

    def test_counts_the_whole_tree(self):
        burn = f'{sys.executable} -c "import time; e = time.process_time() + .2; b = bytes(1) * 50_000_000\nwhile time.process_time() < e: pass"'
        outcome = self.measured('30', 'sh', '-c', f'{burn} & {burn}; wait')
        self.assertEqual(0, outcome['exit'])
        self.assertGreater(outcome['cpu'], 0.4)
        self.assertGreater(outcome['peak'], 50e6)

    def test_stops_what_takes_too_long(self):
        self.assertTrue(self.measured('0.2', 'sleep', '60')['late'])


@contextlib.contextmanager
def behind_proxy(handler):
    """A port that leads to the handler, through the proxy."""
    port = free_port()
    with socket.create_server(('127.0.0.1', 0)) as door:
        def accept():
            with contextlib.suppress(OSError):
                while True:
                    threading.Thread(target=handler, args=(door.accept()[0],), daemon=True).start()
        threading.Thread(target=accept, daemon=True).start()
        process = subprocess.Popen([sys.executable, '-B', str(Path(__file__).with_name('delay.py')), str(port),
                                    str(door.getsockname()[1]), str(DELAY)])
        try:
            while True:
                with contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', port)):
                    break
                time.sleep(0.02)
            yield port
        finally:
            process.kill()
            process.wait()


class NoServer:
    """Where nothing is sent to: peers that copy within this machine."""

    user = key = known_hosts = 'none'

    def __init__(self, process):
        self.port, self.process = 0, process

    def logins(self):
        return 0


class Judgements(unittest.TestCase):
    COPY = 'cp -a "$ROOT"/. .'

    def restored(self, script):
        """What is said of a peer that restores so."""
        with tempfile.TemporaryDirectory() as folder, subprocess.Popen(['sleep', '60']) as idle:
            try:
                work = Path(folder)
                peer = peers.Peer('x', 'x', 'x', script, verify=peers.RESTORED, verb='restore')
                small = workloads.Workload('restore-x', 3, 5000, 1, 'restore')
                outcome = rounds.run(small, [peer], Direct(NoServer(idle)), 1, work, 30)
            finally:
                idle.kill()
        return outcome['tools'][0]['failed']

    def test_an_honest_restore_passes(self):
        self.assertEqual('', self.restored(self.COPY))

    def test_a_wrong_byte_is_noticed(self):
        damage = '; printf x | dd of=backup-00001.dump bs=1 seek=4999 conv=notrunc 2>/dev/null'
        self.assertIn('exit code 1', self.restored(self.COPY + damage))
        self.assertIn('differ', self.restored(self.COPY + damage + '; sha256sum *.dump >SHA256SUMS'))

    def test_missing_and_left_over_files_are_noticed(self):
        self.assertIn('Only in', self.restored(self.COPY + '; rm backup-00001.dump; sha256sum *.dump >SHA256SUMS'))
        self.assertIn('Only in', self.restored(self.COPY + '; : >.backup.part'))

    def test_a_copy_that_cannot_be_read_differs(self):
        self.assertNotEqual('', compare.differences('/nowhere/a', '/nowhere/b'))

    def test_memory_of_processes_together(self):
        hold = f'{sys.executable} -c "import time; b = bytearray(60_000_000); b[::4096] = bytes(len(b[::4096])); time.sleep(1)"'
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, '-B', measure.__file__, folder + '/m', '30', 'sh', '-c', f'{hold} & {hold}; wait'], check=True)
            self.assertGreater(json.loads(Path(folder, 'm').read_text())['peak'], 120e6)


class Bad(unittest.TestCase):
    """The line that is cut."""

    def sample(self, **more):
        return {'wall': 1, 'cpu': 1, 'peak': 1e8, 'runs': 4, 'cuts': 13, 'kills': 3, 'size': 4000, 'sent': 4020, 'back': 100, 'hashes': 17, 'hashed': 9000} | more

    def judged(self, **more):
        mine = tool('offsite-25', family='offsite', hash='auto', newest=True) | {'samples': [self.sample(**more)]}
        return [met for _, _, met in goals.struck('cut-ship', [mine])]

    def test_verdicts(self):
        self.assertEqual(['yes', 'yes'], self.judged())
        self.assertEqual(['no', 'yes'], self.judged(sent=4041))
        self.assertEqual(['yes', 'no'], self.judged(hashes=18))
        self.assertEqual(['no', 'no'], [met for _, _, met in goals.struck('cut-ship', [tool('offsite-25', family='offsite') | {'failed': 'given up'}])])
        self.assertEqual(['–', '–'], [met for _, _, met in goals.struck('cut-ship', [])])

    def test_table_has_the_least_first_and_failures_last(self):
        tools = [tool('a') | {'samples': [self.sample(sent=5000)]}, tool('b') | {'samples': [self.sample()]}, tool('c') | {'failed': 'given up'}]
        workload = {'name': 'cut-ship', 'title': 'x', 'verb': 'cut-ship', 'tools': tools}
        lines = report.cut_table(workload).splitlines()
        self.assertTrue(lines[2].startswith('| 0.50 % | b | 4 | 13 | 3 |'), lines[2])
        self.assertEqual({line.count('|') for line in lines}, {13})
        self.assertIn('given up', lines[4])

    def test_hashes_of_parts_are_counted_and_others_not(self):
        log = f'begin 1\nend 1 5000\nbegin 2\nend 2 {cut.LARGE}\nbegin 3\n'
        self.assertEqual((2, 5000 + cut.LARGE), cut.counted(log))

    def test_the_gate_cuts_all_connections_and_counts(self):
        every, got = 1_000_000, []
        def swallow(end):
            with contextlib.suppress(OSError):
                while data := end.recv(1 << 16):
                    got.append(len(data))
        with socket.create_server(('127.0.0.1', 0)) as door:
            def accept():
                with contextlib.suppress(OSError):
                    while True:
                        threading.Thread(target=swallow, args=(door.accept()[0],), daemon=True).start()
            threading.Thread(target=accept, daemon=True).start()
            gate = Gate(door.getsockname()[1])
            gate.begin(every)
            struck = []
            gate.at(2_500_000, lambda: struck.append(gate.carried['up']))
            lost = 0
            for _ in range(3):
                with socket.create_connection(('127.0.0.1', gate.port)) as idle, socket.create_connection(('127.0.0.1', gate.port)) as end:
                    idle.settimeout(10)
                    while not select.select([end], [], [], 0)[0]:
                        self.assertLess(gate.carried['up'], 5 * every, 'it does not cut')
                        end.sendall(bytes(10_000))
                    self.assertEqual(b'', end.recv(1))
                    self.assertEqual(b'', idle.recv(1))  # the other connection is lost as well
                    lost += 1
            self.assertEqual((3, 3), (lost, gate.cuts))
            self.assertTrue(3 * every <= gate.carried['up'] < 3 * every + 1_000_000, gate.carried)
            deadline = time.monotonic() + 10
            while gate.live() and time.monotonic() < deadline:
                time.sleep(0.01)
            self.assertEqual(gate.carried['up'], sum(got))  # what counts as sent has arrived
            self.assertEqual(1, len(struck))
            gate.begin()
            self.assertEqual(0, gate.carried['up'])
            gate.close()

    def test_a_hash_command_on_the_server_is_counted_with_what_it_read(self):
        with tempfile.TemporaryDirectory() as folder:
            server = Server(Path(folder).resolve() / 'server', counting=True)
            server.folder.mkdir()
            data = Path(folder, 'data')
            data.write_bytes(bytes(3 << 20))
            server.forget_hashes()
            counters = str(server.counters())
            self.assertIn('sha256sum', HASHERS)
            done = subprocess.run(['sh', '-c', f'head -c 2000000 {data} | sha256sum; sha256sum {data}; sha256sum /nowhere'],
                                  env=os.environ | {'PATH': counters + ':' + os.environ['PATH']}, capture_output=True, text=True, check=False)
            self.assertEqual(1, done.returncode)
            self.assertEqual(2, done.stdout.count('\n'))
            count, total = cut.counted(server.hashes())
        self.assertEqual(2, count)
        self.assertAlmostEqual(2e6 + (3 << 20), total, delta=200_000)


class Delay(unittest.TestCase):
    def test_round_trip_and_start(self):
        def banner_then_echo(end):
            end.sendall(b'hello')
            while data := end.recv(100):
                end.sendall(data)
        starts, trips = [], []
        with behind_proxy(banner_then_echo) as port:
            for _ in range(5):
                start = time.monotonic()
                with socket.create_connection(('127.0.0.1', port)) as end:
                    self.assertEqual(b'hello', end.recv(100))
                    starts.append(time.monotonic() - start)
                    start = time.monotonic()
                    end.sendall(b'x')
                    end.recv(1)
                    trips.append(time.monotonic() - start)
        # The least of some: the machine may be busy, but nothing comes too early.
        self.assertAlmostEqual(4 * DELAY, min(starts), delta=0.01)  # the round trip of the connection, and that of the banner
        self.assertAlmostEqual(2 * DELAY, min(trips), delta=0.01)

    def test_bandwidth_and_the_end(self):
        size = 256 << 20
        def swallow(end):
            got = 0
            while data := end.recv(1 << 20):
                got += len(data)
            end.sendall(str(got).encode())
        with behind_proxy(swallow) as port:
            start = time.monotonic()
            with socket.create_connection(('127.0.0.1', port)) as end:
                block = os.urandom(1 << 20)
                for _ in range(size >> 20):
                    end.sendall(block)
                end.shutdown(socket.SHUT_WR)
                self.assertEqual(str(size).encode(), end.recv(100))
            rate = size / (time.monotonic() - start) / 2**20
        print(f'the delaying proxy carries {rate:.0f} MiB/s', file=sys.stderr)
        self.assertGreater(rate, 100)  # 400 and more on a machine with nothing else to do


def main():
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
    return 0 if unittest.TextTestRunner().run(suite).wasSuccessful() else 1
