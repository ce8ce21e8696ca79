"""Tests of how sanitizers.py reads reports, and which of them it accepts."""

import pathlib
import tempfile
import unittest

from check import sanitizers

LOAD = (
    'Atomic read of size 1 at 0x7fdff83506e7 by thread T6',
    'atomic_load<u8> /rustc/59807616/library/core/src/sync/atomic.rs:3890:24',
    'load /root/toolchain/lib/rustlib/src/rust/library/core/src/sync/atomic.rs:2844:26',
    'load Rust/shared/cpython-api/src/item_storage/stored_item.rs:66:61',
    'load<array::typecode::Typecode, u8> Rust/shared/cpython-api/src/item_storage.rs:223:38',
)
COPY = (
    'Previous write of size 8 at 0x7fdff83506e0 by thread T13',
    '__tsan_memcpy <null>',
    'shim_copy_shared /src/Rust/shared/cpython-sys/shims/shims.c:11:5',
    'copy Rust/shared/cpython-api/src/item_storage.rs:364:18',
)
LENGTH = (
    'Atomic write of size 8 at 0x7fdff8350010 by thread T3 (mutexes: write M0)',
    'splice_with<array::typecode::Typecode, api::{impl#4}::splice::{closure_env#0}> Rust/item_storage/locked.rs:986:9',
)
SHAPE = (
    'Previous read of size 8 at 0x7fdff8350010 by thread T4',
    'init_shape_strides /src/Objects/memoryobject.c:566:39',
)
PLANTED = (
    'Write of size 4 at 0x7fdff8350020 by thread T5',
    'write<u32> /rustc/59807616/library/core/src/ptr/mod.rs:1920:9',
    'race Rust/panictest/src/boundary/defects.rs:77:14',
)


def report(*stacks, address=' (python+0x8a787d) (BuildId: fe9b983c)'):
    """Return a report of these accesses, as ThreadSanitizer writes it."""
    parts = []
    for first, *frames in stacks:
        parts.append('\n'.join([f'  {first}:', *(f'    #{n} {frame}{address}' for n, frame in enumerate(frames))]))
    created = '  Thread T6 (tid=1, running) created by main thread at:\n    #0 pthread_create <null> (python+0x1)'
    return 'WARNING: ThreadSanitizer: data race (pid=1)\n' + '\n\n'.join([*parts, created]) + '\n'


class Accesses(unittest.TestCase):
    def test_innermost_function(self):
        self.assertEqual(sanitizers.accesses(report(LOAD, COPY)), ['load@stored_item.rs', 'shim_copy_shared@shims.c'])
        self.assertEqual(
            sanitizers.accesses(report(LENGTH, SHAPE)),
            ['splice_with@locked.rs', 'init_shape_strides@memoryobject.c'],
        )

    def test_names(self):
        for frame, name in (
            ('<pair::Items<pair::Kind>>::splice Rust/pair/src/items.rs:9:1', 'splice@items.rs'),
            ('<pair::Parser>::line::<u8, pair::Rows> Rust/pair/src/parser.rs:119:67', 'line@parser.rs'),
            ('pair::boundary::pop Rust/pair/src/boundary.rs:4', 'pop@boundary.rs'),
            ('pack_single /src/Objects/memoryobject.c', 'pack_single@memoryobject.c'),
            ('_Py_atomic_load_ptr /src/Include/cpython/pyatomic_gcc.h:300:18', None),
        ):
            with self.subTest(frame):
                self.assertEqual(sanitizers.accesses(report(('Read of size 8 at 0x0 by thread T1', frame))), [name])

    def test_lost_stack(self):
        lost = ('Previous write of size 8 at 0x7fdff83506e0 by thread T13',)
        self.assertEqual(sanitizers.accesses(report(LOAD, lost)), ['load@stored_item.rs', None])


class Pairs(unittest.TestCase):
    def setUp(self):
        self.pairs = sanitizers.accepted_pairs(sanitizers.TSAN)

    def accepted(self, *stacks):
        return sanitizers.is_accepted(report(*stacks), self.pairs)

    def test_file(self):
        # A misspelt line would be accepted silently, and match nothing.
        self.assertGreaterEqual(len(self.pairs), 3)
        for function in {name for pair in self.pairs for side in pair for name in side}:
            self.assertRegex(function, r'^\w+@\w+\.(rs|c|h)$')

    def test_accepted(self):
        self.assertTrue(self.accepted(LOAD, COPY))
        self.assertTrue(self.accepted(COPY, LOAD))
        self.assertTrue(self.accepted(LENGTH, SHAPE))
        self.assertTrue(self.accepted(SHAPE, LENGTH))

    def test_one_side_is_not_enough(self):
        for side in (LOAD, COPY, LENGTH, SHAPE):
            self.assertFalse(self.accepted(side, PLANTED), side)
        self.assertFalse(self.accepted(PLANTED, PLANTED))

    def test_sides_of_a_pair_are_not_a_group(self):
        self.assertFalse(self.accepted(LENGTH, LENGTH))
        self.assertFalse(self.accepted(LENGTH, COPY))

    def test_unknown_stack(self):
        self.assertFalse(self.accepted(LOAD))
        self.assertFalse(self.accepted(LOAD, ('Previous write of size 8 at 0x7fdff83506e0 by thread T13',)))


class Reports(unittest.TestCase):
    def test_parts(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        texts = report(LOAD, COPY) + report(LENGTH, SHAPE), '==1==ERROR: ThreadSanitizer: SEGV on unknown address\n', ''
        for number, text in enumerate(texts):
            (folder / f'log.{number}').write_text(text)
        found = sanitizers.reports(folder / 'log', sanitizers.TSAN.report_start)
        self.assertEqual(found, [report(LOAD, COPY), report(LENGTH, SHAPE), texts[1]])


class StandardLibrary(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.sysroot = self.folder / 'sysroot'

    def program(self, name, text):
        file = self.folder / name
        file.write_text(f'#!/bin/sh\n{text}\n')
        file.chmod(0o755)
        return file

    def reason(self, cargo):
        rustc = self.program('rustc', f'echo {self.sysroot}')
        return sanitizers.why_not_std(self.program('cargo', cargo), rustc)

    def test_no_sources(self):
        self.assertIn('rustup component add rust-src', self.reason('exit 0'))

    def test_crates_of_the_library(self):
        library = self.sysroot / 'lib/rustlib/src/rust/library'
        library.mkdir(parents=True)
        (library / 'Cargo.toml').touch()
        self.assertIsNone(self.reason('test "$1" = fetch && test "$RUSTC_BOOTSTRAP" = 1'))
        self.assertIn('no network', self.reason('echo no network >&2; exit 101'))


if __name__ == '__main__':
    unittest.main()
