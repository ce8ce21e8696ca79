"""_sre in many threads: patterns, matches and scanners that are shared, buffers that change, and signals."""

import _thread
import collections
import gc
import signal
import threading
import time
import unittest
import weakref

import _rust__sre as rust
import in_threads
import sre_patterns as patterns

THREADS = 8

rust_pattern = type(patterns.compile(rust, 'a'))


def together(work, times):
    """Call a function repeatedly in each thread."""
    in_threads.once(*[lambda: [work() for _ in range(times)]] * THREADS)


class Threads(unittest.TestCase):
    def test_one_pattern(self):
        made = patterns.compile(rust, r'(?P<word>\w+)\s*=\s*(?:(\d+)|"([^"]*)")')
        text = 'a = 1; bc = "x y"; def = 234; ' * 200

        def work():
            found = [match.regs for match in made.finditer(text)]
            self.assertEqual(len(found), 600)
            self.assertEqual(found, [match.regs for match in made.finditer(text)])
            self.assertEqual(len(made.findall(text)), 600)
            self.assertEqual(made.sub('', text), '; ' * 600)
            self.assertEqual(made.search(text).groupdict(), {'word': 'a'})
            self.assertEqual(hash(made), hash(made))

        together(work, 5)

    def test_one_scanner(self):
        made = patterns.compile(rust, 'a(b)?')
        found = []
        scanner = made.scanner('ab' * 2000)

        def work():
            while True:
                try:
                    match = scanner.search()
                except ValueError as error:
                    self.assertEqual(str(error), 'regular expression scanner already executing')
                    continue
                if match is None:
                    return
                found.append(match.start())

        together(work, 1)
        self.assertEqual(sorted(found), list(range(0, 4000, 2)))

    def test_one_match(self):
        match = patterns.compile(rust, r'(?P<a>.)(.)').match('xy')

        def work():
            self.assertEqual(match.regs, ((0, 2), (0, 1), (1, 2)))
            self.assertEqual((match.group(0, 1, 'a'), match.groups()), (('xy', 'x', 'x'), ('x', 'y')))

        together(work, 300)

    def test_buffer_that_changes(self):
        made = patterns.compile(rust, b'(a+)b|\x00')
        data = bytearray(b'aaab' * 500)

        def read():
            for match in made.finditer(data):
                match.group()
            made.sub(b'-', data)
            made.split(data)

        def write():
            for place in range(0, len(data), 7):
                data[place] = 97 + place % 3

        in_threads.once(*[lambda: [read() for _ in range(20)]] * 4, *[lambda: [write() for _ in range(20)]] * 4)

    def test_compile(self):
        sources = [r'(a|b)*c', r'[\w.]+@\w+', '(?i)straße', r'(?<=x)\d{2,3}?', 'a' * 100]
        arguments = [patterns.compiled_code(source) for source in sources]

        def work():
            made = [rust.compile(*each) for each in arguments]
            self.assertEqual(made, [rust.compile(*each) for each in arguments])

        together(work, 100)

    def test_first_match(self):
        """The first match of a pattern translates it, in several threads at the same time."""
        source, text = r'(?P<name>\w+)\s*=\s*(?:"([^"]*)"|(\d+))', 'key = "value", other = 12'
        expected = [('key', 'value', ''), ('other', '', '12')]
        for _ in range(200):
            pattern = patterns.compile(rust, source)
            in_threads.once(*[lambda: self.assertEqual(pattern.findall(text), expected)] * 4)

    def use_in_thread(self, pattern, times):
        """Match a pattern in another thread, and return the last matches and a scanner."""
        kept = []

        def work():
            for _ in range(times):
                match = pattern.match('key=value')
                self.assertIs(match.re, pattern)
            kept.extend([match, pattern.scanner('key=value'), *pattern.finditer('a=b c=d')])

        in_threads.once(work)
        return kept

    def test_cycle_through_a_match_and_its_pattern_is_collected(self):
        class Source(str):
            pass

        source = Source(r'(?P<name>\w+)=(\w+)')
        pattern = rust.compile(source, *patterns.compiled_code(source)[1:])
        source.matches = self.use_in_thread(pattern, 300)
        there = weakref.ref(source)
        del pattern, source
        gc.collect()
        self.assertIsNone(there())
        self.assertEqual(self.live_patterns(r'(?P<name>\w+)=(\w+)'), [])

    def live_patterns(self, source):
        """Return the patterns of a source that are not freed, even if their weak references are cleared."""
        # The first collection gives up the tuples of a pattern, which are freed a moment later.
        for _ in range(3):
            gc.collect()
        return [each for each in gc.get_objects() if type(each) is rust_pattern and each.pattern == source]

    def test_pattern_of_few_uses_is_freed_at_once(self):
        pattern = patterns.compile(rust, r'(?P<name>\w+)=(\w+)')
        self.assertEqual(self.use_in_thread(pattern, 10)[0]['name'], 'key')
        there = weakref.ref(pattern)
        del pattern
        self.assertIsNone(there())

    def test_pattern_that_threads_share_is_collected(self):
        pattern = patterns.compile(rust, r'(?P<name>\w+)=(\w+)')
        there = weakref.ref(pattern)
        kept = [self.use_in_thread(pattern, times) for times in (10, 300, 1, *[30] * 20)]
        kept = [each for part in kept for each in part]
        kept.append(pattern.match('x=y'))
        del pattern
        gc.collect()
        while kept:
            # Each of them keeps the pattern.
            last = kept.pop()
            if hasattr(last, 're'):
                self.assertIs(last.re, there())
                self.assertEqual(last.groupdict().keys(), {'name'})
                self.assertIn(repr(last.group()), repr(last))
                self.assertEqual(last.pos, 0)
                self.assertEqual(last.endpos, len(last.string))
            else:
                self.assertIs(last.pattern, there())
                self.assertEqual(last.search().group('name'), 'key')
            gc.collect()
            self.assertIsNotNone(there())
            del last
        gc.collect()
        self.assertIsNone(there())
        self.assertEqual(self.live_patterns(r'(?P<name>\w+)=(\w+)'), [])

    def test_pattern_is_collected_while_weak_references_find_it(self):
        for _ in range(20):
            kept = [patterns.compile(rust, r'(\w+)=(\w+)')]
            there = weakref.ref(kept[0])
            # CPython makes an object immortal whose reference count is deferred while the collector looks for garbage.
            self.use_in_thread(kept[0], 300)

            def use(there=there):
                for _ in range(300):
                    found = there()
                    if found is None:
                        break
                    match = found.match('a=b')
                    del found
                    self.assertEqual((match.groups(), match.re.groups), (('a', 'b'), 2))
                    del match
                    time.sleep(0)

            def end(kept=kept):
                time.sleep(0.002)
                kept.clear()
                for _ in range(5):
                    gc.collect()

            in_threads.once(use, use, use, end)
            self.assertEqual(self.live_patterns(r'(\w+)=(\w+)'), [])
            self.assertIsNone(there())


class Interrupts(unittest.TestCase):
    # Exponential in the length of the text. The automaton does not support the look-ahead.
    ENDLESS = '(?=a)(a+)+$', 'a' * 200 + 'b'

    def test_keyboard_interrupt(self):
        pattern, text = self.ENDLESS
        for name in ('match', 'search', 'findall', 'split'):
            made = patterns.compile(rust, pattern)
            timer = threading.Timer(0.3, _thread.interrupt_main)
            before = signal.signal(signal.SIGINT, signal.default_int_handler)
            try:
                with self.assertRaises(KeyboardInterrupt):
                    timer.start()
                    getattr(made, name)(text)
            finally:
                timer.join()
                signal.signal(signal.SIGINT, before)

    def test_close_matches_are_interrupted(self):
        # Each search ends before it looks for signals itself.
        text, row = 'ab' * 8_000_000, 'a' * 1_000_000
        for pattern in ('a', '(a)', '(a)(?!c)|q(z)'):
            made = patterns.compile(rust, pattern)
            calls = [
                ('findall', made.findall, text),
                ('split', made.split, text),
                ('sub', lambda text, made=made: made.sub('xy', text), text),
                # No Python code runs between two matches.
                ('finditer', lambda text, made=made: collections.deque(made.finditer(text), 0), text[:2_000_000]),
                ('scanner', lambda text, made=made: collections.deque(iter(made.scanner(text).match, None), 0), row),
            ]
            for name, call, text in calls:

                def stop(*_):
                    times.append(time.monotonic())

                times = []
                before = signal.signal(signal.SIGALRM, stop)
                try:
                    signal.setitimer(signal.ITIMER_REAL, 0.02)
                    call(text)
                    end = time.monotonic()
                finally:
                    signal.setitimer(signal.ITIMER_REAL, 0)
                    signal.signal(signal.SIGALRM, before)
                # Without polls the handler runs when the call has ended.
                self.assertEqual(len(times), 1)
                with self.subTest(pattern=pattern, name=name):
                    self.assertGreater(end - times[0], 0.001)

    def test_other_threads_go_on(self):
        # A stop-the-world pause, as the garbage collector requests it, does not wait for a long match.
        pattern, text = self.ENDLESS
        made = patterns.compile(rust, pattern)
        ended = threading.Event()

        def stop():
            try:
                started = time.monotonic()
                for _ in range(20):
                    gc.collect()
                self.assertLess(time.monotonic() - started, 30)
            finally:
                ended.set()
                _thread.interrupt_main()

        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        thread = threading.Thread(target=stop)
        try:
            with self.assertRaises(KeyboardInterrupt):
                thread.start()
                made.match(text)
        finally:
            thread.join()
            signal.signal(signal.SIGINT, before)
        self.assertTrue(ended.is_set())


if __name__ == '__main__':
    unittest.main()
