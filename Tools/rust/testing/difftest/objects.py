"""What the programs of the fuzzer use: objects that do more than they should when asked for a value, and data.

Everything that such an object is asked for is written to LOG, which is compared too: which of them is asked, how often
and in which order can be seen by a program.
"""

import array
import functools
import random

LOG = []


class Failure(Exception):
    """What the objects raise."""


def answer(name, value, do=None):
    """Log a question, change something meanwhile, then return the value or raise it."""
    LOG.append(name)
    if do is not None:
        try:
            do()
        except Exception as error:
            LOG.append(type(error).__name__)
    if isinstance(value, type) and issubclass(value, BaseException):
        raise value(name)
    return value


class Index:
    """Has __index__, which returns a value or raises."""

    def __init__(self, value, do=None):
        self.value, self.do = value, do

    def __index__(self):
        return answer('__index__', self.value, self.do)


class Int(Index):
    """Has __int__ but no __index__."""

    __index__ = None

    def __int__(self):
        return answer('__int__', self.value, self.do)


class Float(Index):
    """Has __float__ only."""

    __index__ = None

    def __float__(self):
        return answer('__float__', self.value, self.do)


class FloatAndIndex(Index):
    """Has both."""

    def __float__(self):
        return answer('__float__', Failure, self.do)


class Complex(Index):
    """Has __complex__ only."""

    __index__ = None

    def __complex__(self):
        return answer('__complex__', self.value, self.do)


class Bool(Index):
    """Has __bool__ only."""

    __index__ = None

    def __bool__(self):
        return answer('__bool__', self.value, self.do)


class Rounding(Index):
    """Has __floor__, __ceil__ and __trunc__ only."""

    __index__ = None

    def __floor__(self):
        return answer('__floor__', self.value, self.do)

    def __ceil__(self):
        return answer('__ceil__', self.value, self.do)

    def __trunc__(self):
        return answer('__trunc__', self.value, self.do)


class Buffer(Index):
    """Has __buffer__, which gives the memory of any object or raises."""

    __index__ = None

    def __buffer__(self, flags):
        value = answer('__buffer__', self.value, self.do)
        return memoryview(value) if isinstance(value, (bytes, bytearray)) else value

    def __release_buffer__(self, view):
        LOG.append('__release_buffer__')


class Text(Index):
    """Has __str__ and __repr__."""

    __index__ = None

    def __str__(self):
        return answer('__str__', self.value, self.do)

    __repr__ = __str__


class Items(Index):
    """Gives the items of a sequence, and at the end stops or raises."""

    __index__ = None

    def __init__(self, items, end=StopIteration, hint=None, do=None):
        self.items, self.end, self.hint, self.do = list(items), end, hint, do

    def __iter__(self):
        answer('__iter__', None, self.do)
        yield from self.items
        if self.end is not StopIteration:
            raise self.end('end')

    def __length_hint__(self):
        return answer('__length_hint__', NotImplemented if self.hint is None else self.hint)


class Sequence(Items):
    """The same by the old protocol."""

    __iter__ = None

    def __len__(self):
        return answer('__len__', len(self.items) if self.hint is None else self.hint)

    def __getitem__(self, index):
        answer('__getitem__', None, self.do)
        return self.items[index]


class Number(Index):
    """Answers the operators, in both orders, with a number like itself."""

    def __add__(self, other):
        return Number(answer('+', self.value) + getattr(other, 'value', other))

    def __mul__(self, other):
        return Number(answer('*', self.value) * getattr(other, 'value', other))

    __radd__, __rmul__ = __add__, __mul__

    def __repr__(self):
        return f'Number({self.value!r})'


class Hook:
    """A function that logs what it is called with, and returns a value, its argument or an exception."""

    def __init__(self, value='same', do=None):
        self.value, self.do = value, do

    def __call__(self, *args, **kwargs):
        LOG.append(f'called with {len(args)}: {safe_repr(args)} {sorted(kwargs)}')
        value = answer('hook', self.value, self.do)
        return args[0] if isinstance(value, str) and value == 'same' and args else value


class IntSub(int):
    """A subclass that does not say its own name."""

    def __repr__(self):
        return answer('int.__repr__', 'seven')

    def __index__(self):
        return answer('int.__index__', 7)


class FloatSub(float):
    def __repr__(self):
        return answer('float.__repr__', 'half')

    def __float__(self):
        return answer('float.__float__', 0.5)


class ComplexSub(complex):
    def __complex__(self):
        return answer('complex.__complex__', 1j)


class StrSub(str):
    def __str__(self):
        return answer('str.__str__', 'other')


class BytesSub(bytes):
    def __bytes__(self):
        return answer('bytes.__bytes__', b'other')


class BytearraySub(bytearray):
    pass


class ListSub(list):
    def __iter__(self):
        answer('list.__iter__', None)
        return iter([1, 2])


class TupleSub(tuple):
    def __iter__(self):
        answer('tuple.__iter__', None)
        return iter((3, 4))


class DictSub(dict):
    def items(self):
        answer('dict.items', None)
        return [('other', 1)]


def released(data):
    """Return a memoryview that has been released."""
    view = memoryview(data)
    view.release()
    return view


def circular():
    """Return a list that is in itself."""
    value = [1]
    value.append({'self': value})
    return value


def nested(depth, kind=list):
    """Return containers in each other."""
    value = kind()
    for _ in range(depth):
        value = [value] if kind is list else {'k': value}
    return value


@functools.lru_cache(maxsize=64)
def data(seed, size, kind='noise'):
    """Return bytes of some sort, the same for the same arguments."""
    rng = random.Random(f'{seed} {kind}')
    if kind == 'noise':
        return rng.randbytes(size)
    if kind == 'runs':
        return b''.join(bytes([rng.randrange(256)]) * rng.randrange(1, 400) for _ in range(size // 100 + 1))[:size]
    alphabet = {
        'text': b'the quick brown fox jumps over the lazy dog, ',
        'base64': b'ABCDEFGHabcdefgh01234567+/=\n',
        'hex': b'0123456789abcdefABCDEF',
        'quoted': b'abc =\t\r\n.09AFaf_\xe9',
        'uu': bytes(range(32, 97)) + b'\n',
    }[kind]
    if kind == 'text':
        words = alphabet.split(b' ')
        return b' '.join(rng.choice(words) for _ in range(size // 3 + 1))[:size]
    return bytes(rng.choices(alphabet, k=size))


def damaged(value, seed, count=1):
    """Return bytes or str of which some places have been changed, taken out or doubled."""
    rng = random.Random(seed)
    for _ in range(count):
        if not value:
            break
        place = rng.randrange(len(value))
        new = rng.choice((value[:0], value[place : place + 1] * 2, value[rng.randrange(len(value)) :][:1]))
        value = value[:place] + new + value[place + 1 :]
    return value


def safe_repr(value, limit=200):
    """Return a repr without addresses, whatever the object does."""
    log = LOG[:]
    try:
        text = repr(value)
    except Exception as error:
        text = f'<{type(error).__name__}>'
    LOG[:] = log
    return text.partition(' at 0x')[0][:limit]


NAMESPACE = {
    name: value for name, value in globals().items() if not name.startswith('_') and name not in ('functools', 'random')
} | {'array': array.array}
