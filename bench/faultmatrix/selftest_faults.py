"""Checks that each judgement notices a product that lies, and that an honest one passes. bench/faults --self-test"""

import argparse
import sys
import tempfile
import unittest
import unittest.mock
from pathlib import Path

from case import Case, own_folder
from matrix import Bench
from server import Server
from verbs import VERBS

STANDIN = Path(__file__).with_name('standin.py')


class Judgements(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix='offsite-faults.')
        cls.work = Path(cls.folder.name).resolve()
        cls.server = Server(cls.work / 'server').__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()
        cls.folder.cleanup()

    def kinds(self, mode, fault, verb, cases=3, limit=60):
        given = argparse.Namespace(seed='self-test', limit=limit, keep=False)
        work = own_folder(self.work, f'{mode}-{fault}-{verb}')
        bench = Bench(work, given, self.server, lambda config, words: [sys.executable, '-B', str(STANDIN), mode, '-c', str(config), *words])
        bench.spans = {name: argparse.Namespace(turns=0, seconds=0.15) for name in VERBS}
        found = [finding for index in range(cases) for finding in bench.run(fault, verb, index).findings]
        self.texts = '\n'.join(f'{kind}: {text}' for kind, text in found)
        return {kind for kind, _ in found}

    def test_an_honest_product_passes(self):
        for verb in VERBS:
            for fault in ('none', 'kill'):
                with self.subTest(verb=verb, fault=fault):
                    self.assertEqual(set(), self.kinds('honest', fault, verb, 4), self.texts)

    def test_damage_of_empty_copies_is_damage(self):
        with unittest.mock.patch.object(Case, 'content', lambda case, size=None: b''):
            self.assertEqual(set(), self.kinds('honest', 'none', 'scrub', 6), self.texts)

    def test_no_two_cases_share_a_folder(self):
        self.assertNotEqual(own_folder(self.work, 'kill-scrub-59'), own_folder(self.work, 'kill-scrub-59'))

    def test_lost(self):
        self.assertIn('lost', self.kinds('lose', 'none', 'ship-delete'))

    def test_wrong(self):
        self.assertIn('wrong', self.kinds('wrong', 'none', 'ship'))
        for verb in ('restore', 'get', 'put'):
            with self.subTest(verb=verb):
                self.assertIn('wrong', self.kinds('spoil', 'none', verb))

    def test_silent(self):
        self.assertIn('silent', self.kinds('silent', 'none', 'ship', 1))
        self.assertIn('no line says why', self.texts if self.kinds('dumb', 'none', 'ship', 1) else '')
        self.assertIn('silent', self.kinds('deny', 'none', 'scrub'))

    def test_hung(self):
        self.assertIn('hung', self.kinds('hang', 'none', 'get', 1, limit=1))
        self.assertIn('hung', self.kinds('lock', 'none', 'ship', 1))


def main():
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
    return 0 if unittest.TextTestRunner().run(suite).wasSuccessful() else 1
