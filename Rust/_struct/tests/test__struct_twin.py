"""The Rust _struct against its C twin: bytes, values, exceptions, messages, and what they ask the arguments."""

import array
import itertools
import math
import operator
import random
import sys
import unittest
import warnings

import twin

rust, c = twin.pair('_struct')

IS_315 = sys.version_info >= (3, 15)
ORDERS = ('', '@', '=', '<', '>', '!')
CODES = [*'xcbBhHiIlLqQnNPefdFD?sp', *(('Zf', 'Zd') if IS_315 else ())]


class Index:
    """An object with `__index__`."""

    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value

    def __repr__(self):
        return f'Index({self.value!r})'


class Raises:
    """An object whose every conversion raises."""

    def __init__(self, error):
        self.error = error

    def convert(self, *args):
        raise self.error('asked')

    __index__ = __float__ = __complex__ = __bool__ = convert

    def __repr__(self):
        return f'Raises({self.error.__name__})'


class Float:
    def __init__(self, value):
        self.value = value

    def __float__(self):
        return self.value


class Complex:
    def __complex__(self):
        return 1e300 - 2.5j


class IntSub(int):
    def __index__(self):
        raise ZeroDivisionError


class IntFalse(int):
    def __bool__(self):
        raise OverflowError('truth')


class FloatSub(float):
    def __float__(self):
        raise ZeroDivisionError


class BytesSub(bytes):
    def __len__(self):
        raise ZeroDivisionError


class BytesWithBuffer(bytes):
    def __buffer__(self, flags):
        return memoryview(b'other')


class ByteArrayWithBuffer(bytearray):
    def __buffer__(self, flags):
        return memoryview(b'other')


INTS = sorted(
    {
        sign * (1 << bits) + more
        for bits in (0, 7, 8, 15, 16, 30, 31, 32, 60, 62, 63, 64, 90, 200, 2000)
        for sign in (1, -1)
        for more in (-1, 0, 1)
    }
    | {0, 77}
)
FLOATS = [
    0.0,
    -0.0,
    1.0,
    -1.5,
    65504.0,
    65519.99,
    65520.0,
    65536.0,
    2**-24,
    2**-25,
    1.5 * 2**-25,
    6.1e-5,
    3.4e38,
    3.5e38,
    1e-45,
    5e-324,
    1e308,
    math.inf,
    -math.inf,
    math.nan,
    -math.nan,
    math.pi,
]
OTHERS = [
    None,
    True,
    False,
    'a',
    '',
    b'',
    b'a',
    b'ab',
    bytes(300),
    bytearray(b'xyz'),
    bytearray(),
    bytearray(300),
    BytesSub(b'sub'),
    BytesWithBuffer(b'w'),
    ByteArrayWithBuffer(b'own bytes'),
    memoryview(b'a'),
    [],
    (),
    {},
    1j,
    2.5 - 1e39j,
    complex(math.nan, -0.0),
    Complex(),
    Float(2.5),
    Float(1e39),
    Float('no'),
    IntSub(5),
    IntSub(2**70),
    IntFalse(3),
    IntFalse(0),
    FloatSub(2.5),
    *map(Index, INTS),
    Index('no'),
    Index(IntSub(7)),
    Raises(ZeroDivisionError),
    Raises(OverflowError),
    Raises(TypeError),
    Raises(KeyboardInterrupt),
    object,
]
VALUES = INTS + FLOATS + OTHERS


class StructTwin(twin.TwinTestCase):
    rust, c = rust, c

    def setUp(self):
        super().setUp()
        # A subclass of int from __index__ is a warning, whose place is that of the call.
        self.enterContext(warnings.catch_warnings())
        warnings.simplefilter('ignore')

    def same(self, run):
        """Run with each module, compare what comes of it, and return it."""
        found = [twin.outcome(run, module) for module in (self.c, self.rust)]
        self.assertEqual(found[1], found[0])
        return found[1]

    def test_interface(self):
        # Computed, as another thread may be replacing the format.
        known = ('Struct.format:kind', 'Struct.size:kind') if IS_315 else ()
        self.assertSameInterface(*known, hidden=lambda module: {'unpack_iterator': type(module.iter_unpack('b', b''))})

    def test_every_code_with_every_value(self):
        for order, code in itertools.product(ORDERS, CODES):
            for form in (code, f'3x{code}', f'2{code}', f'7{code}', f'x{code}b'):
                for value in VALUES:
                    with self.subTest(form=order + form, value=value):
                        count = 1 if code in 'sp' else {'2': 2, '7': 7}.get(form[0], 1)
                        values = [value] * (0 if code == 'x' else count)
                        if form[0] == '7':
                            # The others are numbers, before and after it.
                            values[:3] = [1] * len(values[:3])
                        if form.endswith('b'):
                            values.append(-3)
                        self.assertTwins('pack', order + form, *values)
                        if code == 'x':
                            break

    def test_order_of_conversions(self):
        class Asked:
            def __init__(self, log, value):
                self.log, self.value = log, value

            def ask(self):
                self.log.append(self.value)
                return self.value

            __index__ = ask

            def __float__(self):
                return float(self.ask())

            def __bool__(self):
                return bool(self.ask())

        rng = twin.generator('order')
        for _ in range(500 * twin.LONG):
            codes = rng.choices('bBhHiIlLqQefd?', k=rng.randrange(1, 12))
            asked = [(rng.random() < 0.4, rng.choice((0, 1, 5, 100, -1, 300))) for _ in codes]
            form = rng.choice(ORDERS) + ''.join(codes)

            def run(module, form=form, asked=asked):
                log = []
                values = [Asked(log, value) if other else value for other, value in asked]
                return twin.outcome(module.pack, form, *values), log

            self.same(run)

    def test_random_formats(self):
        rng = twin.generator('formats')
        makes = {
            **dict.fromkeys('bBhHiIlLqQnNP', lambda: rng.choice((1, rng.randrange(128), rng.getrandbits(7)))),
            **dict.fromkeys('efdFD', lambda: rng.choice((rng.uniform(-9, 9), rng.randrange(99), True))),
            'c': lambda: rng.randbytes(1),
            's': lambda: rng.randbytes(rng.randrange(12)),
            'p': lambda: rng.randbytes(rng.randrange(12)),
            '?': lambda: rng.choice((True, False, 0, 7, 0.0, [], [1])),
        }
        for _ in range(2000 * twin.LONG):
            order = rng.choice(ORDERS)
            form, values = order, []
            for _ in range(rng.randrange(8)):
                code = rng.choice('xcbBhHiIlLqQnNPefdFD?sp')
                if order in ('=', '<', '>', '!') and code in 'nNP':
                    continue
                count = rng.choice((None, None, 0, 1, 2, 3, 10, 70))
                form += ' ' * rng.randrange(2) + ('' if count is None else str(count)) + code
                count = 1 if count is None or code in 'sp' else count
                values += [makes[code]() for _ in range(count if code != 'x' else 0)]
            with self.subTest(form=form, values=values):
                self.assertTwins('pack', form, *values)
                self.assertTwins('calcsize', form)
                size = c.calcsize(form)
                data = rng.randbytes(size)
                self.same(lambda module: twin.bits(module.unpack(form, data)))
                for buffer in (data, bytearray(data), memoryview(data), array.array('B', data)):
                    self.same(lambda module, buffer=buffer: twin.bits(module.Struct(form).unpack_from(buffer)))
                longer = b'ab' + data * 3 + b'z'
                self.same(lambda module: twin.bits(module.unpack_from(form, longer, offset=2)))
                self.same(lambda module: list(map(twin.bits, module.iter_unpack(form, data * 5))))

    def test_every_byte_pattern(self):
        rng = twin.generator('patterns')
        for order, code in itertools.product(ORDERS, CODES):
            if twin.outcome(c.calcsize, order + code)[0] == 'raised':
                continue
            size = c.calcsize(order + code)
            patterns = [rng.randbytes(size) for _ in range(50)] + [bytes([byte]) * size for byte in range(256)]
            # NaNs that signal and those that do not.
            for start in (
                b'\x7f\xf0',
                b'\x7f\xf8',
                b'\xff\xf4',
                b'\x7f\x80',
                b'\x7f\xa0',
                b'\xff\xc0',
                b'\x7c',
                b'\x7d',
            ):
                pattern = (start + bytes(size))[: max(size - 1, 0)] + b'\x01' * (size > 0)
                patterns += [pattern, pattern[::-1]]
            for pattern in patterns:
                self.same(lambda module: twin.bits(module.unpack(order + code, pattern)))
                # What has been unpacked is packed again.
                self.same(lambda module: module.pack(order + code, *module.unpack(order + code, pattern)))
                self.same(lambda module: module.pack(f'{order}9{code}', *module.unpack(f'{order}9{code}', pattern * 9)))

    def test_half_floats(self):
        rng = twin.generator('half')
        for bits in range(0, 1 << 16, 7):
            data = bits.to_bytes(2, 'little')
            self.same(lambda module: twin.bits(module.unpack('<e', data)))
        for _ in range(5000 * twin.LONG):
            value = rng.choice((rng.uniform(-70000, 70000), rng.uniform(-1, 1) * 2.0 ** rng.randrange(-30, 17)))
            self.assertTwins('pack', '>e', value)
            self.assertTwins('pack', '3f', value, -value, value * 1e34)

    def is_long(self, form):
        try:
            return 10_000 < c.calcsize(form) < 1 << 48
        except Exception:
            return False

    def test_formats(self):
        rng = twin.generator('texts')
        texts = [
            '',
            ' ',
            '\t\n\v\f\r i',
            '\x1ci',
            '\xa0i',
            'i\x00',
            '\x00',
            '\xe9',
            'i\xe9',
            '\u20ac',
            '\ud800',
            '5',
            '5 ',
            '5 i',
            ' 5i',
            '0',
            '0i',
            '00000i',
            '012i',
            '-1i',
            '+1i',
            '1.5i',
            'i<',
            '<<i',
            '@@',
            '=n',
            '<P',
            '>N',
            '!n',
            '<',
            '@',
            '_',
            'g',
            'u',
            'w',
            'O',
            'Z',
            'Zx',
            'Zf',
            'Zd',
            '2Zf',
            '<Zd',
            'Zff',
            'fZ',
            'z',
            'T{',
            '&i',
            'i:name:',
            '(2)i',
            '9223372036854775807x',
            '9223372036854775808x',
            '9223372036854775807xx',
            '9223372036854775807xi',
            'x9223372036854775807x',
            '9223372036854775806xh',
            '9223372036854775807s',
            '9223372036854775807p',
            '9223372036854775807ss',
            '4611686018427387903h',
            '4611686018427387904h',
            '1152921504606846975d1d',
            '1152921504606846976d',
            '99999999999999999999999999i',
            f'{sys.maxsize}c',
            f'{sys.maxsize}cc',
            '0s',
            '0p',
            '0c',
            '0x',
            'b0i',
            'b0d',
            'b0Q?0h',
            'x' * 1000 + 'i',
            'b' * 500,
            'bB' * 300,
            's' * 300,
            '1s' * 10,
            'i' * 3 + ' ' * 3,
            '3' * 100,
            'P' * 3,
            'cP',
            'cn',
        ]
        alphabet = '@=<>!xcbBhHiIlLqQnNPefdFDZ?sp 0123456789\n_'
        texts += [''.join(rng.choices(alphabet, k=rng.randrange(8))) for _ in range(2000 * twin.LONG)]
        for text in texts:
            forms = [text]
            if not text.isascii() or rng.random() < 0.3:
                forms.append(text.encode('utf-8', 'surrogatepass'))
            for form in forms:
                with self.subTest(form=form):
                    self.assertTwins('calcsize', form)
                    self.same(lambda module: module.Struct(form).size)
                    self.same(lambda module: (repr(module.Struct(form)), module.Struct(form).format))
                    self.same(lambda module: sys.getsizeof(module.Struct(form)))
                    self.assertTwins('unpack', form, b'')
                    # A struct of some gigabytes could be packed.
                    if not self.is_long(form):
                        self.assertTwins('pack', form)
                    self.same(lambda module: module.Struct(format=form).size)

    def test_formats_of_other_types(self):
        class Str(str):
            pass

        class Bytes(bytes):
            pass

        for form in (
            None,
            5,
            1.5,
            bytearray(b'i'),
            memoryview(b'i'),
            [],
            (),
            ['i'],
            Str('i'),
            Bytes(b'i'),
            object,
            {},
            Ellipsis,
        ):
            for name, more in (('calcsize', ()), ('unpack', (b'abcd',)), ('pack', (1,)), ('iter_unpack', (b'abcd',))):
                self.same(lambda module, name=name, more=more: twin.outcome(getattr(module, name), form, *more))
            self.same(lambda module: module.Struct(form).size)

    def test_huge_sizes_allocate_nothing_first(self):
        for form in (f'{sys.maxsize}x', f'{sys.maxsize}s', f'{sys.maxsize // 2}x', f'{sys.maxsize - 100}x'):
            arguments = [b''] if form.endswith('s') else []
            self.assertTwins('pack', form, *arguments)
            self.assertTwins('pack_into', form, bytearray(3), 0, *arguments)
            self.assertTwins('unpack', form, b'abc')
            self.assertTwins('unpack_from', form, b'abc', 1)
            self.assertTwins('iter_unpack', form, b'abc')
        for form in (f'{sys.maxsize}c', f'{sys.maxsize}b', f'{sys.maxsize // 8}d'):
            self.assertTwins('pack', form, 1)
            self.assertTwins('unpack', form, b'abc')
            self.assertTwins('pack_into', form, bytearray(3), sys.maxsize, 1)

    def test_offsets(self):
        offsets = (
            0,
            1,
            2,
            3,
            4,
            5,
            8,
            9,
            -1,
            -2,
            -3,
            -4,
            -5,
            -8,
            -9,
            -100,
            100,
            sys.maxsize,
            -sys.maxsize,
            -sys.maxsize - 1,
            2**64,
            -(2**64),
            True,
            None,
            1.0,
            'x',
            Index(2),
            Index(-4),
            Index(2**70),
            Raises(ZeroDivisionError),
        )
        for form, values in (
            ('<i', (77,)),
            ('', ()),
            ('3x', ()),
            ('<hb', (5, -6)),
            ('<4sh', (b'ab', 3)),
            ('<100i', tuple(range(100))),
        ):
            for offset, length in itertools.product(offsets, (0, 1, 4, 5, 8, 9, 400, 404)):
                with self.subTest(form=form, offset=offset, length=length):
                    self.assertTwins('unpack_from', form, bytes(range(length % 256)), offset)
                    self.same(lambda module: module.Struct(form).unpack_from(bytearray(length), offset=offset))

                    def into(module, form=form, values=values, offset=offset, length=length):
                        target = bytearray(b'\xff' * length)
                        return module.pack_into(form, target, offset, *values), target

                    self.same(into)

    def test_buffers(self):
        buffers = (
            b'abcdefgh',
            bytearray(b'abcdefgh'),
            memoryview(b'abcdefgh'),
            memoryview(bytearray(b'abcdefgh'))[::2],
            memoryview(b'abcdefgh')[2:6],
            array.array('i', [1, 2]),
            array.array('d', [1.5]),
            'abcdefgh',
            None,
            5,
            [],
            BytesSub(b'abcdefgh'),
            memoryview(array.array('i', [1, 2])),
            memoryview(bytearray(16)).cast('B', (4, 4)),
            object(),
        )
        for form, buffer in itertools.product(('<i', '<q', '8s', '', '3h'), buffers):
            self.assertTwins('unpack', form, buffer)
            self.assertTwins('unpack_from', form, buffer, 0)
            self.assertTwins('unpack_from', form, buffer=buffer, offset=-8)
            self.same(lambda module: list(module.iter_unpack(form, buffer)))
            self.same(lambda module: operator.length_hint(module.iter_unpack(form, buffer)))
            self.same(lambda module: list(module.Struct(form).iter_unpack(buffer)))
            for values in ((5,), (5, 6, 7), (), (b'abc',)):
                self.same(lambda module, values=values: module.pack_into(form, buffer, 0, *values))
                self.same(lambda module, values=values: module.Struct(form).pack_into(buffer, 0, *values))

    def test_runs_of_mixed_values(self):
        usual = {'Q': (1 << 63, (1 << 64) - 1, 5), 'q': (5, -(1 << 63)), 'd': (1.5, -0.0, 7), 'f': (1.5, 7)}
        others = (1 << 64, -1, -(1 << 64), True, FloatSub(2.5), 1 << 80, 1 << 2000, 1e300, math.nan, 'x')
        rng = random.Random('runs')
        for _ in range(1500):
            code, size = rng.choice('Qqdf'), rng.randrange(1, 150)
            values = rng.choices(usual[code], k=size)
            for _ in range(rng.randrange(3)):
                values[rng.randrange(size)] = rng.choice(others)
            form = f'{rng.choice("<>@")}{size}{code}h'
            self.assertTwins('pack', form, *values, 9)

    def test_bytearrays(self):
        # A short one is copied, and no buffer of it is exported.
        for size in (0, 1, 2, 255, 256, 257, 258, 1000):
            data = bytearray(index % 251 for index in range(size))
            for form in (f'{size}s', f'{size}B', f'{size + 1}s', f'{max(size - 1, 0)}s'):
                for buffer in (data, ByteArrayWithBuffer(data)):
                    self.same(lambda module: module.Struct(form).unpack(buffer))
                    self.assertTwins('unpack', form, buffer)
            data.append(0)
        if sys.version_info < (3, 15):
            self.same(lambda module: module.Struct.__new__(module.Struct).unpack(bytearray(4)))

    def test_arguments(self):
        for name in ('pack', 'pack_into', 'unpack', 'unpack_from', 'iter_unpack', 'calcsize', '_clearcache'):
            for args in (
                (),
                ('<i',),
                ('<i', 1, 2),
                ('<i', bytearray(4)),
                ('<i', bytearray(4), 0),
                ('<i', bytearray(4), 0, 1),
                ('<i', bytearray(4), 0, 1, 2),
                ('<i', b'abcd', 0, 1),
                ('<i', b'abcd', 'x', 1),
                ('<i', bytearray(4), 'x', 1),
                ('$', 1),
                (None,),
                ('<i', None, 0, 1),
            ):
                self.same(lambda module, args=args: twin.outcome(getattr(module, name), *args)[:2])
            self.assertTwins(name, format='<i')
            self.assertTwins(name, '<i', buffer=b'abcd')
            self.assertTwins(name, '<i', b'abcd', wrong=1)
        for args, keywords in (
            ((), {}),
            (('i',), {}),
            (('i', 'i'), {}),
            ((), {'format': 'i'}),
            (('i',), {'format': 'i'}),
            ((), {'fmt': 'i'}),
            ((), {'a': 1, 'b': 2}),
        ):
            self.same(lambda module: module.Struct(*args, **keywords).size)
            self.same(lambda module: module.Struct.__new__(module.Struct, *args, **keywords).size)
            self.same(lambda module: module.Struct('b').__init__(*args, **keywords))

            def sub(module):
                class Sub(module.Struct):
                    def __init__(self, *args, **keywords):
                        super().__init__('>hh')

                found = Sub(*args, **keywords)
                return found.size, repr(found), found.pack(1, 2)

            self.same(sub)

            def sub_new(module):
                class Sub(module.Struct):
                    def __new__(cls, *args, **keywords):
                        return super().__new__(cls, 'q')

                found = Sub(*args, **keywords)
                return found.size, repr(found)

            self.same(sub_new)

    def test_uninitialized(self):
        for use in (
            lambda s: s.pack(),
            lambda s: s.pack(1),
            lambda s: s.pack_into(),
            lambda s: s.pack_into(bytearray(1), 0),
            lambda s: s.unpack(b''),
            lambda s: s.unpack_from(b''),
            lambda s: s.iter_unpack(b''),
            lambda s: s.__sizeof__(),
            repr,
            lambda s: s.format,
            lambda s: s.size,
            lambda s: sys.getsizeof(s),
            lambda s: s.__init__('i'),
            lambda s: (s.__init__('i'), s.size, s.format),
        ):

            def run(module, use=use):
                class Sub(module.Struct):
                    def __init__(self):
                        pass

                return twin.outcome(use, module.Struct.__new__(module.Struct)), twin.outcome(use, Sub())

            self.same(run)

    def test_initialized_again(self):
        for first, second in itertools.product(('i', '<hh', '', b'i', '\xe9', '$', None, '3x'), repeat=2):

            def run(module, first=first, second=second):
                s = module.Struct(first)
                results = [(s.size, s.format)]
                iterator = module.iter_unpack('B', b'abc')
                for text in (second, first, first):
                    results += [twin.outcome(s.__init__, text), s.size, s.format, repr(s), s.__sizeof__()]
                    results += [twin.outcome(s.unpack, bytes(s.size)), twin.outcome(s.pack, 1)]
                return results, list(iterator)

            self.same(run)
            # The warnings, and where they are errors.
            for action in ('error', 'always'):
                with warnings.catch_warnings(record=action == 'always') as caught:
                    warnings.simplefilter(action)
                    outcomes = []
                    for module in (c, rust):
                        outcomes.append((twin.outcome(run, module), [str(warning.message) for warning in caught or []]))
                        if caught:
                            caught.clear()
                self.assertEqual(*outcomes)

    def test_subclasses(self):
        def run(module):
            class Sub(module.Struct):
                __slots__ = ('more', '__dict__')

            found = Sub('<ih')
            found.more = found.other = 5
            import copy
            import pickle
            import weakref

            reference = weakref.ref(found)
            results = [
                found.pack(1, 2),
                repr(found),
                found.more,
                found.other,
                reference() is found,
                found.__sizeof__() > 0,
            ]
            results += [twin.outcome(copy.copy, module.Struct('i')), twin.outcome(pickle.dumps, module.Struct('i'))]
            results += [twin.outcome(setattr, module.Struct('i'), name, 'b') for name in ('format', 'size', 'other')]
            results += [twin.outcome(delattr, module.Struct('i'), name) for name in ('format', 'size', 'pack')]
            results += [module.Struct('i') == module.Struct('i'), hash(found) == hash(found)]
            del found
            return results, reference()

        self.same(run)

    def test_iterator(self):
        def run(module):
            target = bytearray(range(12))
            iterator = module.iter_unpack('<hh', target)
            results = [
                iter(iterator) is iterator,
                operator.length_hint(iterator),
                next(iterator),
                iterator.__length_hint__(),
            ]
            results.append(twin.outcome(target.append, 1))
            results += [list(iterator), list(iterator), operator.length_hint(iterator), twin.outcome(next, iterator)]
            # The buffer has been released at the end.
            target.append(1)
            results += [twin.outcome(type(iterator)), type(iterator).__name__, type(iterator).__flags__]
            results += [twin.outcome(module.iter_unpack, '', b''), twin.outcome(module.iter_unpack, 'h', b'abc')]
            results += [list(module.iter_unpack('h', b'')), [*module.Struct('300s').iter_unpack(bytes(900))]]
            return results, target

        self.same(run)

    def test_cache(self):
        for module in (rust, c):
            module._clearcache()
        for number in range(250):
            self.assertTwins('pack', f'<{number}xi', number)
        self.assertTwins('_clearcache')
        self.assertEqual(rust.pack('<i', 5), c.pack(b'<i', 5))

    def test_a_format_replaced_during_a_call(self):
        # C goes on with the codes of one format and the sizes of the other.
        for text, others in (('<4i', 3), ('<i3h', 3), ('>2id?', 3)):
            for again in ('<256s', '', '<q', '<1000000s', 'b', '\x00'):
                s = rust.Struct(text)

                class Again:
                    def __index__(self, s=s, again=again):
                        twin.outcome(s.__init__, again)
                        return 7

                    def __bool__(self):
                        return True

                expected = rust.Struct(text).pack(7, *[1] * others)
                self.assertEqual(s.pack(Again(), *[1] * others), expected)
                twin.outcome(s.__init__, text)
                target = bytearray(len(expected) + 2)
                s.pack_into(target, 1, Again(), *[1] * others)
                self.assertEqual(bytes(target), b'\x00' + expected + b'\x00')
                twin.outcome(s.__init__, text)
                iterator = s.iter_unpack(expected * 2)
                twin.outcome(s.__init__, again)
                self.assertEqual([*iterator], [rust.unpack(text, expected)] * 2)

    def test_pack_into_writes_nothing_when_it_fails(self):
        target = bytearray(b'\xff' * 8)
        for form, values in (('<ii', (1, 'no')), ('<ii', (1, 2**40)), ('<4sh', (b'abc', None)), ('<300sh', (b'', 1))):
            with self.assertRaises(rust.error):
                rust.pack_into(form, target, 0, *values)
            self.assertEqual(target, b'\xff' * 8)

    def test_references_are_given_back(self):
        value, text = 2**70 + 1, bytes(300)
        before = sys.getrefcount(value), sys.getrefcount(text)
        for _ in range(50):
            for form, values in (
                ('<qs', (value, text)),
                ('300ss', (text, text)),
                ('2d', (value, value)),
                ('P', (value,)),
                ('?', (value,)),
            ):
                twin.outcome(rust.pack, form, *values)
                twin.outcome(rust.pack_into, form, bytearray(400), 0, *values)
            rust.unpack('300s', text), rust.unpack_from('2s', text, 5), next(rust.iter_unpack('3s', text))
        del values
        self.assertEqual((sys.getrefcount(value), sys.getrefcount(text)), before)


if __name__ == '__main__':
    unittest.main()
