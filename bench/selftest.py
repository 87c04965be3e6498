"""Checks of the benchmark itself: the figures, the tables, who is dropped, and the delaying proxy. bench/run --self-test"""

import contextlib
import json
import os
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
import figures
import goals
import measure
import report
import rounds
import workloads
from main import command_line
from server import free_port

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
        self.assertEqual({'–': 10, 'yes': 1, 'no': 2}, {v: list(verdicts.values()).count(v) for v in verdicts.values()})

    def test_an_offsite_that_cannot_choose_hashes_by_sha256sum(self):
        mine = tool('offsite-25', 5, family='offsite', hash='auto', newest=True)
        self.assertIs(mine, figures.ours([mine], True, 'sha256sum'))


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
            workloads.make(workloads.Workload('x', 'x', 5, 10, 2), Path(folder) / 'a')
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
