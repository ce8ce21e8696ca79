"""Test how results are recorded, apart for each CPython release, and what the page of states makes of them."""

import contextlib
import io
import os
import pathlib
import re
import sys
import tempfile
import threading
import time
import types
import unittest
from unittest import mock
from xml.etree import ElementTree

from bench import measurements
from build import releases
from build import setup_rust
from build.setup_rust import Module, crates as sources_crates
from check import check_full, promotion, records, refresh, report, sources


class RecordTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.release = '3.14.7'
        self.digests = {'core': 'c' * 12, 'linked': 'd' * 12}
        for module, name, value in (
            (records, 'FOLDER', pathlib.Path(folder.name)),
            (records.sources, 'digest', lambda module, scope: self.digests[scope]),
            (releases, 'built', lambda: self.release),
        ):
            patch = mock.patch.object(module, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def test_amounts_add_up_on_the_same_sources(self):
        for _ in range(2):
            records.update('zlib', 'difftest', {'seconds': 10, 'differences': 0}, add=['seconds'])
        self.assertEqual(records.load('zlib', '3.14')['difftest']['seconds'], 20)
        self.digests['linked'] = 'e' * 12
        self.assertTrue(records.is_current('zlib', 'difftest', records.load('zlib', '3.14')['difftest']))
        self.digests['core'] = 'e' * 12
        self.assertFalse(records.is_current('zlib', 'difftest', records.load('zlib', '3.14')['difftest']))
        records.update('zlib', 'difftest', {'seconds': 10, 'differences': 0}, add=['seconds'])
        self.assertEqual(records.load('zlib', '3.14')['difftest']['seconds'], 10)

    def test_kinds_stay_apart_and_say_when_and_what(self):
        records.update('zlib', 'stress', {'passed': 1})
        records.update('zlib', 'tests', {'passed': 2})
        kept = records.load('zlib', '3.14')
        self.assertEqual([kept['stress']['passed'], kept['tests']['passed']], [1, 2])
        self.assertRegex(kept['tests']['date'], r'^\d{4}-\d\d-\d\d$')
        self.assertEqual(kept['tests']['source'], self.digests['linked'])

    def test_steps_of_a_report(self):
        steps = {
            'stress: zlib': {'passed': 1, 'failed': 0, 'skipped': 0},
            'no memory: zlib': {'passed': 0, 'failed': 0, 'skipped': 1},
        }
        records.update_from(types.SimpleNamespace(steps=steps, seconds={}), ['zlib', 'math'])
        self.assertEqual(list(records.load('zlib', '3.14')), ['stress'])
        self.assertEqual(records.load('math', '3.14'), {})

    def test_a_result_of_several_steps(self):
        steps = {
            'no memory: zlib': {'passed': 1, 'failed': 0, 'skipped': 0},
            'no malloc: zlib': {'passed': 0, 'failed': 1, 'skipped': 0},
        }
        seconds = {'no memory: zlib': 1.2, 'no malloc: zlib': 2.4}
        records.update_from(types.SimpleNamespace(steps=steps, seconds=seconds), ['zlib'])
        record = records.load('zlib', '3.14')['no-memory']
        self.assertEqual(
            {key: record[key] for key in ('passed', 'failed', 'took')}, {'passed': 1, 'failed': 1, 'took': 4}
        )

    def test_threads_record_results_of_one_module(self):
        load = records.load

        def slow(*args):
            found = load(*args)
            time.sleep(0.02)
            return found

        kinds = ['stress', 'tests', 'upstream']
        threads = [threading.Thread(target=records.update, args=('zlib', kind, {'passed': 1})) for kind in kinds]
        with mock.patch.object(records, 'load', slow):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.assertEqual(sorted(records.load('zlib', '3.14')), kinds)

    def test_releases_stay_apart(self):
        records.update('zlib', 'difftest', {'seconds': 10}, add=['seconds'])
        self.release = '3.15.0rc2'
        records.update('zlib', 'difftest', {'seconds': 30}, add=['seconds'])
        kept = [records.load('zlib', line)['difftest'] for line in ('3.14', '3.15')]
        self.assertEqual([(each['release'], each['seconds']) for each in kept], [('3.14.7', 10), ('3.15.0rc2', 30)])
        # Only the one that has been repeated is current.
        self.digests['core'] = 'e' * 12
        records.update('zlib', 'difftest', {'seconds': 5}, add=['seconds'])
        kept = [records.load('zlib', line)['difftest'] for line in ('3.14', '3.15')]
        self.assertEqual([each['seconds'] for each in kept], [10, 5])
        self.assertEqual([records.is_current('zlib', 'difftest', each) for each in kept], [False, True])

    def test_amounts_of_another_bug_fix_release_do_not_add_up(self):
        records.update('zlib', 'difftest', {'seconds': 10}, add=['seconds'])
        self.release = '3.14.10'
        records.update('zlib', 'difftest', {'seconds': 30}, add=['seconds'])
        self.assertEqual(records.load('zlib', '3.14')['difftest']['seconds'], 30)


class ReleaseTest(unittest.TestCase):
    def test_release_of_the_build_folder(self):
        with tempfile.TemporaryDirectory() as folder:
            makefile = pathlib.Path(folder, 'Makefile')
            with mock.patch.object(releases, 'CPYTHON_MAKEFILE', makefile):
                self.assertIsNone(releases.source())
                with self.assertRaisesRegex(SystemExit, 'build folder'):
                    releases.built()
                makefile.write_text(f'srcdir=\t/other\nVPATH=\t\t{folder}/tree\n', encoding='utf-8')
                header = pathlib.Path(folder, 'tree/Include/patchlevel.h')
                header.parent.mkdir(parents=True)
                header.write_text(
                    '#define PY_VERSION_HEX 1\n#define PY_VERSION              "3.15.0rc2+"\n', encoding='utf-8'
                )
                self.assertEqual(releases.built(), '3.15.0rc2+')
                # As in a build folder in the source tree.
                makefile.write_text('VPATH=\t\t./tree\n', encoding='utf-8')
                self.assertEqual(releases.built(), '3.15.0rc2+')
        self.assertEqual(releases.line_of('3.15.0rc2+'), '3.15')

    def test_lines_of_the_table(self):
        self.assertIn(releases.line_of(releases.default_source().removeprefix('Python-')), releases.tested_lines())


class StatesTest(unittest.TestCase):
    """The pages of a module with two requirements, in two releases."""

    def setUp(self):
        self.kept = {'3.14': {}, '3.15': {}}
        requirements = [
            promotion.Requirement('incubating', 'its tests', 'tests'),
            promotion.Requirement('default', 'stress', 'stress'),
            promotion.Requirement('without the twin', 'no twins', 'without-twins'),
        ]
        for module, name, value in (
            (records, 'load', lambda module, line: self.kept[line]),
            (records, 'source_hash', lambda module, kind: 'now'),
            (releases, 'tested_lines', lambda: list(self.kept)),
            (releases, 'built', lambda: '3.15.0rc2'),
            (promotion, 'REQUIREMENTS', requirements),
            (promotion.setup_rust, 'modules', lambda: [Module('one', 'default', '-')]),
        ):
            patch = mock.patch.object(module, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def passed(self, source='now', failed=0, release='3.15.0rc2'):
        counts = {'passed': 7, 'failed': failed, 'skipped': 0}
        return counts | {'source': source, 'date': '2026-01-02', 'commit': 'abc', 'release': release}

    def row(self, start):
        (found,) = [line for line in promotion.page().splitlines() if line.startswith(start)]
        return [text.strip() for text in found.split('|')[1:-1]]

    def test_stage_of_each_release(self):
        self.assertEqual(self.row('| [`one`]')[2:4], ['none', 'none'])
        self.kept['3.15'] = {'tests': self.passed(), 'stress': self.passed()}
        self.assertEqual(self.row('| [`one`]')[2:6], ['none', 'default', '0 of 1', '1 of 1'])
        self.kept['3.14'] = {'tests': self.passed(), 'stress': self.passed(failed=1)}
        self.assertEqual(self.row('| [`one`]')[2:4], ['incubating', 'default'])
        self.kept['3.14'] = {'tests': self.passed('older'), 'stress': self.passed()}
        self.assertEqual(self.row('| [`one`]')[2:6], ['none', 'default', '0 of 1, 1 stale', '1 of 1'])

    def test_column_for_each_release(self):
        self.kept['3.15'] = {'stress': self.passed()}
        result = '*yes*: 7 passed, 0 failed, 0 skipped (3.15.0rc2, 2026-01-02, abc)'
        self.assertEqual(self.row('| default | stress'), ['default', 'stress', 'not recorded', result])
        self.kept['3.14'] = {'stress': self.passed('older', release='3.14.7')}
        self.assertTrue(self.row('| default | stress')[2].startswith('*stale*: 7 passed'))
        self.assertEqual(self.row('| default | stress')[3], result)
        self.assertIn('| `one` | default | Rust | `_c_one` | 0 of 1, 1 stale | 1 of 1 |', promotion.readme_table())

    def test_record_repeats_what_is_stale_in_the_release_of_the_build(self):
        self.kept['3.14'] = {'tests': self.passed('older'), 'stress': self.passed('older')}
        self.kept['3.15'] = {'tests': self.passed(), 'stress': self.passed('older')}
        self.assertEqual(promotion.stale('3.14'), [('one', 'tests'), ('one', 'stress'), ('one', 'without-twins')])
        self.assertEqual(promotion.stale('3.15'), [('one', 'stress'), ('one', 'without-twins')])
        with mock.patch.object(sys, 'argv', ['promotion', 'stale']), mock.patch('builtins.print') as said:
            promotion.main()
        lines = [call.args[0] for call in said.call_args_list]
        self.assertEqual(lines[2:4], ['3.14: one: without-twins', '3.15: one: stress'])
        self.assertEqual(self.refreshed()[0], [('stress', ['one'])])

    def refreshed(self, run=lambda report, args: None):
        """Run `make record` with steps that note what they are called with; return that, and what is printed."""
        ran = []

        def step(kind):
            def noted(report, args):
                ran.append((kind, args.modules))
                run(report, args)

            return refresh.Step(frozenset({kind}), noted, True, 90)

        steps = [step('tests'), step('stress')]
        with mock.patch.object(refresh, 'STEPS', steps), contextlib.redirect_stdout(io.StringIO()) as out:
            args = types.SimpleNamespace(modules=['one'], default=['one'], jobs=2)
            refresh.refresh(report.Report(), args)
        return ran, out.getvalue()

    def test_the_plan_says_how_long_it_takes(self):
        self.kept['3.14'] = {'stress': self.passed('older') | {'took': 600}}
        printed = self.refreshed()[1].splitlines()
        # A guess for what has never run; the other release says how long the other takes. Two run side by side.
        self.assertEqual(printed[1:4], ['    0.8  tests: one', '    5.0  stress: one', '    5.8  in all'])
        self.assertRegex(printed[-1], r'^ +0\.0 +5\.8  in all$')

    def test_an_interrupt_ends_the_run_but_not_its_record(self):
        def interrupt(report, args):
            raise KeyboardInterrupt

        ran, printed = self.refreshed(interrupt)
        self.assertEqual([kind for kind, _ in ran], ['tests'])
        self.assertIn('FAILED  make record: interrupted', printed)

    def test_results_are_recorded_one_by_one(self):
        recorded = []

        def done(report, args):
            report.steps['tests of one'] = {'passed': 1, 'failed': 0, 'skipped': 0}
            args.done('one')
            report.interrupted = True
            args.done('one')

        with mock.patch.object(records, 'update', lambda *args: recorded.append(args[:2])):
            self.refreshed(done)
        self.assertEqual(recorded, [('one', 'tests')])

    def test_a_command_that_was_interrupted_ends_the_run(self):
        ran, printed = self.refreshed(lambda report, args: setattr(report, 'interrupted', True))
        self.assertEqual([kind for kind, _ in ran], ['tests'])
        self.assertIn('interrupted', printed)

    def test_measurements_of_each_release(self):
        def bench(**rows):
            return {
                'machine': 'CPython on a machine.', 'date': '2026-01-02', 'commit': 'abc', 'peers': {}, 'source': 'now',
                'rows': [{'name': name, 'size': 1, 'goal': 2, 'seconds': {'C': 1, 'rust': rust}}
                         for name, rust in rows.items()],
                'threads': [],
            }  # fmt: skip

        self.kept['3.15'] = {'bench': bench(old=0.25, new=0.8, last=2)}
        page = measurements.page(measurements.bench_records())
        self.assertIn('CPython 3.14: not measured.', page)
        self.assertIn('Slower than C: last. Below the goal: new, last.', page)
        nearly = [{'name': 'nearly', 'goal': 1, 'seconds': {'C': 98, 'rust': 100}}]
        self.assertEqual(measurements.summary(nearly), 'Geometric mean: 0.98 times C. No row is slower than C.')
        self.kept['3.14'] = {'bench': bench(old=0.5, gone=0.5, last=0.5) | {'source': 'older'}}
        page = measurements.page(measurements.bench_records())
        self.assertEqual(page.count('Stale'), 1)
        lines = [line.split(' | ') for line in page.splitlines() if re.match(r'\| (old|gone|new|last) ', line)]
        self.assertEqual(
            [(line[0], line[3], line[9]) for line in lines],
            [('| old', '2.00', '4.00'), ('| new', '', '1.25'), ('| gone', '2.00', ''), ('| last', '2.00', '0.50')],
        )
        plots = measurements.stale_plots(measurements.bench_records())
        self.assertEqual([(module, line) for module, line, _ in plots], [('one', '3.14'), ('one', '3.15')])
        self.assertEqual(measurements.plot_path('one', '3.15').relative_to(measurements.TOP).as_posix(),
                         'Doc/plots/3.15/one.svg')  # fmt: skip


def recorded(**seconds):
    return {'name': 'row', 'size': 100, 'goal': 1, 'seconds': {'C': 1.0, **seconds}}


class JudgeTest(unittest.TestCase):
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


class SideBySideTest(unittest.TestCase):
    def test_as_many_at_once_as_there_are_jobs(self):
        barrier, seen = threading.Barrier(2), []

        def work(item):
            barrier.wait(timeout=30)
            seen.append(item)

        report.Report().side_by_side(work, [1, 2, 3, 4], 2)
        self.assertEqual(sorted(seen), [1, 2, 3, 4])

    def test_an_exception_ends_it(self):
        steps, seen = report.Report(), []

        def work(item):
            seen.append(item)
            # Time in which the exception is seen, however busy the machine is.
            time.sleep(0.05 if item else 0)
            raise ValueError

        with self.assertRaises(ValueError):
            steps.side_by_side(work, range(1000), 1)
        self.assertTrue(steps.interrupted)
        self.assertLess(len(seen), 1000)

    def test_a_command_that_is_interrupted_is_no_result(self):
        steps = report.Report()
        with mock.patch('builtins.print'):
            steps.run('red', [sys.executable, '-c', 'raise SystemExit(1)'])
            self.assertFalse(steps.interrupted)
            steps.run('stopped', [sys.executable, '-c', 'raise SystemExit(130)'])
        self.assertTrue(steps.interrupted)
        self.assertEqual(steps.failures, ['red', 'stopped'])

    def test_another_command_decides_where_one_fails(self):
        steps = report.Report()
        good, bad, stopped = ([sys.executable, '-c', f'raise SystemExit({status})'] for status in (0, 1, 130))
        with mock.patch('builtins.print'):
            steps.run('good', good, again=bad)
            steps.run('confirmed', bad, again=bad)
            steps.run('refuted', bad, again=good)
            self.assertEqual((steps.passed, steps.failures), (2, ['confirmed']))
            steps.run('stopped', stopped, again=good)
        self.assertTrue(steps.interrupted)

    def test_parts_are_not_counted_again(self):
        steps = report.Report()
        with mock.patch('builtins.print'):
            steps.add('a', passed=2)
            steps.add('b', passed=1, failed=1)
            steps.seconds.update(a=1, b=2)
            steps.combine('both', ['a', 'b'])
        self.assertEqual((steps.passed, steps.failed, steps.failures), (3, 1, ['b']))
        self.assertEqual(steps.steps['both'], {'passed': 3, 'failed': 1, 'skipped': 0})
        self.assertEqual(steps.seconds['both'], 3)


class InterpretersTest(unittest.TestCase):
    """Modules that are used together: which one is to blame for a failure."""

    def steps(self, failing):
        """Return the failed steps of modules, and who is recorded, when the script fails for these lists."""
        steps, done = report.Report(), []

        def run_script(steps, name, _script, *modules, **_options):
            steps.add(name, **{'failed' if modules in failing else 'passed': 1})
            return ''

        with mock.patch.object(check_full, 'run_script', run_script), mock.patch('builtins.print'):
            check_full.many_interpreters(steps, types.SimpleNamespace(done=done.append), ['a', 'b'])
        own = {name: steps.steps[f'many interpreters: {name}'] for name in ('a', 'b')}
        return [name for name, counts in own.items() if counts['failed']], done

    def test_who_is_to_blame(self):
        self.assertEqual(self.steps([]), ([], ['a', 'b']))
        self.assertEqual(self.steps([('a', 'b'), ('b',)]), (['b'], ['a', 'b']))
        self.assertEqual(self.steps([('a', 'b')]), (['a', 'b'], ['a', 'b']))


class SanitizedTest(unittest.TestCase):
    """Tests of several modules at once in a build with a sanitizer, each with reports of its own."""

    def run_part(self, reported=(), crashed=()):
        """Return the failed steps when the tests or the stress of these modules are reported, or fail themselves."""
        steps, done, stressed_beside = report.Report(), [], []

        def run(name, command, *, env=None, **_options):
            module = name.rpartition(' ')[2]
            if 'stress' in name:
                stressed_beside.append([other for other in ('a', 'b') if f'asan: tests of {other}' not in steps.steps])
            if 'tests of' in name and module in reported:
                path = re.search(r'log_path=([^:]+)', env['ASAN_OPTIONS'])[1]
                pathlib.Path(f'{path}.1').write_text('==1==ERROR: AddressSanitizer: bad\n', encoding='utf-8')
            steps.add(name, **{'failed' if module in crashed else 'passed': 1})

        with (
            tempfile.TemporaryDirectory() as folder,
            mock.patch.object(check_full, 'TOP', pathlib.Path(folder)),
            mock.patch.object(setup_rust, 'TOP', pathlib.Path(folder)),
            mock.patch.object(check_full.sanitizers, 'find_clang', lambda rustc: ('clang-1', '1')),
            mock.patch.object(check_full.sanitizers, 'build', lambda *args: True),
            mock.patch.object(check_full, 'configure_arguments', list),
            mock.patch.object(check_full.subprocess, 'run'),
            mock.patch.object(check_full.sanitizers, 'judge_defect'),
            mock.patch.object(steps, 'run', run),
            mock.patch('builtins.print'),
        ):
            self.addCleanup(os.chdir, os.getcwd())
            os.chdir(folder)
            for module in ('a', 'b'):
                tests = pathlib.Path(folder, 'Rust', module, 'tests')
                tests.mkdir(parents=True)
                for name in ('calls.py', 'test_it.py'):
                    (tests / name).touch()
                # What an interrupted run has left.
                left = pathlib.Path(folder, 'check-full/asan/reports', module, 'report.2')
                left.parent.mkdir(parents=True)
                left.write_text('==1==ERROR: AddressSanitizer: old\n', encoding='utf-8')
            args = types.SimpleNamespace(
                modules=['a', 'b'], jobs=2, seconds=1, done=done.append, cargo='cargo', record=True
            )
            check_full.PARTS['asan'](steps, args)
            self.doCleanups()
        self.assertEqual(done, ['a', 'b'])
        # A stress test needs the processors for itself.
        self.assertEqual(stressed_beside, [[], []])
        return sorted(steps.failures)

    def test_reports_are_those_of_the_module(self):
        self.assertEqual(self.run_part(), [])
        self.assertEqual(self.run_part(reported=['b']), ['asan: b'])
        self.assertEqual(self.run_part(crashed=['a']), ['asan: stress of a', 'asan: tests of a'])

    def test_false_reports_are_not_recorded(self):
        """Without an instrumented standard library the thread sanitizer reports what is no race."""
        with (
            tempfile.TemporaryDirectory() as folder,
            mock.patch.object(check_full.sanitizers, 'find_clang', lambda rustc: ('clang-1', '1')),
            mock.patch.object(check_full.sanitizers, 'why_not_std', lambda *args: 'its sources are missing'),
            mock.patch.object(check_full.sanitizers, 'build', return_value=False) as build,
            mock.patch.object(check_full, 'configure_arguments', list),
            mock.patch('builtins.print'),
        ):
            self.addCleanup(os.chdir, os.getcwd())
            os.chdir(folder)
            for record in (False, True):
                steps = report.Report()
                args = types.SimpleNamespace(modules=['a'], jobs=1, cargo='cargo', record=record)
                check_full.PARTS['tsan'](steps, args)
                self.assertEqual(build.called, not record)
                self.assertEqual(steps.steps['tsan: standard library']['skipped'], 1)
                build.reset_mock()
            self.doCleanups()


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

    def test_changes_that_make_a_record_stale(self):
        self.assertEqual(self.changed('Rust/shared/cpython-api', 'src/lib.rs', 'fn other() {}\n'), ['linked'])
        self.assertEqual(self.changed('Rust/shared/pure', 'src/lib.rs', 'fn other() {}\n'), ['core', 'linked'])
        self.assertEqual(self.changed('Rust/one', 'src/lib.rs', 'fn one() -> &str { "words" }\n'), ['core', 'linked'])
        self.assertEqual(
            self.changed('.', 'Cargo.lock', '[[package]]\nname = "outer"\nversion = "1.0.1"\n'), ['core', 'linked']
        )

    def test_changes_that_do_not_make_a_record_stale(self):
        self.assertEqual(self.changed('Rust/one', 'src/tests.rs', 'fn other() {}\n'), [])
        self.assertEqual(self.changed('Rust/one', 'src/lib.rs', '// new\nfn one() -> &str { "text" }\n'), [])

    def test_strings_with_slashes_are_no_comments(self):
        self.assertEqual(sources.without_comments('a("// b"); // c\n\n/* d\n */ e\n'), 'a("// b");\n e')


if __name__ == '__main__':
    unittest.main()
