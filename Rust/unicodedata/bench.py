"""What `make bench` measures of unicodedata."""

import collections
import itertools
import unicodedata

# unicodedata2 has the functions of the C module, of a newer version of Unicode.
PEERS = {'unicodedata2': 'unicodedata2'}

FORMS = ('NFC', 'NFD', 'NFKC', 'NFKD')
SIZES = (10, 1000, 1 << 20)
TEXTS = {
    'ASCII': 'The quick brown fox jumps over the lazy dog. ',
    'French': 'D\xe8s No\xebl, o\xf9 un z\xe9phyr ha\xef me v\xeat de gla\xe7ons w\xfcrmiens, je d\xeene. ',
    'Vietnamese': (
        'T\u1ea5t c\u1ea3 m\u1ecdi ng\u01b0\u1eddi sinh ra \u0111\u1ec1u \u0111\u01b0\u1ee3c t\u1ef1 do v\xe0 b\xecnh '
        '\u0111\u1eb3ng v\u1ec1 nh\xe2n ph\u1ea9m v\xe0 quy\u1ec1n. '
    ),
    'Korean': '\ubaa8\ub4e0 \uc778\uac04\uc740 \ud0dc\uc5b4\ub0a0 \ub54c\ubd80\ud130 \uc790\uc720\ub85c\uc6b0\uba70. ',
    'Arabic': (
        '\u064a\u0648\u0644\u062f \u062c\u0645\u064a\u0639 \u0627\u0644\u0646\u0627\u0633 '
        '\u0623\u062d\u0631\u0627\u0631\u064b\u0627 \u0645\u062a\u0633\u0627\u0648\u064a\u0646. '
    ),
    'emoji': 'Hi \U0001f600\U0001f44d\U0001f3fd \U0001f468\u200d\U0001f469\u200d\U0001f467 ok. ',
}
NAMED = {
    'short': 'a \u00e9\u4e00\uac01\U0001f600',
    'long': '\u1ec7\u0390\ufdfa\U0001f468\u1e8d\u22ff',
}
PROPERTIES = ('category', 'bidirectional', 'combining', 'east_asian_width', 'mirrored', 'decomposition')
SINCE_315 = ('block', 'grapheme_cluster_break', 'indic_conjunct_break', 'extended_pictographic', 'isxidstart')
CALLS = 1000

SWEEP_KINDS = {
    'chr': {'letter': 'a', 'composite': '\u1ec7', 'ideograph': '\u4e00', 'emoji': '\U0001f600'},
    'form': {form: form for form in FORMS},
    'name': {
        'short': 'SPACE',
        'long': 'LATIN SMALL LETTER E WITH CIRCUMFLEX AND DOT BELOW',
        'syllable': 'HANGUL SYLLABLE GAG',
    },
    'unistr': {
        'marks': lambda size, place: ('\u0301\u0323\u0345\u0334' * size)[:size],
        'decomposed': lambda size, place: ('e\u0323\u0302 ' * size)[:size],
        'syllables': lambda size, place: '\ud55c' * size,
        'compatibility': lambda size, place: '\ufdfa' * (size // 18 + 1),
        'Latin': lambda size, place: ('d\xe9j\xe0 ' * size)[:size],
    },
}
SWEEP = {name: [('chr',)] for name in (*PROPERTIES, *SINCE_315, 'name', 'isxidcontinue')}
SWEEP |= {name: [('form', 'unistr')] for name in ('normalize', 'is_normalized')}
SWEEP |= {'lookup': [('name',)], '.unistr': 'unistr', '.chr': 'chr', 'iter_graphemes': [('unistr',)]}
SWEEP_CALLS = {'UCD.normalize': lambda module: module.ucd_3_2_0.normalize}
SWEEP |= {'UCD.normalize': [('form', 'unistr')]}
# A character without a value is a ValueError.
SWEEP |= {name: [('digit',)] for name in ('decimal', 'digit', 'numeric')}
SWEEP_KINDS['digit'] = {'digit': '5'}


def again(function, *columns):
    """Return a call of the function for each row of the columns, with little time in between."""
    columns = [list(itertools.islice(itertools.cycle(column), CALLS)) for column in columns]
    return lambda: collections.deque(map(function, *columns), 0), (), {}


def rows(bench, rust, c, peers):
    """Add each row: its name, the size of its input, and a call for each implementation."""
    both = {'rust': rust, 'C': c}
    # unicodedata2 has no is_normalized().
    modules = both | peers
    for label, text in TEXTS.items():
        for size in SIZES:
            long = (text * (size // len(text) + 1))[:size]
            composed, decomposed = unicodedata.normalize('NFC', long), unicodedata.normalize('NFD', long)
            for kind, source in {'composed': composed, 'decomposed': decomposed}.items():
                if label in ('ASCII', 'emoji') and kind == 'decomposed':
                    continue
                for form in FORMS:
                    goal = 1.0 if size == 10 or label == 'ASCII' else 2.0
                    calls = {key: (module.normalize, (form, source), {}) for key, module in modules.items()}
                    bench.row(f'normalize {form}, {label} {kind}, {size}', size, calls, goal)
                    calls = {key: (module.is_normalized, (form, source), {}) for key, module in both.items()}
                    bench.row(f'is_normalized {form}, {label} {kind}, {size}', size, calls, goal)
    marks = 'a' + '\u0301\u0323\u0345\u0334' * 5000
    for form in FORMS:
        calls = {key: (module.normalize, (form, marks), {}) for key, module in modules.items()}
        bench.row(f'normalize {form}, a run of marks', len(marks), calls, 2.0)
    calls = {key: (module.ucd_3_2_0.normalize, ('NFKC', TEXTS['ASCII'] * 100), {}) for key, module in modules.items()}
    bench.row('ucd_3_2_0.normalize NFKC, ASCII', 4500, calls, 5.0)
    for label, characters in NAMED.items():
        names = list(map(unicodedata.name, characters))
        bench.row(f'name, {label}', CALLS, {key: again(m.name, characters) for key, m in modules.items()}, 1.5)
        bench.row(f'lookup, {label}', CALLS, {key: again(m.lookup, names) for key, m in modules.items()}, 1.5)
    for name in (*PROPERTIES, *(name for name in SINCE_315 if hasattr(c, name))):
        characters = ''.join(NAMED.values())
        with_it = {key: module for key, module in modules.items() if hasattr(module, name)}
        bench.row(name, CALLS, {key: again(getattr(m, name), characters) for key, m in with_it.items()}, 1.0)
    for name in ('decimal', 'digit', 'numeric'):
        calls = {key: again(getattr(m, name), '57\u0661', (None,)) for key, m in modules.items()}
        bench.row(name, CALLS, calls, 1.0)
    if hasattr(c, 'iter_graphemes'):
        for label, text in TEXTS.items():
            calls = {
                key: (lambda text, module=module: collections.deque(module.iter_graphemes(text), 0), (text * 10,), {})
                for key, module in (('rust', rust), ('C', c))
            }
            bench.row(f'iter_graphemes, {label}', 10 * len(text), calls, 1.0)


def threads(bench, rust, c, peers):
    """Add what threads do at once, each with text of its own."""
    long = (TEXTS['Vietnamese'] * 20)[:1000]

    def normalizing(module):
        return module.normalize, ('NFD', ''.join(list(long))), {}

    def naming(module):
        return again(module.name, NAMED['short'])

    for name, size, make in (('normalize NFD, Vietnamese composed', len(long), normalizing), ('name', CALLS, naming)):
        bench.thread_row(name, size, {'rust': lambda make=make: make(rust), 'C': lambda make=make: make(c)})
