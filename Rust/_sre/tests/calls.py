"""Calls of _sre for the checks that run every module under stress and without memory."""

import pathlib
import re
import sys

# The checks run this text, which has no __file__.
sys.path.insert(0, str(pathlib.Path(sys._getframe().f_code.co_filename).parent))

import sre_patterns as patterns

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
    add('compile refused', lambda: lambda: module.compile('', 0, [99], 0, {}, ()))
    return found


def buffers(module):
    """Functions that read a buffer, which other threads write to and resize meanwhile."""
    made = patterns.compile(module, b'[a-c]+|\\x00')
    return [('findall', made.findall), ('search', made.search), ('split', made.split), ('finditer', made.finditer)]
