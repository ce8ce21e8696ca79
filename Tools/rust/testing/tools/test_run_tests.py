"""Test which of CPython's tests `make test` runs in a release, and how the steps of a check are counted."""

import contextlib
import io
import pathlib
import sys
import tempfile
import unittest
from unittest import mock

from build import releases, setup_rust
from check import report, run_tests

LIST = """# Comment.
test_old <3.15
test_one
test_one_extra  >=3.15  # since then
test.test_free_threading.test_one >=3.14 <3.16
"""


class UpstreamTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = pathlib.Path(folder.name)
        self.list(LIST)
        self.release = '3.15.0rc2'
        for module, name, value in ((run_tests, 'TOP', self.top), (releases, 'built', lambda: self.release)):
            patch = mock.patch.object(module, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def list(self, text):
        path = self.top / 'Rust/_one/tests/upstream.txt'
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding='utf-8')

    def names(self, release):
        self.release = release
        return run_tests.upstream_tests(['_one', '_one'])

    def test_conditions(self):
        free_threading = 'test.test_free_threading.test_one'
        self.assertEqual(self.names('3.14.10'), ['test_old', 'test_one', free_threading])
        self.assertEqual(self.names('3.15.0rc2'), ['test_one', 'test_one_extra', free_threading])
        self.assertEqual(self.names('3.16.0'), ['test_one', 'test_one_extra'])
        self.list('test_one 3.15\n')
        with self.assertRaisesRegex(SystemExit, 'not a condition'):
            self.names('3.15.0')

    def test_names_that_are_missing_or_not_listed(self):
        tests = self.top / 'Lib/test'
        (tests / 'test_free_threading').mkdir(parents=True)
        (tests / 'test_one').mkdir()

        def problems(stage='default'):
            module = setup_rust.Module('_one', stage, '-', (('_one_extra', '3.15'),))
            return [text.partition(str(self.top))[0] for text in run_tests.unlisted_tests([module], self.top)]

        self.list('test_one\n')
        self.assertEqual(problems(), [])
        self.list('test_one\ntest_gone\ntest.test_free_threading.test_one\n')
        missing = ['_one: test_gone is not in ', '_one: test.test_free_threading.test_one is not in ']
        self.assertEqual(problems(), missing)
        (tests / 'test_free_threading/test_one.py').touch()
        (tests / 'test_one_extra.py').touch()
        (tests / 'test_two.py').touch()
        self.list('test_one\n')
        there = ['_one: test.test_free_threading.test_one is in ', '_one: test_one_extra is in ']
        self.assertEqual(problems(), there)
        self.list('# None yet.\n')
        self.assertEqual(problems('incubating'), [])
        self.assertEqual(len(problems('default')), 3)


class ApartTest(unittest.TestCase):
    """Tests that several modules list run once, and count for each of them."""

    LISTS = {'one': ['test_a', 'test_b'], 'two': ['test_b'], 'new': ['test_b', 'test_c']}

    def run_apart(self, failing=(), **options):
        ran, done, steps = [], [], report.Report()

        def run(name, command, *, count=None, env=None, **_options):
            ran.append(name)
            test = command[-1]
            steps.steps[name] = {'passed': int(test not in failing), 'failed': int(test in failing), 'skipped': 0}

        def listed(modules):
            return list(dict.fromkeys(test for name in modules for test in self.LISTS[name]))

        with (
            mock.patch.object(run_tests, 'upstream_tests', listed),
            mock.patch.object(run_tests, 'check_names'),
            mock.patch.object(run_tests, 'size', ['test_c', 'test_a', 'test_b'].index),
            mock.patch.object(run_tests.check, 'has_twins', lambda default: False),
            mock.patch.object(steps, 'run', run),
            mock.patch('builtins.print'),
        ):
            modules = ['one', 'two', 'new']
            run_tests.run_tests_apart(steps, modules, ['one', 'two'], 1, lambda *point: done.append(point), **options)
        return ran, done, {name: steps.steps.get(f"CPython's tests on {name}") for name in modules}

    def test_each_test_runs_once_in_each_environment(self):
        ran, done, steps = self.run_apart()
        tests = ['test_b, default', 'test_a, default', 'test_b, incubating', 'test_c, incubating']
        self.assertEqual([name for name in ran if name.startswith('test_')], tests)
        self.assertEqual([name for name in ran if name.startswith('tests of')],
                         ['tests of _rust', 'tests of one', 'tests of two', 'tests of new'])  # fmt: skip
        self.assertEqual([steps[name]['passed'] for name in ('one', 'two', 'new')], [2, 1, 2])
        # As soon as the last test of each is over.
        self.assertEqual(done[:3], [('upstream', 'two'), ('upstream', 'one'), ('upstream', 'new')])

    def test_a_failure_counts_for_every_module_that_lists_the_test(self):
        _, _, steps = self.run_apart(failing=['test_b'])
        self.assertEqual([steps[name]['failed'] for name in ('one', 'two', 'new')], [1, 1, 1])
        _, _, steps = self.run_apart(failing=['test_c'])
        self.assertEqual([steps[name]['failed'] for name in ('one', 'two', 'new')], [0, 0, 1])

    def test_only_one_kind(self):
        ran, done, _ = self.run_apart(kinds=['tests'])
        self.assertEqual([name for name in ran if name.startswith('test_')], [])
        self.assertEqual({kind for kind, _ in done}, {'tests'})


class ReportTest(unittest.TestCase):
    """What the exit status of a command and the tests that it counts say of a step."""

    def counts(self, status, counts, **options):
        steps, command = report.Report(), [sys.executable, '-c', f'raise SystemExit({status})']
        with contextlib.redirect_stdout(io.StringIO()):
            steps.run('step', command, count=lambda output: counts, **options)
        return tuple(steps.steps['step'].values())

    def test_a_status_without_a_failed_test_is_a_failure(self):
        self.assertEqual(self.counts(0, (3, 0, 0)), (3, 0, 0))
        self.assertEqual(self.counts(1, (3, 0, 0)), (3, 1, 0))
        self.assertEqual(self.counts(4, (0, 0, 0)), (0, 1, 1))

    def test_nothing_ran(self):
        nothing = {'nothing_ran': run_tests.NO_TESTS_RAN}
        self.assertEqual(self.counts(4, (0, 0, 0), **nothing), (0, 0, 1))
        self.assertEqual(self.counts(4, (3, 0, 0), **nothing), (3, 1, 0))
        self.assertEqual(self.counts(1, (0, 0, 0), **nothing), (0, 1, 1))


class Coverage(unittest.TestCase):
    def report(self, *default):
        """Return what is reported for a build with these modules as its default."""
        table = [setup_rust.Module('one', 'default', '-'), setup_rust.Module('two', 'incubating', '-')]
        report = mock.Mock()
        with mock.patch.object(setup_rust, 'modules', lambda: table):
            run_tests.run_coverage(report, default, 1)
        return report

    def test_incubating_modules_may_lack_calls(self):
        for default in (('one',), ('one', 'two')):
            report = self.report(*default)
            self.assertEqual(report.run.call_args.kwargs['env']['RUST_MODULES'], 'one')
        report = self.report('two')
        self.assertEqual(report.add.call_args.kwargs['skipped'], 1)
        report.run.assert_not_called()


class TableTest(unittest.TestCase):
    def modules(self, text):
        with tempfile.NamedTemporaryFile('w', suffix='.rust') as file:
            file.write(text)
            file.flush()
            return setup_rust.modules(pathlib.Path(file.name))

    def test_submodules(self):
        one, two = self.modules('one default one.c\n+extra 3.15 extra.c -lm\n+more 3.16 more.c\n\ntwo testing -\n')
        self.assertEqual(one.submodules, (('extra', '3.15'), ('more', '3.16')))
        self.assertEqual(two.submodules, ())

    def test_lines_that_are_wrong(self):
        for text in ('+extra 3.15 extra.c\n', 'one default -\n+extra\n', 'one default -\n+extra new extra.c\n'):
            with self.subTest(text), self.assertRaisesRegex(SystemExit, 'not a line of a submodule: .extra'):
                self.modules(text)


if __name__ == '__main__':
    unittest.main()
