"""Test how benchmarks are measured, compared and shown; no time is measured that matters."""

import contextlib
import io
import itertools
import random
import sys
import unittest
from unittest import mock

from bench import against
from bench import bench as bench_script
from bench import measure
from bench import measurements
from bench import results


def row(c, rust, name='row', size=100, threads=0, **peers):
    """Return a row with the seconds of each round."""
    return measure.Row(name, size, 1.0, {'rust': rust, 'C': c, **peers}, dict.fromkeys(('rust', 'C'), 1), threads)


SEEDED = random.Random
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
                against.Rows('^(a|sum: 10)$').row(name, 1, {'rust': (call, (), {})})
        return out.getvalue().splitlines()

    def test_rows_run_as_often_as_they_are_asked_for(self):
        calls = []
        rows = {'a': lambda: calls.append(1), 'an': self.fail, 'sum: 100': self.fail}
        printed = self.run_rows('3\n2\n0\n', **rows)
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
        rounds = [len(values) for values in bench.rows[0].values.values()]
        # On a clock that runs by itself, noise decides how many there are.
        self.assertEqual(rounds, [max(rounds[0], 3)] * 2)
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
        calls = {'rust': (bytes, (3,), {}), 'C': (bytes, (4,), {})}
        bench.row('bytes', 1, calls, length=lambda key: len(bytes(*calls[key][1])))
        self.assertEqual(bench.rows[0].lengths, {'rust': 3, 'C': 4})

    def test_a_package_that_refuses_the_input_is_left_out(self):
        bench = measure.Bench('', rounds=1, seconds=0.01)
        calls = {key: (len, ('',), {}) for key in ('rust', 'C', 'good')}
        with contextlib.redirect_stdout(io.StringIO()) as out:
            bench.row('row', 1, calls | {'bad': (int, ('x',), {})})
        self.assertEqual(list(bench.rows[0].values), ['rust', 'C', 'good'])
        self.assertIn('row is measured without bad: invalid literal', out.getvalue())
        with self.assertRaises(ValueError):
            bench.row('another', 1, calls | {'rust': (int, ('x',), {})})

    def test_rows_that_are_not_asked_for(self):
        bench = measure.Bench('other', rounds=3, seconds=0.01)
        bench.row('sum', 10, {})
        bench.thread_row('sum', 10, {})
        self.assertEqual((bench.rows, bench.thread_rows), ([], []))

    def test_names_are_searched_for_the_pattern(self):
        bench = measure.Bench('b c|^d', rounds=3, seconds=0.01)
        for names, chosen in (['a b c d'], True), (['d'], True), (['a', 'd'], True), (['b', 'a d'], False):
            self.assertIs(bench.chooses(*names), chosen)
        for pattern, asks in ('^sizes', True), ('sizes dumps', True), ('a sizes', False), ('', False):
            self.assertIs(measure.Bench(pattern, rounds=3, seconds=0.01).asks_for('sizes'), asks)

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


class Clock:
    """Stands in for `time`: a call takes the seconds that its function stands for, more or less by `spread`."""

    def __init__(self, spread):
        self.now, self.spread, self.random = 0.0, spread, random.Random(1)
        # For how long other programs have had the processor, and how long at most in each sample.
        self.delay, self.waiting = 0.0, 0.0

    def perf_counter(self):
        return self.now

    def make_timer(self, seconds, _args, _kwargs):
        def timer(number):
            taken = number * seconds * self.random.lognormvariate(0, self.spread)
            self.now += taken
            waited = self.random.random() * self.waiting
            self.delay += waited
            return taken + waited

        return timer


class RoundsTest(unittest.TestCase):
    """How many rounds a row gets, on a clock that does not run by itself."""

    def measured(self, spread, goal=1.0, rounds=11, waiting=0.0, **seconds):
        """Return a row and the seconds that it took."""
        clock = Clock(spread)
        clock.waiting = waiting
        bench = measure.Bench('', rounds, 0.5)
        with (
            mock.patch.object(measure, 'time', clock),
            mock.patch.object(measure, 'make_timer', clock.make_timer),
            mock.patch.object(measure, 'run_delay', lambda: clock.delay),
        ):
            bench.row('row', 1, {key: (value, (), {}) for key, value in seconds.items()}, goal)
        return bench.rows[0], clock.now

    def rounds(self, *args, **kwargs):
        row, _ = self.measured(*args, **kwargs)
        self.assertEqual(len(row.values['rust']), len(row.values['C']))
        return len(row.values['rust'])

    def test_a_row_that_is_clear_ends_early(self):
        row, taken = self.measured(0.01, rust=1e-6, C=2e-6)
        self.assertEqual(len(row.values['rust']), 11)
        self.assertLess(taken, 0.15)
        self.assertLess(row.margin, 0.02)

    def test_a_row_that_varies_gets_more_rounds(self):
        found = [self.rounds(spread, rust=1e-6, C=1.1e-6) for spread in (0.01, 0.05, 0.1)]
        self.assertEqual(found[0], 11)
        self.assertEqual(found, sorted(found))
        self.assertGreater(found[2], found[0])

    def test_a_row_near_a_limit_gets_more_time(self):
        _, away = self.measured(0.05, rust=1e-6, C=2e-6)
        _, slower = self.measured(0.05, rust=1e-6, C=0.97e-6)
        _, goal = self.measured(0.05, rust=1e-6, C=2e-6, goal=2.0)
        self.assertLess(away, 0.5)
        for taken in (slower, goal):
            self.assertGreater(taken, 0.5)
            # The time is looked at after each round, and finding the number of calls takes some, too.
            self.assertLess(taken, 0.5 * measure.NEAR + 0.05)

    def test_waiting_for_the_processor_does_not_count(self):
        row, _ = self.measured(0.01, rust=1e-6, C=2e-6, waiting=0.1)
        self.assertEqual(len(row.values['rust']), 11)
        self.assertAlmostEqual(row.ratio, 2, delta=0.05)

    def test_calls_that_take_long_and_packages_get_the_fewest_rounds(self):
        row, _ = self.measured(0.01, rust=0.2, C=0.4, peer=1.0)
        self.assertEqual({key: len(values) for key, values in row.values.items()}, dict.fromkeys(row.values, 5))
        row, _ = self.measured(0.01, rust=1e-6, C=2e-6, peer=1e-6)
        self.assertEqual({key: len(values) for key, values in row.values.items()}, {'rust': 11, 'C': 11, 'peer': 5})
        self.assertEqual(self.rounds(0.01, rounds=3, rust=1e-6, C=2e-6), 3)

    def test_samples_are_long_enough(self):
        row, _ = self.measured(0.01, rust=1e-7, C=0.01)
        self.assertAlmostEqual(row.loops['rust'] * 1e-7, measure.SAMPLE, delta=0.05 * measure.SAMPLE)
        self.assertEqual(row.loops['C'], 1)

    def test_the_interval_contains_the_ratio(self):
        """93 % of the intervals do; rounds end when an interval is narrow, which leaves fewer."""
        hits = 0
        for seed in range(60):
            with mock.patch.object(random, 'Random', lambda _, seed=seed: SEEDED(seed)):
                row, _ = self.measured(0.02, rust=1e-6, C=1.1e-6)
            hits += abs(row.ratio / 1.1 - 1) <= row.margin
        self.assertGreater(hits, 48)

    def test_threads_whose_scaling_is_near_the_limit_get_more_rounds(self):
        def rounds(*scaling):
            bench, taken, order = measure.Bench('', 3, 0.5), random.Random(1), itertools.cycle([0, 1])

            def time_threads(timers, number):
                factor = 1 if len(timers) == 1 else 2 / scaling[next(order)]
                return number * factor * taken.lognormvariate(0, 0.02)

            with mock.patch.object(measure, 'time_threads', time_threads):
                bench.thread_row('row', 1, {key: lambda: (sum, ([1],), {}) for key in ('rust', 'C')})
            return len(bench.thread_rows[0][0].values['rust'])

        self.assertEqual(rounds(1.9, 1.5), 3)
        self.assertEqual(rounds(0.95 * 1.9, 1.9), 3 * measure.MOST_THREAD_ROUNDS)

    def test_names_are_shown_literally(self):
        self.assertEqual(measurements.literal(r'backtracking [^\n]*?\d+$'), r'backtracking \[^\\n\]\*?\\d+$')
        self.assertEqual(measurements.literal('a2b_qp with __lt__ 1000'), r'a2b_qp with \_\_lt\_\_ 1000')

    def test_the_record_has_the_margin(self):
        row, _ = self.measured(0.02, rust=1e-6, C=2e-6)
        record = bench_script.row_record(row)
        self.assertAlmostEqual(record['margin'], row.margin, delta=0.001)
        self.assertIn(f'± {record["margin"]:.1%}', measurements.row_cells(record)[2])


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
