"""What `make bench` measures of _sre."""

import pathlib
import random
import re
import sys

# The tests have what makes a pattern of each module. This text may be run without a __file__.
sys.path.insert(0, str(pathlib.Path(sys._getframe().f_code.co_filename).parent / 'tests'))

import sre_patterns as patterns

PEERS = {}

WORDS = (
    'the of and to in a is that for it as was with be by on not he i this are or his from at which but have an had they'
).split()


def prose(length=50_000):
    """Words and lines, with dates, addresses and numbers here and there."""
    rng = random.Random(22)
    found = []
    while sum(map(len, found)) < length:
        found += rng.choices(WORDS, k=30)
        odd = (
            'ann.lee@example.org',
            '2026-11-26',
            '192.168.17.4',
            'https://example.org/a/b?c=d',
            '"quoted text"',
            '3.14159',
        )
        found += [rng.choice(odd), '\n']
    return ' '.join(found)


TEXT = prose()
WIDE = TEXT.replace('that', 'thät').replace('which', 'w中ich')
LOG = '\n'.join(
    f'10.0.0.{i % 256} - - [26/Nov/2026:13:{i % 60:02}:00] "GET /p/{i} HTTP/1.1" 200 {i * 7}' for i in range(500)
)

NUMBERS = ' '.join(map(str, range(10_000, 20_000)))

# The name, the pattern, its flags, and the text.
FINDALL = (
    ('literal', 'example', 0, TEXT),
    ('literal, none', 'zebra', 0, TEXT),
    ('character, none', 'Z', 0, TEXT),
    ('literals', 'zebra|example|quoted|lion', 0, TEXT),
    ('literals, 17', '|'.join(WORDS[3:20]), 0, TEXT),
    ('literals, 1000', '|'.join(f'{word}{place}' for place in range(40) for word in WORDS[:25]), 0, TEXT[:5_000]),
    ('literal, case-insensitive', 'EXAMPLE', re.I, TEXT),
    ('e-mail', r'[\w.+-]+@[\w-]+\.[\w.-]+', 0, TEXT),
    ('URI', r'[\w]+://[^/\s?#]+[^\s?#]+(?:\?[^\s#]*)?(?:#[^\s]*)?', 0, TEXT),
    ('IP address', r'(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)', 0, TEXT),
    ('date', r'(\d{4})-(\d{2})-(\d{2})', 0, TEXT),
    ('log line', r'(\S+) \S+ \S+ \[([^\]]+)\] "(\w+) (\S+) [^"]*" (\d+) (\d+)', 0, LOG),
    ('quoted string', r'"[^"\\]*(?:\\.[^"\\]*)*"', 0, TEXT),
    ('number', r'[-+]?\d+(?:\.\d+)?', 0, TEXT),
    ('words', r'\w+', 0, TEXT),
    ('words with boundaries', r'\b\w+\b', 0, TEXT),
    ('words, wide', r'\w+', 0, WIDE),
    ('words, all different', r'\w+', 0, NUMBERS),
    ('class, wide', r'[ä中]\w*', 0, WIDE),
    ('back-reference', r'\b(\w)\w*\1\b', 0, TEXT),
    ('look-behind', r'(?<=is )\w+', 0, TEXT),
    ('look-ahead', r'\w+(?= and)', 0, TEXT),
    ('group loop', r'(?:\w+ )+and', 0, TEXT[:5_000]),
    ('lazy', r'".*?"', 0, TEXT),
    ('lines', r'^.*$', re.M, TEXT),
)

# Matches of short texts: the method, the pattern and the text.
SHORT = (
    ('match', 'a', 'a'),
    ('match', r'\d+', '12345'),
    ('match', r'(\w+)\s*=\s*(.*)', 'name = value'),
    ('match', 'b', 'a'),
    ('fullmatch', r'[a-z_][a-z0-9_]*', 'identifier_1'),
    ('search', r'\d', 'abc1'),
    ('search', 'x', 'abc'),
    ('sub', r'\s+', 'a b  c'),
    ('split', ',', 'a,b,c'),
    ('findall', r'\w', 'a b c'),
)


SWEEP_KINDS = {
    'code': {'literal': patterns.compiled_code('a'), 'groups': patterns.compiled_code(r'(?P<a>\w+)=(?:"(.*?)"|(\d+))')},
    'text': {
        'words': lambda size, place: ('some words ' * (size // 11 + 1))[:size],
        'CJK': lambda size, place: ('\u4e2d\u6587 ' * (size // 3 + 1))[:size],
        'one character': lambda size, place: 'a' * size,
        'spaces': lambda size, place: ' ' * size,
    },
    'character': {'letter': 65, 'digit': 48, 'CJK': 0x4E2D},
}


def method(pattern, name, *before):
    """Return what makes a call of a method of a pattern, for a text."""

    def make(module):
        patterns.share_templates(module)
        bound = getattr(patterns.compile(module, pattern), name)
        return lambda text: bound(*before, text)

    return make


def with_template(module):
    """Return a call that makes a template."""
    made = patterns.compile(module, '(a)')
    return lambda: module.template(made, ['x', 1, 'y'])


SWEEP_CALLS = {
    'Pattern.search': method('zebra', 'search'),
    'Pattern.findall': method(r'\w+', 'findall'),
    'Pattern.match': method('(?:.|a)*', 'match'),
    'Pattern.split': method(r'\s', 'split'),
    'Pattern.sub': method('o', 'sub', '0'),
    'template.made': with_template,
}
SWEEP = {
    'Pattern.search': [('text',)],
    'Pattern.findall': [('text',)],
    'Pattern.match': [('text',)],
    'Pattern.split': [('text',)],
    'Pattern.sub': [('text',)],
    'template.made': [()],
    'compile': [('code*',)],
    'getcodesize': [()],
    'ascii_iscased': [('character',)],
    'ascii_tolower': [('character',)],
    'unicode_iscased': [('character',)],
    'unicode_tolower': [('character',)],
}


def call(function, *arguments):
    return function, arguments, {}


def rows(bench, rust, c, peers):
    """Add each row: its name, the size of its input, and a call for each implementation."""
    patterns.share_templates(rust, c)
    modules = {'rust': rust, 'C': c}

    def made(pattern, flags=0):
        return {key: patterns.compile(module, pattern, flags) for key, module in modules.items()}

    for name, pattern, flags, text in FINDALL:
        calls = {key: call(each.findall, text) for key, each in made(pattern, flags).items()}
        bench.row(f'findall, {name}', len(text), calls, 1.0)
    for method, pattern, text in SHORT:
        arguments = ('-', text) if method == 'sub' else (text,)
        calls = {key: call(getattr(each, method), *arguments) for key, each in made(pattern).items()}
        bench.row(f'{method} {pattern} {text}', len(text), calls, 1.0)
    for name, replacement in (('literal', '-'), ('template', r'<\g<0>>'), ('function', lambda found: '-')):
        calls = {key: call(each.sub, replacement, TEXT) for key, each in made(r'\w+').items()}
        bench.row(f'sub, {name}', len(TEXT), calls, 1.0)
    calls = {key: call(each.split, TEXT) for key, each in made(r'\s+').items()}
    bench.row('split', len(TEXT), calls, 1.0)
    calls = {key: call(lambda each=each: sum(1 for _ in each.finditer(TEXT))) for key, each in made(r'\w+').items()}
    bench.row('finditer', len(TEXT), calls, 1.0)
    for name, work in (
        ('group', lambda m: m.group()),
        ('group 1', lambda m: m.group(1)),
        ('groups', lambda m: m.groups()),
        ('span', lambda m: m.span()),
        ('groupdict', lambda m: m.groupdict()),
        ('item', lambda m: m['n']),
    ):
        calls = {key: call(work, each.match('key=value')) for key, each in made(r'(?P<n>\w+)=(\w+)').items()}
        bench.row(f'match.{name}', 9, calls, 1.0)
    for name, pattern in (('short', 'a'), ('long', r'(?P<a>\w+)\s*[:=]\s*(?:"([^"]*)"|\'([^\']*)\'|(\S+))(?=\s|$)')):
        arguments = patterns.compiled_code(pattern)
        calls = {key: call(module.compile, *arguments) for key, module in modules.items()}
        bench.row(f'compile, {name}', len(pattern), calls, 1.0)
        calls = {
            key: call(lambda module=module, arguments=arguments: module.compile(*arguments).match('key = "value"'))
            for key, module in modules.items()
        }
        bench.row(f'compile and match, {name}', len(pattern), calls, 1.0)
    for name, pattern, text in (
        ('(a+)+$', '(a+)+$', 'a' * 16 + 'b'),
        (r'\s+$', r'\s+$', ' ' * 1000 + 'x'),
        ('(.*)*x', '(.*)*x', 'a' * 16),
        (r'[^\n]*?\d+$', r'[^\n]*?\d+$', 'word ' * 200),
    ):
        calls = {key: call(each.search, text) for key, each in made(pattern).items()}
        bench.row(f'backtracking {name}', len(text), calls, 1.0)


def threads(bench, rust, c, peers):
    """Add what threads do at once with a pattern that they share, each with a text of its own."""
    patterns.share_templates(rust, c)

    def shared(module, pattern, work, text):
        found = patterns.compile(module, pattern)
        return lambda: call(work, found, ''.join(list(text)))

    for name, pattern, work, text in (
        ('match', r'(\w+)=(\w+)', lambda found, text: found.match(text), 'key=value'),
        ('match and group', r'(\w+)=(\w+)', lambda found, text: found.match(text).group(1, 2), 'key=value'),
        ('search', r'(\d{4})-(\d{2})-(\d{2})', lambda found, text: found.search(text), TEXT),
        ('findall', r'\w+', lambda found, text: found.findall(text), TEXT[:5_000]),
        ('finditer', r'\w+', lambda found, text: sum(1 for _ in found.finditer(text)), TEXT[:5_000]),
        ('split', r'\s+', lambda found, text: found.split(text), TEXT[:5_000]),
        ('sub', r'\s+', lambda found, text: found.sub('-', text), TEXT[:5_000]),
    ):
        makes = {key: shared(module, pattern, work, text) for key, module in (('rust', rust), ('C', c))}
        bench.thread_row(f'shared pattern, {name}', len(text), makes)
