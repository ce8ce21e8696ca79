"""The Rust pyexpat against its C twin: events, positions, exceptions and messages."""

import gc
import io
import itertools
import pathlib
import subprocess
import sys
import unittest
import weakref

import expat_events
import twin

rust, c = twin.pair('pyexpat')
MODULES = (rust, c)

ENCODINGS = ('utf-8', 'utf-16', 'iso-8859-1', 'us-ascii', 'koi8-r', 'cp1252', 'iso8859-15', 'cp037')
EXTERNAL = {
    'dtd.dtd': [b'<!ELEMENT ext (#PCDATA)><!ENTITY fromdtd "dtd"><!ATTLIST a d CDATA "default">'],
    'ext.xml': [b'<?xml version="1.0" encoding="utf-8"?><b>exter', b'nal</b>text'],
    'pub.xml': [b'public'],
}


class ExpatTestCase(twin.TwinTestCase):
    rust, c = rust, c

    def assertSameEvents(self, pieces, handlers=expat_events.PLAIN, **options):
        theirs = expat_events.record(c, pieces, handlers, **options)
        ours = expat_events.record(rust, pieces, handlers, **options)
        if twin.describe(ours) != twin.describe(theirs):
            number = next(
                (n for n, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), min(len(ours), len(theirs))
            )
            self.fail(
                f'{pieces}, {options}, {len(handlers)} handlers: event {number}:\n'
                f'  C    {theirs[number : number + 2]}\n  Rust {ours[number : number + 2]}\n'
                f'  before: {theirs[max(0, number - 2) : number]}'
            )
        return ours


class Interface(ExpatTestCase):
    def test_interface(self):
        # A capsule's repr has an address in it.
        self.assertSameInterface('expat_CAPI')

    def test_attributes(self):
        names = [
            name for name in dir(c.XMLParserType) if name[0] != '_' and not callable(getattr(c.XMLParserType, name))
        ]
        self.assertSameAttributes(lambda module: module.ParserCreate(), *names)

    def test_constants(self):
        for name in ('EXPAT_VERSION', 'version_info', 'native_encoding', 'features'):
            self.assertEqual(getattr(rust, name), getattr(c, name), name)
        for name in ('errors', 'model'):
            ours, theirs = (vars(getattr(module, name)) for module in MODULES)
            ignored = {'__loader__', '__spec__'}
            for key in theirs.keys() - ignored:
                self.assertEqual(ours[key], theirs[key], key)
            self.assertEqual(list(ours), list(theirs))

    def test_error_strings(self):
        for code in [*range(-5, 300), 2**31, 2**32 + 1, -(2**32), 2**62, '1', None, 1.5]:
            self.assertTwins('ErrorString', code)

    def test_create(self):
        for args in [
            (), (None,), ('utf-8',), ('nothing',), (None, None), (None, '!'), (None, ''), (None, '!!'), (None, '\xe9'),
            (1,), (None, 1), ('a\0b',), (None, '\0'), (None, None, None), (None, None, {}), (None, None, []),
            ('a', 'b', {}, 1),
        ]:  # fmt: skip
            self.assertTwins('ParserCreate', *args)
        self.assertTwins('ParserCreate', encoding='x', namespace_separator='y', intern={})
        for module in MODULES:
            with self.assertRaisesRegex(TypeError, 'cannot create'):
                module.XMLParserType()

    def test_methods(self):
        calls = [
            ('SetBase', 'base'), ('SetBase', 1), ('SetBase', 'a\0b'), ('GetBase',), ('GetInputContext',),
            ('GetBase', 1),
            ('SetParamEntityParsing', 0), ('SetParamEntityParsing', 2), ('SetParamEntityParsing', 7),
            ('SetParamEntityParsing', 'x'), ('UseForeignDTD',), ('UseForeignDTD', False), ('UseForeignDTD', 'yes'),
            ('SetReparseDeferralEnabled', False), ('SetReparseDeferralEnabled', 1), ('GetReparseDeferralEnabled',),
            ('SetReparseDeferralEnabled', None), ('GetReparseDeferralEnabled',),
            ('ParseFile', 1), ('ParseFile', io.StringIO('text')), ('Parse',), ('Parse', 1), ('Parse', None, True),
            ('Parse', '\ud800'), ('Parse', memoryview(b'<a/>')[::2]),
        ]  # fmt: skip
        for protection in ('BillionLaughsAttackProtection', 'AllocTracker'):
            for value in (0, 1, 2**64 - 1, 2**64, -1, 1.5, None, '1'):
                calls.append((f'Set{protection}ActivationThreshold', value))
            for value in (0, 1, 0.99, 1.0, 100, 1e30, 1e300, float('inf'), float('nan'), -1, None, '1'):
                calls.append((f'Set{protection}MaximumAmplification', value))
        calls = [call for call in calls if hasattr(c.XMLParserType, call[0])]
        # With a new parser, and with one that has started to parse.
        self.assertSameEvents([b'<a/>'], methods=calls)
        self.assertSameEvents([b'<a/>'], methods=[('Parse', b'<?xml version="1.0"?>'), *calls])

    def test_settings(self):
        for name in ('buffer_size', 'buffer_text', 'ordered_attributes', 'specified_attributes', 'namespace_prefixes'):
            for value in (0, 1, 5, -1, True, None, '', 'x', 1.5, 2**31 - 1, 2**31, 2**64, [], 8192):

                def set_and_get(module, name=name, value=value):
                    parser = module.ParserCreate()
                    setattr(parser, name, value)
                    return getattr(parser, name), parser.buffer_text, parser.buffer_size, parser.buffer_used

                self.assertEqual(*[twin.outcome(set_and_get, module) for module in MODULES], (name, value))


class Events(ExpatTestCase):
    def test_documents(self):
        rng = twin.generator('documents')
        for _ in range(400 * twin.LONG):
            document = expat_events.document(rng)
            self.assertSameEvents(expat_events.cut(rng, document))

    def test_end_after_a_carriage_return(self):
        for encoding in ('utf-8', 'utf-16-le', 'utf-16-be'):
            document = '\ufeff<a>aa\r'.encode(encoding)
            for handlers in (('DefaultHandler',), ('CharacterDataHandler',), ()):
                for cut in range(len(document) + 1):
                    self.assertSameEvents([document[:cut], document[cut:]], handlers)

    def test_mistakes(self):
        rng = twin.generator('mistakes')
        for _ in range(600 * twin.LONG):
            document = expat_events.document(rng, mistakes=True)
            self.assertSameEvents(expat_events.cut(rng, document))

    def test_dtd(self):
        rng = twin.generator('dtd')
        for _ in range(400 * twin.LONG):
            document = expat_events.document(rng, dtd=True)
            self.assertSameEvents(expat_events.cut(rng, document))

    def test_dtd_mistakes(self):
        rng = twin.generator('dtd mistakes')
        for _ in range(400 * twin.LONG):
            document = expat_events.document(rng, dtd=True, mistakes=True)
            self.assertSameEvents(expat_events.cut(rng, document))

    def test_handlers(self):
        rng = twin.generator('handlers')
        for _ in range(400 * twin.LONG):
            document = expat_events.document(rng, dtd=True, mistakes=rng.random() < 0.2)
            handlers = rng.sample(expat_events.HANDLERS, rng.randrange(len(expat_events.HANDLERS) + 1))
            answers = {
                name: rng.choice((0, 1, 1, 2**32, -1)) for name in ('NotStandaloneHandler', 'ExternalEntityRefHandler')
            }
            methods = [
                ('SetParamEntityParsing', rng.randrange(3)),
                ('UseForeignDTD', rng.random() < 0.3),
                ('SetBase', 'base'),
            ]
            self.assertSameEvents(
                expat_events.cut(rng, document),
                handlers,
                answers=answers,
                external=EXTERNAL,
                methods=methods[: rng.randrange(4)],
            )

    def test_namespaces(self):
        rng = twin.generator('namespaces')
        for _ in range(400 * twin.LONG):
            document = expat_events.document(rng, mistakes=rng.random() < 0.3, dtd=rng.random() < 0.2)
            if rng.random() < 0.8:
                document = document.replace(b'<a', b'<a xmlns:x="urn:y"')
            create = {'namespace_separator': rng.choice((' ', '!', '', '}'))}
            settings = {'namespace_prefixes': rng.random() < 0.5}
            self.assertSameEvents(expat_events.cut(rng, document), create=create, settings=settings)

    def test_positions_of_namespaces(self):
        # Where a tag is reported by the default handler, the position after it depends on the encoding.
        document = '<a xmlns="u" xmlns:p="v">x<b xmlns:q="w"/>é<p:c xmlns:z="1"></p:c\n></a>\n'
        tags = ('StartElementHandler', 'EndElementHandler')
        for encoding in ('utf-8', 'utf-16', 'utf-16-le', 'iso-8859-1'):
            for default in ((), ('DefaultHandler',)):
                for tag in ((), tags[:1], tags[1:], tags):
                    handlers = ('StartNamespaceDeclHandler', 'EndNamespaceDeclHandler', *default, *tag)
                    for name in ('n', 'n' * 1500):
                        data = document.replace('p:c', f'p:{name}').encode(encoding)
                        create = {'encoding': encoding, 'namespace_separator': ' '}
                        for pieces in ([data], [data[:90], data[90:]]):
                            if encoding == 'utf-16-le':
                                create['encoding'] = None
                            self.assertSameEvents(pieces, handlers, create=create)

    def test_defaults_of_attributes(self):
        rng = twin.generator('defaults')
        names = [f'{prefix}{number}' for number in range(20) for prefix in ('a', 'p:a', 'xmlns:n')] + [
            'xmlns',
            'xmlns:p',
        ]
        types = ['CDATA #IMPLIED', 'CDATA "v"', 'CDATA #REQUIRED', 'NMTOKEN " x "', 'CDATA #FIXED ""', 'ID #IMPLIED']
        for _ in range(200 * twin.LONG):
            declared = [f'{rng.choice(names)} {rng.choice(types)}' for _ in range(rng.choice((1, 3, 30)))]
            tags = ''
            for _ in range(4):
                specified = rng.sample(names, rng.choice((0, 1, 5, 30)))
                tags += rng.choice(('<e{}/>', '<e{}></e>')).format(''.join(f' {name}="  s"' for name in specified))
            document = f'<!DOCTYPE r [<!ATTLIST e {" ".join(declared)}>]><r xmlns:p="u">{tags}</r>'.encode()
            create = {'namespace_separator': rng.choice((None, ' '))}
            handlers = rng.choice((expat_events.PLAIN, ['StartNamespaceDeclHandler'], ['EndElementHandler']))
            settings = {'specified_attributes': rng.random() < 0.2, 'ordered_attributes': rng.random() < 0.5}
            self.assertSameEvents([document], handlers, create=create, settings=settings)

    def test_encodings(self):
        rng = twin.generator('encodings')
        for _ in range(300 * twin.LONG):
            encoding = rng.choice(ENCODINGS)
            document = expat_events.document(rng, encoding=encoding, mistakes=rng.random() < 0.2)
            forced = rng.choice((None, None, None, *ENCODINGS, 'nothing', 'rot13', 'utf-7'))
            if forced == 'utf-16' and encoding != 'utf-16':
                # Any two characters are one that may be in a name, in the fifth edition of XML alone.
                forced = 'utf-8'
            create = {'encoding': forced}
            self.assertSameEvents(expat_events.cut(rng, document), create=create)

    def test_bytes(self):
        rng = twin.generator('bytes')
        for _ in range(300 * twin.LONG):
            document = expat_events.document(rng, dtd=rng.random() < 0.3)
            # A name with it is wrong in the fourth edition of XML alone, which expat follows.
            document = bytearray(document.replace('😀'.encode(), 'é'.encode()))
            for _ in range(rng.randrange(1, 4)):
                document[rng.randrange(len(document))] = rng.choice((0, 0xFF, 0xC0, 0xED, 0xF5, *b'<>&"\' ;-]['))
            # After a zero the rest is UTF-16, of characters that may be in names in the fifth edition of XML alone.
            document[0] = document[0] or ord('<')
            self.assertSameEvents(expat_events.cut(rng, bytes(document)))

    def test_a_byte_at_a_time(self):
        rng = twin.generator('a byte')
        for deferral in (True, False):
            for _ in range(40 * twin.LONG):
                document = expat_events.document(rng, dtd=rng.random() < 0.5)
                pieces = [document[place : place + 1] for place in range(len(document))]
                self.assertSameEvents(pieces, methods=[('SetReparseDeferralEnabled', deferral)])

    def test_settings(self):
        rng = twin.generator('settings')
        for _ in range(300 * twin.LONG):
            settings = {
                'ordered_attributes': rng.random() < 0.5,
                'specified_attributes': rng.random() < 0.5,
                'buffer_text': rng.random() < 0.7,
            }
            if rng.random() < 0.5:
                settings['buffer_size'] = rng.choice((1, 2, 5, 10, 8192))
            create = {'intern': rng.choice((None, {}, {'a': 'A', 'name': 5}))}
            document = expat_events.document(rng, dtd=rng.random() < 0.5, mistakes=rng.random() < 0.1)
            dicts = [dict(create['intern']) if create['intern'] else create['intern'] for _ in MODULES]
            pieces = expat_events.cut(rng, document)
            found = [
                expat_events.record(module, pieces, create={'intern': intern}, settings=settings)
                for module, intern in zip(MODULES, dicts, strict=True)
            ]
            self.assertEqual(*map(twin.describe, found), (pieces, settings, create))

    def test_str(self):
        for text in ('<a>é中😀</a>', '<?xml version="1.0" encoding="koi8-r"?><a>é</a>', '<a>', ''):
            self.assertSameEvents([text])
            self.assertSameEvents([bytearray(text.encode())])
            self.assertSameEvents([memoryview(text.encode())])
            for encoding in ENCODINGS:
                self.assertSameEvents([text], create={'encoding': encoding})

    def test_after_the_end(self):
        for pieces in ([b'<a/>', b''], [b'<a/>', b'<b/>'], [b'', b''], [b'<a/>', b'<b/>', b'']):
            for more in (pieces, [pieces[0], *pieces]):
                parsers = [module.ParserCreate() for module in MODULES]
                for piece in more:
                    found = [twin.outcome(parser.Parse, piece, True) for parser in parsers]
                    self.assertEqual(*found, (more, piece))
                    self.assertEqual(*[[getattr(parser, name) for name in expat_events.ERRORS] for parser in parsers])

    def test_after_an_error(self):
        # The error is raised again; in Rust the position stays the same.
        parser = rust.ParserCreate()
        found = [twin.outcome(parser.Parse, piece) for piece in (b'<a>\n</b>', b'</a>', b'', b'x' * 10_000)]
        self.assertEqual(found, found[:1] * 4)
        self.assertIn('mismatched tag: line 2, column 2', str(found[0]))

    def test_long(self):
        for text in ('x' * 3_000_000, 'é' * 1_500_000, 'line\n' * 30_000):
            self.assertSameEvents([f'<a>{text}</a>'], context=False)
            self.assertSameEvents([f'<a b="{text}"><!--{text}--></a>'], context=False)

    def test_deep(self):
        depth = 10_000
        document = b'<a>' * depth + b'</a>' * depth
        self.assertSameEvents([document], ['StartElementHandler', 'EndElementHandler'], context=False)


class Files(ExpatTestCase):
    def parse(self, module, make):
        events = []
        parser = module.ParserCreate()
        parser.StartElementHandler = lambda *args: events.append((*args, parser.CurrentByteIndex))
        parser.CharacterDataHandler = lambda text: events.append(text)
        for _ in range(2):
            try:
                events.append(parser.ParseFile(make()))
            except Exception as error:
                events.append(expat_events.message(error))
        return events

    def test_files(self):
        class Reads:
            def __init__(self, *results):
                self.results = list(results)

            def read(self, size):
                result = self.results.pop(0)
                return result(size) if callable(result) else result

        long = b'<a>' + b'text\n' * 5000 + b'</a>'
        for make in (
            lambda: io.BytesIO(b'<a/>'),
            lambda: io.BytesIO(long),
            lambda: io.BytesIO(b'<a>'),
            lambda: io.StringIO('<a/>'),
            lambda: Reads(b'<a', bytearray(b'/>'), b''),
            lambda: Reads(b'<a/>', 'text'),
            lambda: Reads(b'<a/>', None),
            lambda: Reads(lambda size: b'<a>' + b'x' * (size - 3), lambda size: b'x' * (size + 1)),
            lambda: Reads(lambda size: 1 / 0),
            lambda: None,
            lambda: 5,
        ):
            self.assertEqual(*[self.parse(module, make) for module in MODULES])

    def test_reparse_deferral(self):
        # Between which reads, or pieces, the events occur.
        rng = twin.generator('reparse deferral')

        def record(module, document, sizes, from_file):
            log = []
            parser = module.ParserCreate()

            def handler(*args):
                log.append((parser.CurrentByteIndex, parser.GetInputContext()))

            for name in ('StartElementHandler', 'EndElementHandler', 'CommentHandler', 'CharacterDataHandler'):
                setattr(parser, name, handler)
            pieces = [document[start:end] for start, end in itertools.pairwise(itertools.accumulate(sizes, initial=0))]
            pieces = iter([*pieces, document[sum(sizes) :]])

            class Reads:
                def read(self, size):
                    piece = next(pieces, b'')
                    log.append(len(piece))
                    return piece

            if from_file:
                parser.ParseFile(Reads())
            else:
                for piece in pieces:
                    log.append(len(piece))
                    parser.Parse(piece, False)
                parser.Parse(b'', True)
            return log

        for _ in range(100 * twin.LONG):
            tokens = []
            for _ in range(rng.randrange(1, 8)):
                length = rng.choice((3, 50, 700, 3000, 9000))
                tokens.append(rng.choice((f'<!--{"c" * length}-->', f'<b x="{"y" * length}"/>', 't' * (length // 20))))
            document = f'<a>{"".join(tokens)}</a>'.encode(rng.choice(('utf-8', 'utf-16')))
            most = rng.choice((5, 60, 800, 2000))
            sizes, left = [], len(document)
            while left > 2000:
                sizes.append(rng.randrange(1, most))
                left -= sizes[-1]
            for from_file in (False, True):
                ours, theirs = (record(module, document, sizes, from_file) for module in MODULES)
                self.assertEqual(ours, theirs, (document, sizes, from_file))


class Python(ExpatTestCase):
    """Handlers that raise, and that use the parser."""

    DOCUMENT = (
        b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "dtd.dtd" [<!NOTATION n SYSTEM "n"><!ENTITY e "text">'
        b'<!ENTITY x SYSTEM "ext.xml"><!ENTITY u SYSTEM "u" NDATA n>'
        b'<!ELEMENT a ANY><!ATTLIST a b CDATA "c">]><a xmlns:p="q">text&e;&x;<!--c--><?p i?><![CDATA[d]]>more\n</a>'
    )

    def exceptions(self, module, raising, buffer):
        events = []
        parser = module.ParserCreate(namespace_separator=' ')
        parser.buffer_text = buffer

        def handler(name):
            def called(*args):
                events.append((name, expat_events.arguments(name, args)))
                if name == raising:
                    raise LookupError(name)
                return 1

            return called

        for name in expat_events.HANDLERS:
            setattr(parser, name, handler(name))
        for piece in (self.DOCUMENT, b''):
            try:
                events.append(parser.Parse(piece, True))
            except Exception as error:
                frames, trace = [], error.__traceback__
                while trace is not None:
                    code = trace.tb_frame.f_code
                    frames.append((code.co_filename.rpartition('/')[2], code.co_name))
                    trace = trace.tb_next
                events.append((expat_events.message(error), frames[1:]))
            events.append([getattr(parser, name) for name in expat_events.ERRORS])
            events.append([getattr(parser, name) is None for name in expat_events.HANDLERS])
            events.append(parser.buffer_used)
        return events

    def test_exceptions(self):
        for raising in expat_events.HANDLERS:
            for buffer in (False, True):
                with self.subTest(raising, buffer=buffer):
                    self.assertEqual(*[self.exceptions(module, raising, buffer) for module in MODULES])

    def test_bad_results(self):
        class Index:
            def __index__(self):
                return 0

        for name in ('NotStandaloneHandler', 'ExternalEntityRefHandler'):
            for answer in (None, 'x', 1.5, 2**100, Index(), True, False):

                def results(module, name=name, answer=answer):
                    parser = module.ParserCreate()
                    parser.SetParamEntityParsing(2)
                    setattr(parser, name, lambda *args: answer)
                    try:
                        found = parser.Parse(self.DOCUMENT, True)
                    except Exception as error:
                        found = expat_events.message(error), getattr(error, '__notes__', None)
                    return found, [getattr(parser, name) for name in expat_events.ERRORS], getattr(parser, name) is None

                self.assertEqual(*map(results, MODULES), (name, answer))

    def test_handlers_that_change_handlers(self):
        rng = twin.generator('changes')

        def parse(module, changes, pieces, buffer):
            events = []
            parser = module.ParserCreate()
            parser.buffer_text = buffer
            todo = list(changes)

            def handler(name):
                def called(*args):
                    events.append((name, args))
                    if todo:
                        other, on = todo.pop()
                        setattr(parser, other, handler(other) if on else None)
                    return 1

                return called

            parser.StartElementHandler = handler('StartElementHandler')
            parser.CommentHandler = handler('CommentHandler')
            for piece in pieces:
                try:
                    events.append(parser.Parse(piece, piece is pieces[-1]))
                except Exception as error:
                    events.append(expat_events.message(error))
                    break
            return events

        for _ in range(300 * twin.LONG):
            # A handler of character data that sets itself is called again and again in C, with the buffer.
            names = [name for name in expat_events.HANDLERS if name != 'CharacterDataHandler']
            buffer = rng.random() < 0.5
            names += [] if buffer else ['CharacterDataHandler']
            changes = [(rng.choice(names), rng.random() < 0.7) for _ in range(rng.randrange(1, 12))]
            document = expat_events.document(rng, dtd=rng.random() < 0.3)
            pieces = expat_events.cut(rng, document)
            self.assertEqual(*[parse(module, changes, pieces, buffer) for module in MODULES], (changes, pieces))

    def test_parser_used_in_a_handler(self):
        # C crashes when a handler parses: the message of error 0 is NULL.
        for call in (
            lambda p: p.Parse(b'<b/>'),
            lambda p: p.Parse('', True),
            lambda p: p.ParseFile(io.BytesIO(b'<b/>')),
        ):
            parser = rust.ParserCreate()
            errors = []

            def start(name, attributes, parser=parser, call=call, errors=errors):
                try:
                    call(parser)
                except rust.ExpatError as error:
                    errors.append((error.code, str(error)))

            parser.StartElementHandler = start
            self.assertEqual(parser.Parse(b'<a><c/></a>', True), 1)
            text = 'parser called from a handler or by two threads: line 1, column '
            self.assertEqual(errors, [(0, text + '0'), (0, text + '3')])

    def test_parser_that_is_given_up_in_a_handler(self):
        for module in MODULES:
            box = [module.ParserCreate()]
            gone = []

            def end(name, box=box, gone=gone):
                box.clear()
                gc.collect()
                gone.append(name)

            box[0].EndElementHandler = end
            self.assertEqual(box[0].Parse(b'<a><b/></a>', True), 1)
            self.assertEqual(gone, ['b', 'a'])

    def test_cycles(self):
        class Token:
            pass

        for make in (
            lambda parser, token: setattr(parser, 'StartElementHandler', lambda *args: (parser, token)),
            lambda parser, token: parser.intern.update({'x': [parser, token]}),
        ):
            parser, token = rust.ParserCreate(), Token()
            make(parser, token)
            parser.Parse(b'<a/>', True)
            seen = weakref.ref(token)
            del parser, token
            gc.collect()
            self.assertIsNone(seen())

    def test_children_keep_their_parents(self):
        children = []
        box = [rust.ParserCreate()]
        parser = box[0]
        parser.UseForeignDTD()
        parser.SetParamEntityParsing(rust.XML_PARAM_ENTITY_PARSING_ALWAYS)

        def reference(context, base, system, public):
            child = box[0].ExternalEntityParserCreate(context)
            children.append(child)
            child.Parse(b'<!ELEMENT a ANY>', True)
            return 1

        parser.ExternalEntityRefHandler = reference
        self.assertEqual(parser.Parse(b'<a/>', True), 1)
        del parser, box[:]
        gc.collect()
        self.assertEqual(len(children), 1)
        children.clear()

    def test_names_in_a_dict_with_keys_of_its_own(self):
        class Key(str):
            hook = None

            def __hash__(self):
                return hash('a')

            def __eq__(self, other):
                if Key.hook is not None:
                    Key.hook()
                return False

        # Python code runs while the parser looks a name up.
        intern = {Key('b'): 'b'}
        parser = rust.ParserCreate(intern=intern)
        parser.StartElementHandler = lambda *args: None
        errors = []

        def hook():
            try:
                self.fail(parser.CurrentLineNumber)
            except RuntimeError as error:
                errors.append(str(error))

        Key.hook = hook
        self.assertEqual(parser.Parse(b'<a/>', True), 1)
        self.assertEqual({*errors}, {'the parser is in use'})

        def fail():
            raise LookupError

        Key.hook = fail
        parser = rust.ParserCreate(intern=intern)
        parser.StartElementHandler = lambda *args: None
        with self.assertRaises(LookupError):
            parser.Parse(b'<a/>', True)
        Key.hook = None


class Limits(ExpatTestCase):
    def test_deep_content_models(self):
        for depth in (1, 2, 10, 100):
            model = b'(' * depth + b'a' + b')' * depth
            self.assertSameEvents([b'<!DOCTYPE a [<!ELEMENT a ' + model + b'>]><a/>'], context=False)
        parser = rust.ParserCreate()
        parser.ElementDeclHandler = lambda *args: None
        depth = 500_000
        with self.assertRaises(RecursionError):
            parser.Parse(b'<!DOCTYPE a [<!ELEMENT a ' + b'(' * depth + b'a' + b')' * depth + b'>]><a/>')

    def laughs(self, levels, width):
        entities = ['<!ENTITY e0 "0123456789">']
        for level in range(1, levels):
            entities.append(f'<!ENTITY e{level} "{f"&e{level - 1};" * width}">')
        return f'<!DOCTYPE a [{"".join(entities)}]><a>&e{levels - 1};</a>'.encode()

    def test_billion_laughs(self):
        for levels, width in ((3, 10), (7, 10), (2, 300_000)):
            self.assertSameEvents([self.laughs(levels, width)], ['StartElementHandler'], context=False)
        for threshold, factor in ((1000, 5), (100_000, 2), (1, 1), (10**9, 100)):
            methods = [
                ('SetBillionLaughsAttackProtectionActivationThreshold', threshold),
                ('SetBillionLaughsAttackProtectionMaximumAmplification', factor),
            ]
            if not hasattr(c.XMLParserType, methods[0][0]):
                continue
            self.assertSameEvents([self.laughs(4, 10)], ['StartElementHandler'], methods=methods, context=False)


# The behaviour of the C module _elementtree on top of the selected pyexpat.
ELEMENTTREE = """
import _elementtree, random, sys, threading, _rust
import xml.etree.ElementTree as ET
sys.path.insert(0, sys.argv[1])
import expat_events

assert _rust.implementation('pyexpat') == sys.argv[2]
assert ET.XMLParser is _elementtree.XMLParser
EVENTS = 'start', 'end', 'comment', 'pi', 'start-ns', 'end-ns'

def attempt(work):
    try:
        return work()
    except Exception as error:
        return type(error).__name__, str(error), getattr(error, 'code', None), getattr(error, 'position', None)

def pull(pieces):
    parser = ET.XMLPullParser(EVENTS)
    found = []
    def read():
        for name, value in parser.read_events():
            found.append((name, value if isinstance(value, tuple) or value is None else ET.tostring(value)))
    for piece in pieces:
        parser.feed(piece)
        read()
    parser.close()
    read()
    return found

rng = random.Random(22)
for _ in range(300):
    encoding = rng.choice(('utf-8', 'utf-8', 'utf-16', 'iso-8859-1', 'koi8-r'))
    document = expat_events.document(rng, mistakes=rng.random() < 0.2, dtd=rng.random() < 0.2, encoding=encoding)
    if rng.random() < 0.8:
        document = document.replace(b'<x:', b'<a').replace(b'</x:', b'</a').replace(b' x:', b' b')
    print(attempt(lambda: ET.tostring(ET.fromstring(document))))
    pieces = expat_events.cut(rng, document)
    print(attempt(lambda: pull(pieces)))

class Target:
    def __init__(self):
        self.found = []
    def start(self, *args):
        self.found.append(args)
    def end(self, *args):
        self.found.append(args)
    data = comment = start
    def pi(self, *args):
        self.found.append(args)
    def doctype(self, *args):
        self.found.append(args)
    def close(self):
        return self.found

for _ in range(100):
    document = expat_events.document(rng, dtd=rng.random() < 0.5)
    parser = ET.XMLParser(target=Target())
    print(attempt(lambda: (parser.feed(document), parser.close())))
    print(parser.version)
for text in ('<a>&unknown;</a>', '<!DOCTYPE a [<!ENTITY e "<b/>">]><a>&e;</a>', '<a xmlns="u" b="c"/>', '<a', ''):
    print(attempt(lambda: ET.tostring(ET.XML(text))))
parser = ET.XMLParser()
parser.entity['unknown'] = 'known'
parser.feed('<!DOCTYPE a SYSTEM "a"><a>&unknown;</a>')
print(ET.tostring(parser.close()))
if sys.argv[2] == 'Rust':
    # C crashes in what follows.
    class Feeds:
        def start(self, *args):
            parser.feed('<b/>')
        def close(self):
            pass
    parser = ET.XMLParser(target=Feeds())
    assert 'from a handler' in str(attempt(lambda: parser.feed('<a/>')))
"""


class Capsule(unittest.TestCase):
    """C's _elementtree, on the functions of the capsule."""

    def test_elementtree(self):
        found = []
        for sign, implementation in (('+', 'Rust'), ('-', 'C')):
            command = [sys.executable, '-X', f'rust_modules={sign}pyexpat,-_elementtree', '-c', ELEMENTTREE]
            command += [str(pathlib.Path(__file__).parent), implementation]
            done = subprocess.run(command, capture_output=True, text=True)
            self.assertEqual(done.stderr, '')
            self.assertEqual(done.returncode, 0)
            found.append(done.stdout.splitlines())
        self.assertGreater(len(found[0]), 800)
        self.assertEqual(*found)


if __name__ == '__main__':
    unittest.main()
