"""Random patterns and texts for them, and patterns of one implementation of _sre."""

import re
import warnings
from re import _compiler, _parser

# Alphabets of each width; patterns for bytes use the first one.
ALPHABETS = 'abAB01_ \n', 'aéßAİſ \x85', 'aб中\u2028ǅKk', 'a😀𐐀𐐨b\n'


class Generator:
    """Generates patterns over an alphabet."""

    def __init__(self, rng, alphabet=ALPHABETS[0]):
        self.rng = rng
        self.alphabet = alphabet
        self.groups = 0

    def character(self):
        character = self.rng.choice(self.alphabet)
        return re.escape(character) if character.isascii() else character

    def members(self):
        rng = self.rng
        kinds = (
            self.character,
            self.character,
            lambda: rng.choice((r'\w', r'\W', r'\d', r'\D', r'\s', r'\S')),
            lambda: '-'.join(re.escape(c) for c in sorted(rng.choices(self.alphabet, k=2))),
        )
        return ''.join(rng.choice(kinds)() for _ in range(rng.randrange(1, 4)))

    def atom(self, depth):
        rng = self.rng
        choice = rng.randrange(20 if depth > 0 else 9)
        if choice < 4:
            return self.character()
        if choice < 5:
            return '.'
        if choice < 6:
            return rng.choice((r'\w', r'\W', r'\d', r'\s', r'\S'))
        if choice < 7:
            return rng.choice((r'\b', r'\B', '^', '$', r'\A', r'\Z'))
        if choice < 9:
            return f'[{rng.choice(("", "^"))}{self.members()}]'
        if choice < 12:
            self.groups += 1
            name = rng.choice(('', '', f'?P<g{self.groups}>'))
            return f'({name}{self.alternatives(depth - 1)})'
        if choice < 15:
            return f'(?:{self.alternatives(depth - 1)})'
        if choice < 16:
            return f'(?{rng.choice(("=", "!", "<=", "<!", "<!", "<="))}{self.alternatives(depth - 2)})'
        if choice < 17:
            return f'(?>{self.alternatives(depth - 1)})'
        if choice < 18:
            return f'(?{rng.choice(("i", "s", "m", "-i", "i-s"))}:{self.alternatives(depth - 1)})'
        if not self.groups:
            return self.character()
        group = rng.randrange(1, self.groups + 1)
        if choice < 19:
            return f'(?:\\{group})'
        rest = rng.choice(('', f'|{self.sequence(depth - 2)}'))
        return f'(?({group}){self.sequence(depth - 2)}{rest})'

    def quantified(self, depth):
        atom = self.atom(depth)
        choice = self.rng.randrange(10)
        if choice > 5:
            return atom
        bounds = self.rng.choice(('*', '+', '?', '{2}', '{1,2}', '{2,}', '{0,3}', '*', '+'))
        return atom + bounds + self.rng.choice(('', '', '?', '+'))

    def sequence(self, depth):
        return ''.join(self.quantified(depth) for _ in range(self.rng.choice((0, 1, 1, 2, 2, 3))))

    def alternatives(self, depth):
        return '|'.join(self.sequence(depth) for _ in range(self.rng.choice((1, 1, 1, 2, 3))))

    def pattern(self, depth=3):
        self.groups = 0
        return self.alternatives(depth) or self.character()

    def text(self, longest=12):
        return ''.join(self.rng.choices(self.alphabet, k=self.rng.randrange(longest)))


def compiled_code(pattern, flags=0):
    """Return the arguments of `_sre.compile` for a pattern; None if the pattern is invalid."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            parsed = _parser.parse(pattern, flags)
            code = _compiler._code(parsed, flags)
    except (re.error, OverflowError, RecursionError, ValueError):
        return None
    names = parsed.state.groupdict
    indexgroup = [None] * parsed.state.groups
    for name, number in names.items():
        indexgroup[number] = name
    return pattern, flags | parsed.state.flags, code, parsed.state.groups - 1, names, tuple(indexgroup)


def compile(module, pattern, flags=0):
    """Return the pattern object of a module; None if the pattern is invalid."""
    arguments = compiled_code(pattern, flags)
    return arguments and module.compile(*arguments)


# The modules whose patterns get templates of their own.
sharing = []


def share_templates(*modules):
    """Make `re._compile_template` return a template of the module to which the pattern belongs."""
    is_replaced = bool(sharing)
    sharing.extend(module for module in modules if module not in sharing)
    if is_replaced:
        return

    def compile_template(pattern, replacement):
        for module in sharing:
            if type(pattern) is type(compile(module, 'a')):
                return module.template(pattern, _parser.parse_template(replacement, pattern))
        return original(pattern, replacement)

    original = re._compile_template
    compile_template.cache_clear = original.cache_clear
    re._compile_template = compile_template
