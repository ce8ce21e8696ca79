"""Test how benchmarks are compared and their records made into pages; no time is measured that matters."""

import pathlib
import sys
import tempfile
import types
import unittest
from unittest import mock
from xml.etree import ElementTree

from bench import measure
from bench import measurements
from check import promotion
from check import records
from bench import results
from build.setup_rust import crates as sources_crates
from check import report, sources


def row(c, rust, name='row', size=100, threads=0, **peers):
    """Return a row with the seconds of each round."""
    return measure.Row(name, size, 1.0, {'rust': rust, 'C': c, **peers}, dict.fromkeys(('rust', 'C'), 1), threads)


STEADY = [1.0, 1.01, 0.99, 1.0, 1.02, 0.98, 1.0]


def times(factor):
    return [value * factor for value in STEADY]


class MeasureTest(unittest.TestCase):
    def test_row(self):
        bench = measure.Bench('', rounds=3, seconds=0.01)
        bench.row('sum', 10, {'rust': (sum, ([1, 2],), {}), 'C': (sum, ([1, 2],), {'start': 5})}, goal=2)
        self.assertEqual([(row.name, row.size, row.goal) for row in bench.rows], [('sum', 10, 2)])
        self.assertEqual({key: len(values) for key, values in bench.rows[0].values.items()}, {'rust': 3, 'C': 3})
        self.assertGreater(min(bench.rows[0].seconds.values()), 0)

    def test_lengths_are_judged_with_the_time(self):
        def row(ours, peer, peer_seconds=1.0):
            values = {'rust': [2.0], 'C': [4.0], 'peer': [peer_seconds]}
            return measure.Row('x', 1, 1.0, values, lengths={'rust': ours, 'C': 1000, 'peer': peer})

        self.assertEqual(row(1000, 1005).better, ['peer'])
        self.assertEqual(row(1000, 1011).better, [])
        self.assertEqual(row(1000, 900, 2.0).better, [])
        self.assertFalse(row(1012, 900).is_longer)
        self.assertTrue(row(1014, 900).is_longer)
        bench = measure.Bench('', rounds=1, seconds=0.01)
        bench.row('bytes', 1, {'rust': (bytes, (3,), {}), 'C': (bytes, (4,), {})}, compare_lengths=True)
        self.assertEqual(bench.rows[0].lengths, {'rust': 3, 'C': 4})

    def test_rows_that_are_not_asked_for(self):
        bench = measure.Bench('other', rounds=3, seconds=0.01)
        bench.row('sum', 10, {})
        bench.thread_row('sum', 10, {})
        self.assertEqual((bench.rows, bench.thread_rows), ([], []))

    def test_each_thread_has_work_of_its_own(self):
        bench, made = measure.Bench('', rounds=2, seconds=0.01), []

        def make():
            made.append([1])
            return sum, (made[-1],), {}

        bench.thread_row('sum', 1, {'rust': make, 'C': make})
        self.assertEqual(len({id(item) for item in made}), 4)
        self.assertEqual([row.threads for row in bench.thread_rows[0]], [1, 2])
        self.assertEqual(set(measure.scaling(bench.thread_rows[0])), {'rust', 'C'})

    def test_ratio_and_scaling(self):
        self.assertAlmostEqual(row(times(2), times(0.5)).ratio, 4)
        pair = (row(times(1), times(1), threads=1), row(times(2), times(1.25), threads=2))
        self.assertEqual({key: round(value, 9) for key, value in measure.scaling(pair).items()}, {'rust': 1.6, 'C': 1})


class CompareTest(unittest.TestCase):
    def verdict(self, old, new):
        (line,) = results.compare({('m', 'row', 0): old}, {('m', 'row', 0): new})
        return results.verdict(*line[-2:])

    def test_slower(self):
        self.assertEqual(self.verdict(row(STEADY, times(0.5)), row(STEADY, times(0.6))), 'SLOWER')

    def test_faster(self):
        self.assertEqual(self.verdict(row(STEADY, times(0.5)), row(STEADY, times(0.4))), 'faster')

    def test_less_than_is_worth_telling(self):
        self.assertEqual(self.verdict(row(STEADY, times(0.5)), row(STEADY, times(0.515))), '')

    def test_slower_machine(self):
        self.assertEqual(self.verdict(row(STEADY, times(0.5)), row(times(3), times(1.5))), '')

    def test_noise(self):
        noisy = [0.5, 0.9, 0.4, 1.2, 0.6, 0.3, 0.8]
        self.assertEqual(self.verdict(row(STEADY, times(0.5)), row(STEADY, noisy)), '')

    def test_exit_status(self):
        stdout, sys.stdout = sys.stdout, open('/dev/null', 'w')
        try:
            slower = ('m', 'row', 0, 2.0, 1.0, 0.5, 0.05)
            self.assertEqual(results.report([slower]), 1)
            self.assertEqual(results.report([(*slower[:4], 2.0, 1.0, 0.05)]), 0)
            self.assertEqual(results.report([]), 2)
        finally:
            sys.stdout.close()
            sys.stdout = stdout


class RecordTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.digests = {'core': 'c' * 12, 'linked': 'd' * 12}
        for module, name, value in (
            (records, 'FOLDER', pathlib.Path(folder.name)),
            (records.sources, 'digest', lambda module, scope: self.digests[scope]),
        ):
            patch = mock.patch.object(module, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def test_amounts_add_up_on_the_same_sources(self):
        for _ in range(2):
            records.update('zlib', 'difftest', {'seconds': 10, 'differences': 0}, add=['seconds'])
        self.assertEqual(records.load('zlib')['difftest']['seconds'], 20)
        self.digests['linked'] = 'e' * 12
        self.assertTrue(records.is_current('zlib', 'difftest', records.load('zlib')['difftest']))
        self.digests['core'] = 'e' * 12
        self.assertFalse(records.is_current('zlib', 'difftest', records.load('zlib')['difftest']))
        records.update('zlib', 'difftest', {'seconds': 10, 'differences': 0}, add=['seconds'])
        self.assertEqual(records.load('zlib')['difftest']['seconds'], 10)

    def test_kinds_stay_apart_and_say_when_and_what(self):
        records.update('zlib', 'stress', {'passed': 1})
        records.update('zlib', 'tests', {'passed': 2})
        kept = records.load('zlib')
        self.assertEqual([kept['stress']['passed'], kept['tests']['passed']], [1, 2])
        self.assertRegex(kept['tests']['date'], r'^\d{4}-\d\d-\d\d$')
        self.assertEqual(kept['tests']['source'], self.digests['linked'])

    def test_steps_of_a_report(self):
        steps = {
            'stress: zlib': {'passed': 1, 'failed': 0, 'skipped': 0},
            'no memory: zlib': {'passed': 0, 'failed': 0, 'skipped': 1},
        }
        records.update_from(types.SimpleNamespace(steps=steps), ['zlib', 'math'])
        self.assertEqual(list(records.load('zlib')), ['stress'])
        self.assertEqual(records.load('math'), {})


class JunitTest(unittest.TestCase):
    def test_steps_are_cases(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, 'junit.xml')
            steps = report.Report()
            with mock.patch.dict('os.environ', {'JUNIT': str(path)}), mock.patch('builtins.print'):
                steps.add('good', passed=3)
                steps.add('left out', skipped=1)
                steps.run('bad', [sys.executable, '-c', 'print("\\x01why"); raise SystemExit(1)'])
                self.assertEqual(steps.close(), 1)
            suite = ElementTree.parse(path).getroot()
        self.assertEqual((suite.get('tests'), suite.get('failures')), ('3', '1'))
        good, left_out, bad = suite.iter('testcase')
        self.assertIsNone(good.find('failure'))
        self.assertIsNotNone(left_out.find('skipped'))
        self.assertEqual(bad.find('failure').text, '?why\n')


class SourcesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = pathlib.Path(folder.name)
        self.write('Rust/one', 'Cargo.toml', '[dependencies]\ncpython-api.workspace = true\npure.workspace = true\n')
        self.write('Rust/one', 'src/lib.rs', 'fn one() -> &str { "text" } // why\n')
        self.write('Rust/one', 'src/tests.rs', 'fn test() {}\n')
        self.write('Rust/shared/pure', 'Cargo.toml', '[dependencies]\nouter = "1"\n[dev-dependencies]\ntool = "1"\n')
        self.write('Rust/shared/pure', 'src/lib.rs', 'fn pure() {}\n')
        self.write('Rust/shared/cpython-api', 'Cargo.toml', '[lib]\n')
        self.write('Rust/shared/cpython-api', 'src/lib.rs', 'fn api() {}\n')
        self.write('.', 'Cargo.lock', '[[package]]\nname = "outer"\nversion = "1.0.0"\n')
        for name, value in {'TOP': self.top, 'crates': lambda: sources_crates(self.top)}.items():
            patch = mock.patch.object(sources, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def write(self, crate, name, text):
        path = self.top / crate / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding='utf-8')

    def digests(self):
        for function in (sources.workspace, sources.locked, sources.digest):
            function.cache_clear()
        return tuple(sources.digest('one', scope) for scope in sources.SCOPES)

    def changed(self, crate, name, text):
        """Return which scopes notice a change."""
        before = self.digests()
        self.write(crate, name, text)
        return [scope for scope, old, new in zip(sources.SCOPES, before, self.digests(), strict=True) if old != new]

    def test_what_a_record_depends_on(self):
        self.assertEqual(self.changed('Rust/shared/cpython-api', 'src/lib.rs', 'fn other() {}\n'), ['linked'])
        self.assertEqual(self.changed('Rust/shared/pure', 'src/lib.rs', 'fn other() {}\n'), ['core', 'linked'])
        self.assertEqual(self.changed('Rust/one', 'src/lib.rs', 'fn one() -> &str { "words" }\n'), ['core', 'linked'])
        self.assertEqual(
            self.changed('.', 'Cargo.lock', '[[package]]\nname = "outer"\nversion = "1.0.1"\n'), ['core', 'linked']
        )

    def test_what_does_not_count(self):
        self.assertEqual(self.changed('Rust/one', 'src/tests.rs', 'fn other() {}\n'), [])
        self.assertEqual(self.changed('Rust/one', 'src/lib.rs', '// new\nfn one() -> &str { "text" }\n'), [])

    def test_strings_with_slashes_are_no_comments(self):
        self.assertEqual(sources.without_comments('a("// b"); // c\n\n/* d\n */ e\n'), 'a("// b");\n e')


def recorded(**seconds):
    return {'name': 'row', 'size': 100, 'goal': 1, 'seconds': {'C': 1.0, **seconds}}


class PagesTest(unittest.TestCase):
    def test_row(self):
        line = measurements.format_row(recorded(rust=0.5, slow=4.0, quick=0.25))
        self.assertTrue(line.startswith('| row | 1000 ms | 500 ms | 2.00 | 1 | quick 250 ms | 0.50 |'))

    def test_rate(self):
        for size, seconds, text in (
            (1, 5e-8, '50 ns'),
            (1, 9.9e-6, '9900 ns'),
            (100, 2e-5, '20 us'),
            (1 << 20, 0.1, '10.5 MB/s'),
            (1 << 20, 0.001, '1.05 GB/s'),
        ):
            self.assertEqual(measurements.rate(size, seconds), text)

    def test_judges(self):
        clean, red, nothing = (
            {'passed': passed, 'failed': failed, 'skipped': 1} for passed, failed in ((3, 0), (3, 1), (0, 0))
        )
        self.assertEqual([promotion.ran_clean(record)[0] for record in (clean, red, nothing)], [True, False, False])
        fuzzed = {'seconds': 60, 'programs': 5, 'differences': 0}
        judge = promotion.fuzzed(60)
        self.assertTrue(judge(fuzzed)[0])
        self.assertFalse(judge(fuzzed | {'seconds': 59})[0])
        self.assertFalse(judge(fuzzed | {'differences': 1})[0])

    def test_speed(self):
        self.assertTrue(promotion.as_fast({'rows': [recorded(rust=0.5), recorded(rust=1.02)]})[0])
        self.assertFalse(promotion.as_fast({'rows': [recorded(rust=0.1), recorded(rust=1.1)]})[0])
        threads = [{'name': 'a', 'scaling': {'rust': 1.85, 'C': 1.9}}]
        self.assertTrue(promotion.scales({'threads': threads})[0])
        threads.append({'name': 'b', 'scaling': {'rust': 1.0, 'C': 1.9}})
        self.assertFalse(promotion.scales({'threads': threads})[0])
        self.assertFalse(promotion.scales({'threads': []})[0])

    def test_differences_are_counted_by_module(self):
        self.assertEqual(promotion.differences('math'), promotion.differences('cmath'))
        self.assertGreater(promotion.differences('zlib'), promotion.differences('no such module'))


if __name__ == '__main__':
    unittest.main()
