"""The linear-time engine of _sre against the C twin: long texts, patterns that take C exponential time, signals."""

import contextlib
import re
import signal
import threading
import time
import unittest
import warnings

import _thread
import sre_patterns as patterns
import twin

rust, c = twin.pair('_sre')
patterns.share_templates(rust, c)

# Patterns that the automaton does not support are matched by backtracking, which can take exponential time.
UNSUPPORTED = re.compile(r'\(\?[=!<>(]|\\[1-9]|[*+?}]\+')
# Long enough for the automaton to take over when the backtracking matcher fails often.
LONG = 20_000
METHODS = 'match', 'fullmatch', 'search'


class TooLong(Exception):
    pass


@contextlib.contextmanager
def time_limit(seconds):
    """Raise `TooLong` in the main thread, and at the end again if the outcome of a call was what caught it."""
    passed = False

    def handler(number, frame):
        nonlocal passed
        passed = True
        raise TooLong

    before = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    if passed:
        raise TooLong


def match(found):
    return found and (found.regs, found.lastindex, found.lastgroup, found.groups())


def everything(made, text, start, end, empty):
    """Return the results of all methods of a pattern for a text."""
    found = [match(getattr(made, name)(text, start, end)) for name in METHODS]
    found.append(made.findall(text, start, end))
    found.append([match(each) for each in made.finditer(text, start, end)])
    scanner = made.scanner(text, start, end)
    found.append([match(getattr(scanner, name)()) for name in ('match', 'search', 'match', 'search', 'search')])
    found += [made.split(text), made.split(text, 2), made.subn(empty, text), made.sub(empty, text, 1)]
    found += [made.subn(lambda found: found.group(), text), twin.outcome(made.subn, rf'\1-{empty}', text)]
    return found


class LongTexts(unittest.TestCase):
    def check(self, alphabet, count, salt, flags=0, as_bytes=False):
        rng = twin.generator(salt)
        gen = patterns.Generator(rng, alphabet)
        compared = 0
        for _ in range(count):
            pattern = gen.pattern(rng.randrange(1, 4))
            each = flags | rng.choice((0, 0, re.IGNORECASE, re.MULTILINE, re.DOTALL, re.IGNORECASE | re.MULTILINE))
            if as_bytes:
                pattern = pattern.encode('latin-1')
            with warnings.catch_warnings():
                warnings.simplefilter('ignore')
                ours, theirs = (patterns.compile(module, pattern, each) for module in (rust, c))
            if ours is None:
                continue
            empty = b'' if as_bytes else ''
            if not UNSUPPORTED.search(pattern.decode('latin-1') if as_bytes else pattern):
                # Once the automaton has taken over, it is used for shorter texts, too.
                text = ''.join(rng.choices(alphabet, k=LONG))
                with time_limit(60):
                    ours.findall(text.encode('latin-1') if as_bytes else text)
            for length in (70, 150):
                text = ''.join(rng.choices(alphabet, k=length))
                if as_bytes:
                    text = text.encode('latin-1')
                start, end = rng.choice(((0, length), (0, length), (rng.randrange(9), length - rng.randrange(9))))
                try:
                    with time_limit(0.5):
                        expected = everything(theirs, text, start, end, empty)
                except TooLong:
                    continue
                try:
                    with time_limit(30):
                        found = everything(ours, text, start, end, empty)
                except TooLong:
                    self.fail(f'{pattern!r} takes too long on {text!r}')
                compared += 1
                self.assertEqual(found, expected, (pattern, each, text, start, end))
        self.assertGreater(compared, count)

    def test_ascii(self):
        self.check(patterns.ALPHABETS[0], 150 * twin.LONG, 'ascii')

    def test_latin_1(self):
        self.check('aéßA \x85µÿ', 100 * twin.LONG, 'latin-1')

    def test_two_bytes(self):
        self.check(patterns.ALPHABETS[1], 100 * twin.LONG, 'two bytes')
        self.check(patterns.ALPHABETS[2], 100 * twin.LONG, 'two bytes, too')

    def test_four_bytes(self):
        self.check(patterns.ALPHABETS[3], 100 * twin.LONG, 'four bytes')

    def test_ascii_flag(self):
        self.check(patterns.ALPHABETS[1], 60 * twin.LONG, 'flag', re.ASCII)

    def test_bytes(self):
        self.check('abAB01_ \n\xe9', 100 * twin.LONG, 'bytes', as_bytes=True)

    def test_batches(self):
        # More matches than fit into a batch, of patterns with and without groups.
        text = 'ab 12 ' * 3_000
        for pattern in (r'\w+', r'(\w)(\d)?', '', 'b|', '(?:)', 'a*', r'(a)|(b)', r'\b'):
            for each in (text, text + 'é中', text + '😀', text.encode()):
                ours, theirs = (
                    patterns.compile(module, pattern.encode() if isinstance(each, bytes) else pattern)
                    for module in (rust, c)
                )
                for name in ('findall', 'split'):
                    self.assertEqual(getattr(ours, name)(each), getattr(theirs, name)(each), (pattern, name))
                self.assertEqual(ours.sub(each[:1], each), theirs.sub(each[:1], each), pattern)
                self.assertEqual(
                    [found.regs for found in ours.finditer(each)],
                    [found.regs for found in theirs.finditer(each)],
                    pattern,
                )
                for start, end in ((5, 17_000), (len(each) - 3, 5), (17_990, 18_000)):
                    self.assertEqual(ours.findall(each, start, end), theirs.findall(each, start, end), pattern)


EMAIL = r'^([a-zA-Z0-9_.+-])+@(([a-zA-Z0-9-])+\.)+([a-zA-Z0-9]{2,4})+$'


class LinearTime(unittest.TestCase):
    # Patterns, a function that creates a text of a size, and the expected match.
    CASES = (
        ('(a+)+$', lambda size: 'a' * size + 'b'),
        ('(a|aa)+$', lambda size: 'a' * size + 'b'),
        (r'\s+$', lambda size: ' ' * size + 'x'),
        ('(.*)*x', lambda size: 'a' * size),
        ('(?:.*)*?x', lambda size: 'é中' * (size // 2)),
        (EMAIL, lambda size: 'a@' + 'a' * size + '!'),
    )

    def test_nothing_is_found(self):
        for pattern, text_of in self.CASES:
            made = patterns.compile(rust, pattern)
            for size in (40, 1_000, 100_000):
                text = text_of(size)
                with self.subTest(pattern=pattern, size=size), time_limit(60):
                    for name in METHODS:
                        self.assertIsNone(getattr(made, name)(text))
                    self.assertEqual(made.findall(text), [])
                    self.assertEqual(list(made.finditer(text)), [])
                    self.assertEqual(made.split(text), [text])
                    self.assertEqual(made.subn('-', text), (text, 0))
                    self.assertIsNone(made.scanner(text).search())

    def test_first_call(self):
        # Each method, as the first one that uses the automaton.
        for name in (*METHODS, 'findall', 'split'):
            made = patterns.compile(rust, '(a+)+$')
            with self.subTest(name=name), time_limit(60):
                self.assertIn(getattr(made, name)('a' * 60 + 'b'), (None, [], ['a' * 60 + 'b']))

    def test_something_is_found(self):
        for size in (40, 1_000, 100_000):
            with self.subTest(size=size), time_limit(60):
                found = patterns.compile(rust, '(a+)+$').search('a' * size + 'b' + 'a' * size)
                self.assertEqual(found.regs, ((size + 1, size * 2 + 1),) * 2)
                found = patterns.compile(rust, '(.*)*x').match('a' * size + 'x')
                self.assertEqual((found.span(), found.span(1)), ((0, size + 1), (size, size)))

    def test_growth(self):
        made = patterns.compile(rust, '(a+)+$')
        times = []
        for size in (200_000, 2_000_000):
            text = 'a' * size + 'b'
            start = time.perf_counter()
            self.assertIsNone(made.search(text))
            times.append(time.perf_counter() - start)
        # Quadratic time would be a hundred times as long.
        self.assertLess(times[1], times[0] * 50 + 1)


class Sizes(unittest.TestCase):
    def assertFast(self, call, seconds):
        start = time.process_time()
        call()
        self.assertLess(time.process_time() - start, seconds)

    def test_many_optional_items(self):
        # The tail of each item is optional.
        pattern, flags, code, *rest = patterns.compiled_code('a*')
        # Without the `INFO` block.
        code = code[5:-1] * 100_000 + code[-1:]
        self.assertFast(lambda: rust.compile(pattern, flags, code, *rest), 1)

    def test_many_classes_of_characters(self):
        # Each character of the text is in a class of its own.
        characters = range(0x100, 0x8000)
        sets = [''.join(f'\\u{each:04x}' for each in characters if each >> bit & 1) for bit in range(15)]
        made = patterns.compile(rust, '|'.join(f'[{each}][\\ud7f{bit:x}]' for bit, each in enumerate(sets)))
        text = ''.join(map(chr, characters))
        self.assertFast(lambda: self.assertIsNone(made.search(text)), 0.5)


class Signals(unittest.TestCase):
    # Finding all matches takes quadratic time: each search reads the rest of the text.
    SLOW = 'a[ab]*c|a', 'a' * 400_000

    def interrupted(self, handler):
        pattern, text = self.SLOW
        made = patterns.compile(rust, pattern)
        before = signal.signal(signal.SIGINT, lambda *_: handler(made))
        timer = threading.Timer(0.3, _thread.interrupt_main)
        try:
            with self.assertRaises(KeyboardInterrupt), time_limit(120):
                timer.start()
                made.findall(text)
        finally:
            timer.join()
            signal.signal(signal.SIGINT, before)

    def test_keyboard_interrupt(self):
        def handler(made):
            raise KeyboardInterrupt

        self.interrupted(handler)

    def test_handler_searches_too(self):
        found = []

        def handler(made):
            found.append((made.findall('ab' * 50 + 'c'), len(made.findall('a' * 100)), made.search('xa' * 50).span()))
            raise KeyboardInterrupt

        self.interrupted(handler)
        self.assertEqual(found, [(['ab' * 50 + 'c'], 100, (1, 2))])


if __name__ == '__main__':
    unittest.main()
