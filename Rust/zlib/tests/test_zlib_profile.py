"""The profiles of the compressor: how one is chosen, and the bytes of the exact one."""

import pathlib
import unittest

import _rust
import _rust_zlib
import twin
from test import support
from test.support import script_helper

STREAMS = pathlib.Path(__file__).parent / 'exact_streams.py'
SHOW = """
import _rust_zlib, _rust
data = bytes(range(97, 123)) * 4000 + b'some words that are not in any order' * 3
print(*_rust.zlib_profile(), len(_rust_zlib.compress(data, 1)), sep='|')
"""


def run(*options, code=SHOW, **environment):
    """Run a program in a new process; return what it printed, and its warnings."""
    environment = {'PYTHON_RUST_ZLIB': '', **environment}
    # The test runner's own process may be isolated; its children here are not.
    done = script_helper.assert_python_ok(*options, '-c', code, __isolated=False, **environment)
    return done.out.decode().strip(), done.err.decode()


class Choosing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lengths = {name: run('-X', f'rust_zlib={name}')[0].split('|')[-1] for name in ('fast', 'exact')}

    def check(self, line, *options, warning=None, **environment):
        output, errors = run(*options, **environment)
        self.assertEqual(output, f'{line}|{self.lengths[line.split("|")[0]]}')
        if warning is None:
            self.assertEqual(errors, '')
        else:
            self.assertEqual(errors.count('RuntimeWarning'), 1, errors)
            self.assertIn(f'sys:1: RuntimeWarning: {warning}', errors)

    def test_the_profiles_differ(self):
        self.assertNotEqual(self.lengths['fast'], self.lengths['exact'])

    def test_default(self):
        self.check('fast|None|None')

    def test_option(self):
        self.check('exact|-X rust_zlib|exact', '-X', 'rust_zlib=exact')
        self.check('fast|-X rust_zlib|fast', '-X', 'rust_zlib=fast', PYTHON_RUST_ZLIB='exact')
        self.check('exact|-X rust_zlib|exact', '-I', '-X', 'rust_zlib=exact')

    def test_variable(self):
        self.check('exact|PYTHON_RUST_ZLIB|exact', PYTHON_RUST_ZLIB='exact')
        self.check('fast|PYTHON_RUST_ZLIB|fast', PYTHON_RUST_ZLIB='fast')

    def test_the_variable_is_ignored_where_all_are(self):
        for option in ('-E', '-I'):
            self.check('fast|None|None', option, PYTHON_RUST_ZLIB='exact')

    def test_unknown_profiles(self):
        known = 'the known ones are fast, exact'
        self.check(
            'fast|-X rust_zlib|smal',
            '-X',
            'rust_zlib=smal',
            warning=f'-X rust_zlib: there is no profile smal; {known}',
        )
        self.check(
            'fast|PYTHON_RUST_ZLIB|9',
            PYTHON_RUST_ZLIB='9',
            warning=f'PYTHON_RUST_ZLIB: there is no profile 9; {known}',
        )
        for option in ('rust_zlib', 'rust_zlib='):
            self.check(
                'fast|-X rust_zlib|',
                '-X',
                option,
                warning='-X rust_zlib: expected the name of a profile: fast, exact',
            )

    def test_the_warning_comes_once(self):
        for first, second in (('_rust', '_rust_zlib'), ('_rust_zlib', '_rust')):
            _, errors = run('-X', 'rust_zlib=x', code=f'import {first}, {second}; {second}.x = 1')
            self.assertEqual(errors.count('RuntimeWarning'), 1, errors)

    def test_status(self):
        status = 'import _rust; _rust.status()'
        self.assertIn('exact profile: PYTHON_RUST_ZLIB=exact', run(code=status, PYTHON_RUST_ZLIB='exact')[0])
        self.assertIn('fast profile: -X rust_zlib and PYTHON_RUST_ZLIB can choose', run(code=status)[0])

    def test_the_choice_is_made_once(self):
        change = 'import os; os.environ["PYTHON_RUST_ZLIB"] = "exact"\n'
        self.assertTrue(run(code=change + SHOW)[0].startswith('exact|PYTHON_RUST_ZLIB|exact|'))
        self.assertTrue(run(code='import _rust_zlib\n' + change + SHOW)[0].startswith('fast|None|None|'))


class Exact(unittest.TestCase):
    def test_bytes_are_those_of_zlib(self):
        try:
            import _c_zlib  # noqa: F401
        except ModuleNotFoundError:
            self.skipTest('_c_zlib is not built (--without-c-twins)')
        count = 3000 if support.is_resource_enabled('cpu') else 600
        done = script_helper.assert_python_ok(
            '-X',
            'rust_zlib=exact',
            str(STREAMS),
            str(len(twin.sampled(range(count)))),
            __isolated=False,
            PYTHON_RUST_ZLIB='',
            PYTHONPATH=str(pathlib.Path(twin.__file__).resolve().parent),
        )
        self.assertIn(b'Ran 3 tests', done.err)

    def test_zlib_itself(self):
        """CPython's own tests of zlib and gzip pass with this profile."""
        script_helper.assert_python_ok(
            '-X', 'rust_zlib=exact', '-m', 'unittest', 'test.test_zlib', 'test.test_gzip', __isolated=False
        )


class Fast(unittest.TestCase):
    def test_small_frames_of_a_shared_context(self):
        """websockets has these bytes in its tests."""
        stream = _rust_zlib.compressobj(wbits=-15)
        frames = [stream.compress('café'.encode()) + stream.flush(2) for _ in range(2)]
        if _rust.zlib_profile().name == 'exact':
            self.assertEqual(frames[1], bytes.fromhex('4a0611000000ffff'))


if __name__ == '__main__':
    unittest.main()
