"""Calls of _sre for the checks that run every module under stress and without memory."""

import pathlib
import random
import re
import sys

# The checks run this text, which has no __file__.
sys.path.insert(0, str(pathlib.Path(sys._getframe().f_code.co_filename).parent))

import sre_patterns as patterns

# The checks load this file repeatedly, and compare sys.path.
del sys.path[0]

TEXTS = 'abc abd xyz', 'aéb\xff é', 'a中b 中', 'a😀b 😀', 'a' * 3000 + 'b'
# None of the patterns takes exponential time in these texts.
PATTERNS = (
    'b',
    'abd',
    r'(\w)(\w+)?',
    r'(?:a|b|中)+',
    '(a)*b',
    'a*?b',
    r'(?<=a).(?!z)',
    r'(?>a*)b',
    r'(.)\1',
    '(?i)AB',
    '',
)
# In these texts the backtracking matcher does so much work that the automaton takes over. The first pattern would take
# exponential time without it.
WORDS = '(?:' + '|'.join(f'{first}{last}' for first in 'kmnprst' for last in ('able', 'ing', 'ion')) + ')s'
LINEAR = (
    (r'(a+)+$', 'a' * 300 + 'b'),
    (r'(?:a|ab)*?c', 'ab' * 3000),
    (r'(?:a|aa|b)*c', 'aab' * 3000 + 'c'),
    (WORDS, 'kable king mion ' * 600 + 'sings'),
    (r'(?im)^(\w+)\s*=\s*(?:(\d+)|(\w+))$', 'key = value!\n' * 800 + 'width = 12'),
    (r'\b(?:ab?|[a-c]{2,5})+x', 'abcab cab ' * 900),
    (r'ab(?:a|ab)*c', 'ababab ' * 1500),
    (r'(?:x?){20}x{20}y', 'x' * 2000),
    (r'([中文é]|中文)+$', '中文é中' * 900 + '!'),
    (r'(?:.|\w)*😀a', '中a😀b' * 900),
    # Too many pairs of a node and a position for the backtracking matcher of captures: the Pike VM.
    (r'((?:a|[ab]b){100}c)+$', ('ab' * 100 + 'c') * 100),
    # Too many states of the DFA.
    (r'[ab]*a[ab]{60}(?:cd|ef|gh|ij|kl|mn|op|qr|st|uv|wx|yz)', ''.join(random.Random(1).choices('ab', k=10_000))),
)
# The matches of an automaton, and their groups.
MANY = (
    (r'(?:a|ab|abc)*c', 'ababc ' * 17000),
    (r'(a|[ab]b)*(c)', 'ababc ' * 2000),
    (r'((?:a|ab)*?)(c|bc)?(d)', 'ababcd ababbcd ' * 900),
)


def calls(module):
    """Every function, with each kind of input, as (label, factory of a callable without arguments)."""
    patterns.share_templates(module)
    found = []

    def add(label, factory):
        found.append((label, factory))

    for pattern in PATTERNS:
        arguments = patterns.compiled_code(pattern)
        made = module.compile(*arguments)
        add(f'compile {pattern}', lambda a=arguments: lambda: module.compile(*a))
        for place, text in enumerate(TEXTS):
            for name in ('match', 'search', 'fullmatch', 'findall', 'split', 'scanner'):
                add(f'{name} {pattern} {place}', lambda m=made, n=name, t=text: lambda: getattr(m, n)(t))
            add(f'finditer {pattern} {place}', lambda m=made, t=text: lambda: list(m.finditer(t)))
            for replacement in ('-', r'<\g<0>>', lambda found: found.group()):
                add(f'sub {pattern} {place}', lambda m=made, t=text, r=replacement: lambda: m.subn(r, t))
    for pattern, text in LINEAR + MANY:
        arguments = patterns.compiled_code(pattern)
        # A new pattern for each call, so that the automaton and its cache are made in it.
        for name in ('search', 'findall'):
            add(f'new {name} {pattern}', lambda a=arguments, n=name, t=text: lambda: getattr(module.compile(*a), n)(t))
        made = module.compile(*arguments)
        for name in ('match', 'findall'):
            add(f'{name} {pattern}', lambda m=made, n=name, t=text: lambda: getattr(m, n)(t))
        add(f'subn {pattern}', lambda m=made, t=text: lambda: m.subn('-', t))
    match = patterns.compile(module, r'(?P<n>\w+)=(\w+)(;)?').match('key=value')
    for name, call in (
        ('group', lambda: match.group(0, 'n', 2)),
        ('groups', match.groups),
        ('groupdict', match.groupdict),
        ('span', lambda: (match.span('n'), match.regs)),
        ('expand', lambda: match.expand(r'\2=\1')),
        ('repr', lambda: (repr(match), repr(match.re), hash(match.re))),
    ):
        add(name, lambda c=call: c)
    bytes_pattern = patterns.compile(module, b'[a-c]+', re.ASCII)
    for data in (b'abc abd', bytearray(b'abc abd'), memoryview(b'abc abd')):
        add(f'findall of {type(data).__name__}', lambda d=data: lambda: bytes_pattern.findall(d))
        add(f'sub of {type(data).__name__}', lambda d=data: lambda: bytes_pattern.sub(b'-', d))
        match = bytes_pattern.match(data)
        add(f'group of {type(data).__name__}', lambda m=match: lambda: (m.group(), m.groups(), m[0]))
    add('compile refused', lambda: lambda: module.compile('', 0, [99], 0, {}, ()))
    return found


def buffers(module):
    """Functions that read a buffer, which other threads write to and resize meanwhile."""
    made = patterns.compile(module, b'[a-c]+|\\x00')
    return [('findall', made.findall), ('search', made.search), ('split', made.split), ('finditer', made.finditer)]
