"""Calls of unicodedata for the checks that run every module under stress and without memory."""

TEXTS = {
    'nothing': '',
    'ASCII': 'text ' * 10,
    'French': 'd\xe9j\xe0 vu ',
    'marks': 'e\u0323\u0302\u0301\u0327 ' * 20,
    'one run of marks': 'a' + '\u0301\u0323\u0345\u0334' * 200,
    'Korean': '\ud55c\uae00 \u1112\u1161\u11ab' * 30,
    'emoji': '\U0001f468\u200d\U0001f469 ' * 10,
    'compatibility': '\ufb01\ufdfa\xbd\U0001d7d8\ufa6c' * 20,
}
CHARACTERS = ('a', '5', '\xe9', '\u0378', '\u1ec7', '\u4e00', '\uac01', '\U0001f600', '\U00017000')
PROPERTIES = ('category', 'bidirectional', 'combining', 'east_asian_width', 'mirrored', 'decomposition')
VALUES = ('name', 'decimal', 'digit', 'numeric')
NAMES = (
    'SPACE',
    'latin small letter e with circumflex and dot below',
    'LINE FEED',
    'KEYCAP DIGIT ONE',
    'nobody',
    'N' * 300,
)
SINCE_315 = (
    'block', 'grapheme_cluster_break', 'indic_conjunct_break', 'extended_pictographic', 'isxidstart', 'isxidcontinue',
)  # fmt: skip


def calls(module):
    """Every function, with each kind of input, as (label, factory of a callable)."""
    found = []
    for version in (module, module.ucd_3_2_0):
        for label, text in TEXTS.items():
            for form in ('NFC', 'NFD', 'NFKC', 'NFKD'):

                def make(name, version=version, text=text, form=form):
                    return lambda: lambda: getattr(version, name)(form, text)

                found.append((f'normalize {form} {label}', make('normalize')))
                found.append((f'is_normalized {form} {label}', make('is_normalized')))
        for character in CHARACTERS:

            def make_all(version=version, character=character):
                functions = [getattr(version, name) for name in PROPERTIES]
                values = [getattr(version, name) for name in VALUES]
                return lambda: ([call(character) for call in functions], [call(character, None) for call in values])

            found.append((f'properties of {ascii(character)}', make_all))
            found.append((f'name of {ascii(character)}', lambda v=version, item=character: lambda: v.name(item)))
        found += [(f'lookup {name}', lambda v=version, name=name: lambda: v.lookup(name)) for name in NAMES]
    found.append(('form', lambda: lambda: module.normalize('NFX', '\xe9')))
    if hasattr(module, 'iter_graphemes'):
        for label, text in TEXTS.items():
            found.append(
                (
                    f'iter_graphemes {label}',
                    lambda text=text: lambda: [(str(part), repr(part)) for part in module.iter_graphemes(text)],
                )
            )
        found += [(name, lambda name=name: lambda: getattr(module, name)('\U0001f600')) for name in SINCE_315]
    return found


def shared(module):
    """An iterator that many threads ask."""
    if not hasattr(module, 'iter_graphemes'):
        return []
    return [('iter_graphemes', lambda: module.iter_graphemes('e\u0301 ' * 1000), [lambda shared: next(shared, None)])]
