"""Run the W3C XML Conformance Test Suite through the Rust pyexpat and its C twin, and compare them.

    ./python -B ../Tools/rust testing.xml_conformance SUITE [--show N] [--seed N]

SUITE is a folder or an archive that contains the file `xmlconf.xml`; the suite is not part of this project. Each
document is read with several settings, as a whole and in random pieces. The verdict, the error code, and all events
with their positions have to be the same. Two differences are accepted:

- Names have characters that the fifth edition of XML 1.0 added. Without these characters the events have to be the
  same.
- A piece ends between CR and LF after the root element, where expat counts two lines. If no piece ends there, the
  events have to be the same.
"""

import argparse
import collections
import os
import pathlib
import random
import re
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[3] / 'Rust' / 'pyexpat' / 'tests'))

import expat_events

from testing import twin

PIECES = 'pieces'
NAMESPACES = 'namespaces'
DEFAULT = 'default'
EXTERNAL = 'external'
# The ways in which each document is read.
READINGS = [
    {EXTERNAL},
    {EXTERNAL, NAMESPACES},
    {EXTERNAL, PIECES},
    {EXTERNAL, PIECES, NAMESPACES, DEFAULT},
    set(),
    {PIECES, DEFAULT},
]


class Files:
    """Reads files, with the characters of `replaced` replaced by `x`, and cuts them into pieces.

    With `keep_line_ends` no piece ends between CR and LF.
    """

    def __init__(self, replaced='', keep_line_ends=False):
        self.replaced = replaced
        self.keep_line_ends = keep_line_ends

    def cut(self, rng, data):
        """Cut a file into pieces that are not empty: expat crashes if the first piece of an external entity is."""
        pieces = []
        for piece in filter(None, expat_events.cut(rng, data, 12)):
            line_feed = b'\0\n' if data[:2] == b'\xfe\xff' else b'\n'
            if pieces and self.keep_line_ends and piece.startswith(line_feed):
                pieces[-1] += piece
            else:
                pieces.append(piece)
        return pieces

    def read(self, path):
        """Return the contents of a file, nothing if it cannot be read."""
        try:
            data = pathlib.Path(path).read_bytes()
        except (OSError, ValueError):
            return b''
        if not self.replaced:
            return data
        encoding = encoding_of(data)
        for character in self.replaced:
            data = data.replace(character.encode(encoding), 'x'.encode(encoding))
            for reference in (f'&#{ord(character)};', f'&#x{ord(character):x};', f'&#x{ord(character):X};'):
                data = data.replace(reference.encode(encoding), 'x'.encode(encoding))
        return data


def encoding_of(data):
    """Return the encoding of a document: UTF-8 stands for all that are compatible with ASCII."""
    return {b'\xff\xfe': 'utf-16-le', b'\xfe\xff': 'utf-16-be'}.get(data[:2], 'utf-8')


def characters(data):
    """Return the characters of a document that are not ASCII, those of its character references included."""
    text = data.decode(encoding_of(data), 'ignore')
    codes = [int(code, 10) for code in re.findall(r'&#(\d{1,7});', text)]
    codes += [int(code, 16) for code in re.findall(r'&#x([0-9a-fA-F]{1,6});', text)]
    text += ''.join(chr(code) for code in codes if code <= sys.maxunicode and not 0xD800 <= code <= 0xDFFF)
    return {character for character in text if ord(character) >= 0x80 and not '\ud800' <= character <= '\udfff'}


def fifth_edition(rust, c, found):
    """Return the characters of `found` that only one of the parsers accepts in names."""

    def accepts(module, name):
        try:
            module.ParserCreate('utf-8').Parse(f'<{name}/>'.encode(), True)
        except module.error:
            return False
        return True

    return ''.join(
        character
        for character in sorted(found)
        if any(accepts(rust, name) != accepts(c, name) for name in (character, 'a' + character))
    )


def record(module, path, reading, seed, files):
    """Read a document. Return the error code, 0 for none, the events, and the files that were read."""
    events, used = [], [path]
    rng = random.Random(seed)
    codes = []

    def install(parser, path, level):
        def handler(name):
            def called(*args):
                where = tuple(getattr(parser, attribute) for attribute in expat_events.POSITIONS)
                shown = expat_events.arguments(name, args)
                events.append((level, name, shown, where, parser.GetInputContext()))
                if name == 'ExternalEntityRefHandler' and args[2] is not None:
                    entity = os.path.normpath(os.path.join(os.path.dirname(path), args[2]))
                    used.append(entity)
                    return feed(parser.ExternalEntityParserCreate(args[0]), entity, level + 1)
                return 1

            return called

        for name in expat_events.PLAIN:
            setattr(parser, name, handler(name))
        if DEFAULT in reading:
            parser.DefaultHandlerExpand = handler('DefaultHandlerExpand')
        if EXTERNAL in reading:
            parser.ExternalEntityRefHandler = handler('ExternalEntityRefHandler')

    def feed(parser, path, level=0):
        install(parser, path, level)
        data = files.read(path)
        try:
            for piece in files.cut(rng, data) if PIECES in reading else filter(None, [data]):
                parser.Parse(piece, False)
            parser.Parse(b'', True)
        except (module.error, LookupError, ValueError) as error:
            where = tuple(getattr(parser, attribute) for attribute in expat_events.ERRORS)
            events.append((level, 'raised', expat_events.message(error), where))
            codes.append(parser.ErrorCode)
            return 0
        return 1

    parser = module.ParserCreate(None, ' ' if NAMESPACES in reading else None)
    if EXTERNAL in reading:
        parser.SetParamEntityParsing(module.XML_PARAM_ENTITY_PARSING_ALWAYS)
    passed = feed(parser, path)
    return 0 if passed else codes[-1], events, used


def tests(module, index):
    """Return the attributes and the path of each test, in the order of the index."""
    found = []

    def read(parser, path):
        def start(name, attributes):
            if name == 'TEST':
                found.append((attributes, os.path.normpath(os.path.join(os.path.dirname(path), attributes['URI']))))

        def external(context, base, system, public):
            entity = os.path.join(os.path.dirname(path), system)
            if os.path.exists(entity):
                read(parser.ExternalEntityParserCreate(context), entity)
            return 1

        parser.StartElementHandler = start
        parser.ExternalEntityRefHandler = external
        parser.Parse(pathlib.Path(path).read_bytes(), True)

    read(module.ParserCreate(), index)
    return [(attributes, path) for attributes, path in found if os.path.isfile(path)]


def conforms(attributes, code):
    """Tell whether the verdict is that of the suite for a non-validating parser of the fifth edition."""
    expected = attributes['TYPE']
    applies = '5' in attributes.get('EDITION', '5').split() and attributes.get('VERSION', '1.0') == '1.0'
    if expected == 'error' or not applies or attributes.get('RECOMMENDATION', 'XML1.0')[-3:] == '1.1':
        return True
    return (code != 0) == (expected == 'not-wf')


def kind(ours, theirs):
    """Return which differs first: the verdict, the error code or the events."""
    if (ours[0] == 0) != (theirs[0] == 0):
        return 'verdict'
    return 'error code' if ours[0] != theirs[0] else 'events'


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition('\n')[0])
    parser.add_argument('suite')
    parser.add_argument('--seed', default='1')
    parser.add_argument('--show', type=int, default=8, help='how many differences to show')
    arguments = parser.parse_args()
    rust, c = twin.pair('pyexpat')
    with tempfile.TemporaryDirectory() as folder:
        suite = arguments.suite
        if os.path.isfile(suite):
            shutil.unpack_archive(suite, folder, **({'filter': 'data'} if '.zip' not in suite else {}))
            suite = folder
        indexes = sorted(pathlib.Path(suite).rglob('xmlconf.xml'), key=lambda path: len(path.parts))
        if not indexes:
            parser.error(f'there is no xmlconf.xml in {arguments.suite}')
        return compare(rust, c, tests(c, str(indexes[0])), arguments)


def read_again(modules, path, reading, seed, used):
    """Read a document without what causes an accepted difference.

    Return which difference that is, None if the results still differ, and the results.
    """
    names = fifth_edition(*modules, set().union(*(characters(Files().read(file)) for file in used)))
    for title, files in (
        ('names of the fifth edition', Files(names)),
        ('lines after the root element', Files(names, keep_line_ends=True)),
    ):
        ours, theirs = (record(module, path, reading, seed, files) for module in modules)
        if ours == theirs:
            return title, ours, theirs
    return None, ours, theirs


def compare(rust, c, found, arguments):
    """Compare both parsers on all tests and print the results; return the exit status."""
    explained, unexplained = collections.Counter(), 0
    differing, wrong = set(), {'Rust': [], 'C': []}
    for number, (attributes, path) in enumerate(found):
        seed = f'{arguments.seed} {number}'
        for reading in READINGS:
            ours = record(rust, path, reading, seed, Files())
            theirs = record(c, path, reading, seed, Files())
            namespaces = attributes.get('NAMESPACE', 'yes') == 'yes'
            if reading == ({EXTERNAL, NAMESPACES} if namespaces else {EXTERNAL}):
                for name, result in (('Rust', ours), ('C', theirs)):
                    if not conforms(attributes, result[0]):
                        wrong[name].append(attributes['ID'])
            if ours == theirs:
                continue
            differing.add(path)
            title, *results = read_again((rust, c), path, reading, seed, {*ours[2], *theirs[2]})
            if title:
                explained[title, kind(ours, theirs)] += 1
                continue
            unexplained += 1
            if unexplained <= arguments.show:
                show(attributes, path, reading, *results)
    if not found:
        print('no tests found')
        return 1
    print(f'{c.EXPAT_VERSION}: {len(found)} tests, {len(READINGS)} readings of each; {len(differing)} tests differ')
    for (title, what), count in sorted(explained.items()):
        print(f'  {title}: {count} readings differ in the {what}')
    print(f'  unexplained: {unexplained} readings')
    for name, ids in wrong.items():
        print(f'  verdicts of the {name} parser that the suite does not expect: {len(ids)} {" ".join(ids)}')
    return int(unexplained != 0)


def show(attributes, path, reading, ours, theirs):
    """Print the first event that differs."""
    pairs = zip(ours[1], theirs[1], strict=False)
    place = next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(ours[1]), len(theirs[1])))
    print(f'{attributes["ID"]} {path} {" ".join(sorted(reading))}: event {place}')
    for name, result in (('C', theirs), ('Rust', ours)):
        events = [re.sub(r'(.{400}).+', r'\1 ...', str(event)) for event in result[1][place : place + 2]]
        print(f'  {name:4} code {result[0]}:', *events, sep='\n    ')


if __name__ == '__main__':
    sys.exit(main())
