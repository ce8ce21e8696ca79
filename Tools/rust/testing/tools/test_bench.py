"""Test how benchmarks are measured, compared and shown; no time is measured that matters."""

import contextlib
import io
import sys
import unittest
from unittest import mock

from bench import against
from bench import measure
from bench import measurements
from bench import results


def row(c, rust, name='row', size=100, threads=0, **peers):
    """Return a row with the seconds of each round."""
    return measure.Row(name, size, 1.0, {'rust': rust, 'C': c, **peers}, dict.fromkeys(('rust', 'C'), 1), threads)


STEADY = [1.0, 1.01, 0.99, 1.0, 1.02, 0.98, 1.0]


def times(factor):
    return [value * factor for value in STEADY]


class AgainstTest(unittest.TestCase):
    """Two builds whose rows take turns: the protocol of the processes, and what counts as slower."""

    def run_rows(self, commands, **rows):
        """Return what a process prints when it gets these commands."""
        out = io.StringIO()
        with mock.patch('sys.stdin', io.StringIO(commands)), contextlib.redirect_stdout(out):
            for name, call in rows.items():
                against.Rows('a').row(name, 1, {'rust': (call, (), {})})
        return out.getvalue().splitlines()

    def test_rows_run_as_often_as_they_are_asked_for(self):
        calls = []
        printed = self.run_rows('3\n2\n0\n', a=lambda: calls.append(1), other=self.fail)
        self.assertEqual((printed[0], len(printed), len(calls)), ('a', 3, 5))
        self.assertTrue(all(float(seconds) > 0 for seconds in printed[1:]))

    def test_a_row_that_fails_is_told(self):
        self.assertEqual(self.run_rows('3\n0\n', a=lambda: 1 / 0), ['a', 'nan'])

    def test_slower(self):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            verdicts = [against.report('math', 'sin', 100, after, 'ns') for after in (100, 103, 104)]
        self.assertEqual(verdicts, [False, False, True])
        self.assertEqual(out.getvalue().count('slower'), 1)


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


def recorded(**seconds):
    return {'name': 'row', 'size': 100, 'goal': 1, 'seconds': {'C': 1.0, **seconds}}


class PagesTest(unittest.TestCase):
    def test_row(self):
        cells = measurements.row_cells(recorded(rust=0.5, slow=4.0, quick=0.25))
        self.assertEqual(cells, ['1000 ms', '500 ms', '2.00', '1', 'quick 250 ms', '0.50'])
        self.assertEqual(len(cells), len(measurements.COLUMNS))

    def test_rate(self):
        for size, seconds, text in (
            (1, 5e-8, '50 ns'),
            (1, 9.9e-6, '9900 ns'),
            (100, 2e-5, '20 us'),
            (1 << 20, 0.1, '10.5 MB/s'),
            (1 << 20, 0.001, '1.05 GB/s'),
        ):
            self.assertEqual(measurements.rate(size, seconds), text)


if __name__ == '__main__':
    unittest.main()
