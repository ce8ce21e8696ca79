"""Make programs at random: calls of every function of a module, with arguments of the expected kind and of all others.

A *kind* is the name of a method of `Generator` that returns the text of an expression, or a function of the generator
that does.  `Rust/NAME/tests/difftest.py` may define

  KINDS       {'parameter' or 'function.parameter': kind}, for what the name of a parameter does not tell
  POSITIONAL  {'function': [kind, ...]}: functions without a signature
  SKIP        names that are not called by their signature
  PROGRAMS    functions of a generator that return a program: how objects with state are used
  HELPERS     more names for the programs
  ALLOWED     [(reason, function(line, C outcome, Rust outcome, [(line, outcome)] before))]: the differences of
              Doc/differences.md
  FOUND       programs that once differed, each a list of lines, which every run repeats first
"""

import dataclasses
import functools
import inspect
import random
import re

INTEGERS = (
    0, 1, -1, 2, 3, 7, 10, 255, 256, -256, 65535, 65536, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**32 - 1, 2**32,
    2**53 + 1, 2**62, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64 - 1, 2**64, 10**20, 2**1000, -(2**1000), 2**1024,
)  # fmt: skip
FLOATS = (
    '0.0', '-0.0', '1.0', '-1.0', '0.5', '2.5', 'float("inf")', 'float("-inf")', 'float("nan")', '5e-324', '-5e-324',
    '2.2250738585072014e-308', '1.7976931348623157e308', '1e16', '1e22', '1e-7', '123456789.125', '0.1', '709.8',
    '-745.2',
    '171.7', '3.141592653589793', '1.5707963267948966', '2.0**53', '-2.0**31',
)  # fmt: skip
TEXTS = (
    "''", "'a'", "'abc'", "':'", "'\\x00'", "'\\x7f'", "'\\xe9'", "'\\u20ac'", "'\\U0001f600'", "'\\ud800'",
    "'\\udc00a'",
    "'12'", "'a' * 100", "'\\xff' * 70", "'\\u20ac' * 70", "'\"\\\\\\n\\t'", "StrSub('abc')", "StrSub('')",
)  # fmt: skip
ERRORS = ('Failure', 'TypeError', 'ValueError', 'OverflowError', 'MemoryError', 'KeyError', 'RecursionError')
SORTS = ('noise', 'text', 'runs', 'base64', 'hex', 'quoted', 'uu')


@dataclasses.dataclass
class Line:
    """One line of a program: a call, or any expression when there are no arguments to be seen."""

    callee: str
    args: list | None = None
    kwargs: dict = dataclasses.field(default_factory=dict)
    target: str = ''

    def expression(self):
        if self.args is None:
            return self.callee
        return f'{self.callee}({", ".join([*self.args, *(f"{key}={value}" for key, value in self.kwargs.items())])})'

    def text(self):
        return f'{self.target} = {self.expression()}' if self.target else self.expression()

    def code(self):
        return compiled(self.expression())


@functools.lru_cache(maxsize=256)
def compiled(text):
    """Return the code of an expression; both sides run the same."""
    return compile(text, '<program>', 'eval')


def parse(lines):
    """Return the program of written lines, `name = expression` or an expression."""
    program = []
    for line in lines:
        target, equals, expression = line.partition(' = ')
        if equals and target.isidentifier():
            program.append(Line(expression, target=target))
        else:
            program.append(Line(line))
    return program


class Generator:
    """A source of expressions; the same seed gives the same ones."""

    def __init__(self, *seed):
        self.rng = random.Random(' '.join(map(str, seed)))

    def pick(self, *choices):
        return self.rng.choice(choices)

    def chance(self, probability):
        return self.rng.random() < probability

    def of(self, kind):
        """Return an expression of a kind, and now and then of any other, unless the kind is a function with `only`."""
        if not getattr(kind, 'only', False) and self.chance(0.12):
            return self.anything()
        return kind(self) if callable(kind) else getattr(self, kind)()

    def anything(self):
        return self.pick(
            self.integer, self.index, self.floating, self.text, self.buffer, self.odd, self.container, self.number
        )()

    def odd(self):
        return self.pick(
            'None', 'True', 'False', 'NotImplemented', '...', 'int', 'object', 'len', 'range(3)', "Text('x')",
            'Text(Failure)', 'Bool(True)', 'Bool(Failure)', 'Bool(2)', 'Int(3)', 'iter([])', 'slice(1)', 'Hook()',
        )  # fmt: skip

    # Numbers.
    def integer(self):
        """An int of any size."""
        if self.chance(0.5):
            return repr(self.rng.choice(INTEGERS))
        value = self.rng.getrandbits(self.rng.choice((4, 8, 16, 31, 53, 63, 64, 65, 128, 300)))
        return repr(value * self.rng.choice((1, 1, -1)))

    def index(self):
        """An object that stands for an int."""
        value = self.pick(
            repr(self.rng.choice(INTEGERS)), repr(self.rng.randrange(20)), self.rng.choice(ERRORS), '1.0', "'1'",
            'None', 'IntSub(3)', 'True',
        )  # fmt: skip
        return self.pick(f'Index({value})', f'Index({value})', f'IntSub({self.rng.randrange(300)})')

    def whole(self):
        """An int, or what stands for one."""
        return self.index() if self.chance(0.2) else self.integer()

    def small(self):
        """An int as options are."""
        return self.index() if self.chance(0.1) else repr(self.rng.randrange(-3, 20))

    def size(self):
        """A size: none that depends on the memory of the machine."""
        if self.chance(0.15):
            return self.pick('-1', '-2', '2**62', '2**63 - 1', '2**63', '2**64', '-2**63', '-2**63 - 1', 'Index(5)')
        return repr(self.rng.choice((0, 1, 2, 3, 7, 16, 100, 1000, 16384, 65536, 100_000)))

    def floating(self):
        """A float, the special ones too."""
        if self.chance(0.4):
            return self.rng.choice(FLOATS)
        return repr(self.rng.choice((1, -1)) * self.rng.random() * 10.0 ** self.rng.randrange(-20, 20))

    def number(self):
        """What a function of a real number takes."""
        if self.chance(0.65):
            return self.floating()
        value = self.floating()
        error = self.rng.choice(ERRORS)
        return self.pick(
            self.integer(), self.index(), f'Float({value})', f'Float({error})', 'Float(1)', 'Float(FloatSub(2.0))',
            f'FloatSub({value})', f'FloatAndIndex({self.integer()})', 'True', f'Rounding({value})', 'Number(3)',
        )  # fmt: skip

    def complex_number(self):
        """What a function of a complex number takes."""
        value = f'complex({self.floating()}, {self.floating()})'
        if self.chance(0.7):
            return value
        return self.pick(
            self.number(), f'Complex({value})', f'Complex({self.rng.choice(ERRORS)})', 'Complex(1)',
            f'ComplexSub({value})', 'Complex(ComplexSub(2))',
        )  # fmt: skip

    def flag(self):
        return self.pick(
            'True', 'False', 'True', 'False', '0', '1', 'None', '2**70', "''", 'Bool(True)', 'Bool(Failure)', 'Bool(1)'
        )

    # Containers.
    def container(self):
        return self.pick(
            '[]',
            '()',
            '{}',
            'set()',
            '[1, 2]',
            '(1.5, 2)',
            "{'a': 1}",
            "{'a', }",
            "ListSub('abc')",
            'circular()',
            'b"ab".split()',
        )

    def iterable(self, kind='number', most=6):
        """What gives numbers, or other things, one after the other."""
        many = self.rng.choice((0, 1, 2, 3, most, 40) if self.chance(0.2) else (0, 1, 2, 3))
        items = [self.of(kind) for _ in range(many)]
        listed = f'[{", ".join(items)}]'
        error = self.rng.choice(ERRORS)
        return self.pick(
            listed, listed, listed, f'tuple({listed})', f'iter({listed})', f'Items({listed})',
            f'Items({listed}, {error})',
            f'Items({listed}, hint={self.pick("0", "3", "-1", "2**62", "2**70", error)})', f'Sequence({listed})',
            f'ListSub({listed})', f'TupleSub({listed})',
        )  # fmt: skip

    # Text and memory.
    def text(self):
        if self.chance(0.7):
            return self.rng.choice(TEXTS)
        return ascii(
            ''.join(chr(self.rng.choice((34, 92, 47, 10, 65, 127, 233, 8364, 55357, 128512))) for _ in range(9))
        )

    def block(self):
        """The text of bytes, small and large, of some sort."""
        if self.chance(0.4):
            return repr(self.rng.randbytes(self.rng.randrange(9)))
        size = self.rng.choice(
            (1, 2, 3, 15, 16, 17, 45, 57, 63, 64, 65, 100, 127, 128, 129, 255, 256, 1000, 4097, 20_000)
        )
        block = f'data({self.rng.randrange(50)}, {size}, {self.rng.choice(SORTS)!r})'
        return f'damaged({block}, {self.rng.randrange(99)})' if self.chance(0.1) else block

    def buffer(self, block=None):
        """An object with memory: bytes mostly, every other sort, and what refuses."""
        block = block or self.block()
        if self.chance(0.5):
            return block
        error = self.rng.choice(ERRORS)
        return self.pick(
            f'bytearray({block})', f'memoryview({block})', f'memoryview(bytearray({block}))',
            f'memoryview({block})[::2]',
            f'memoryview({block})[::-1]', f'memoryview({block})[1:]', f'BytesSub({block})', f'BytearraySub({block})',
            f'Buffer({block})', f'Buffer({error})', 'Buffer(3)', f'released({block})', f"array('B', {block})",
            "array('I', [1, 2, 3])", "array('d', [1.5])", "memoryview(bytes(12)).cast('B', (3, 4))",
            "memoryview(bytes(8)).cast('d')", "memoryview(bytes(8)).cast('Q', ())", "memoryview(b'')", 'bytearray()',
        )  # fmt: skip

    def ascii_buffer(self):
        """Memory, or a str."""
        if self.chance(0.3):
            block = self.block()
            return self.pick(
                f"{block}.decode('latin-1')",
                f"{block}.decode('ascii', 'replace')",
                f"StrSub({block}.decode('latin-1'))",
                self.text(),
            )
        return self.buffer()

    # Programs.
    def call(self, callee, kinds, target=''):
        """Return a call with arguments for [(name, kind, how)], `how` being inspect's kind of a parameter."""
        positional, keywords = [], {}
        by_name = False
        for name, kind, how, required in kinds:
            if how in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD):
                if how == inspect.Parameter.VAR_POSITIONAL:
                    positional += [self.of(kind) for _ in range(self.rng.randrange(5))]
                continue
            if not required and self.chance(0.4) or self.chance(0.01):
                by_name = True
                continue
            by_name = by_name or how == inspect.Parameter.KEYWORD_ONLY or self.chance(0.1)
            if name and (by_name and how != inspect.Parameter.POSITIONAL_ONLY or self.chance(0.01)):
                keywords[name] = self.of(kind)
            elif not by_name:
                positional.append(self.of(kind))
        # One argument more, unless it could take the place of one that must be small.
        if self.chance(0.02) and not any(getattr(kind, 'only', False) for _, kind, *_ in kinds):
            positional.append(self.anything())
        if self.chance(0.01):
            keywords[self.pick('nonsense', 'x', 'data')] = self.anything()
        return Line(callee, positional, keywords, target)


def guess(name):
    """Return the kind that the name of a parameter suggests."""
    for kind, names in {
        'buffer': ('data', 'buffer', 'string', 'bytes', 'zdict'),
        'number': ('x', 'y', 'z', 'p', 'q', 'a', 'b', 'rel_tol', 'abs_tol', 'start'),
        'whole': ('n', 'k', 'value', 'crc', 'i', 'integers'),
        'iterable': ('seq', 'iterable'),
        'size': ('bufsize', 'length', 'max_length', 'size'),
        'small': ('level', 'method', 'wbits', 'memLevel', 'strategy', 'mode', 'compresslevel'),
        'flag': (
            'newline',
            'backtick',
            'strict_mode',
            'header',
            'quotetabs',
            'istext',
            'strict',
            'padded',
            'canonical',
            'foldspaces',
            'adobe',
            'pad',
        ),  # fmt: skip
    }.items():
        if name in names:
            return kind
    return 'anything'


def signature_of(function):
    """Return the signature of a function, None when there is none; inspect tells none that has an odd default."""
    try:
        return inspect.signature(function)
    except ValueError:
        text = getattr(function, '__text_signature__', None)
        if not text:
            return None
        # '($module, data, /, *, strict_mode=<unrepresentable>)', in several lines when it is long.
        text = re.sub(r'^\(\$\w+(?:, /)?,? ?|\)$', '', ' '.join(text.split()))
        return inspect.signature(eval(f'lambda {re.sub("=[^,]*", "=None", text)}: None'))


class Programs:
    """All programs of a module."""

    def __init__(self, name, module, table):
        self.name = name
        self.makers = list(table.get('PROGRAMS', ()))
        self.functions = {}
        kinds, positional = table.get('KINDS', {}), table.get('POSITIONAL', {})
        for function, value in sorted(vars(module).items()):
            if (
                function.startswith('__')
                or isinstance(value, type)
                or not callable(value)
                or function in table.get('SKIP', ())
            ):
                continue
            signature = signature_of(value)
            if signature is None:
                expected = positional.get(function, ['anything'] * 3)
                self.functions[function] = [
                    ('', kind, inspect.Parameter.POSITIONAL_ONLY, not i) for i, kind in enumerate(expected)
                ]
                continue
            self.functions[function] = [
                (
                    item.name,
                    kinds.get(f'{function}.{item.name}') or kinds.get(item.name) or guess(item.name),
                    item.kind,
                    item.default is item.empty,
                )
                for item in signature.parameters.values()
            ]

    def make(self, seed, number):
        """Return the program of a number."""
        generator = Generator(seed, self.name, number)
        names = list(self.functions)
        if self.makers and (not names or generator.chance(0.5)):
            return generator.rng.choice(self.makers)(generator)
        name = generator.rng.choice(names)
        return [generator.call(f'M.{name}', self.functions[name])]
