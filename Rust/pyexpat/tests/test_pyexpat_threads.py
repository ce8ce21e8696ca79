"""pyexpat in many threads: parsers that are shared, and parsers of their own."""

import _rust_pyexpat as rust
import threading
import time
import unittest

import in_threads

THREADS = 8
IN_USE = 'parser called from a handler or by two threads'


class SharedParser(unittest.TestCase):
    def test_pieces_without_handlers(self):
        # No handler runs, so the critical section is not suspended: the calls take turns.
        parser = rust.ParserCreate()
        parser.Parse(b'<a>')
        in_threads.once(*[lambda: [parser.Parse(b'<b>text</b>') for _ in range(2000)]] * THREADS)
        self.assertEqual(parser.Parse(b'</a>', True), 1)
        self.assertEqual(parser.CurrentByteIndex, 3 + THREADS * 2000 * len(b'<b>text</b>') + 4)

    def test_handlers(self):
        # While a handler runs, another thread may call Parse, which fails. Each element is reported once.
        parser = rust.ParserCreate()
        started, refused = [], []

        def start(name, attributes):
            started.append(name)
            if len(started) % 50 == 0:
                time.sleep(0.0001)

        parser.StartElementHandler = start
        parser.Parse(b'<a>')
        accepted = []

        def feed():
            for _ in range(500):
                try:
                    accepted.append(parser.Parse(b'<b c="d"/>'))
                except rust.ExpatError as error:
                    self.assertTrue(str(error).startswith(IN_USE), error)
                    refused.append(error)

        in_threads.once(*[feed] * THREADS)
        self.assertEqual(len(accepted) + len(refused), THREADS * 500)
        self.assertEqual(len(started), len(accepted) + 1)
        self.assertEqual(parser.Parse(b'</a>', True), 1)

    def test_another_thread_is_refused_while_a_handler_waits(self):
        parser = rust.ParserCreate()
        entered, leave = threading.Event(), threading.Event()
        found = []

        def start(name, attributes):
            entered.set()
            leave.wait(10)

        def other():
            entered.wait(10)
            try:
                parser.Parse(b'<c/>')
            except rust.ExpatError as error:
                found.append(str(error))
            found.append((parser.CurrentLineNumber, parser.CurrentColumnNumber))
            leave.set()

        parser.StartElementHandler = start
        in_threads.once(lambda: parser.Parse(b'<a/>', True), other)
        self.assertEqual(found, [f'{IN_USE}: line 1, column 0', (1, 0)])

    def test_everything_at_once(self):
        box = []

        def renew():
            parser = rust.ParserCreate(namespace_separator=' ')
            parser.buffer_text = True
            parser.StartElementHandler = lambda *args: None
            parser.CharacterDataHandler = lambda text: parser.GetInputContext()
            parser.ExternalEntityRefHandler = lambda context, *_: parser.ExternalEntityParserCreate(context).Parse(
                b'<c/>'
            )
            box[:] = [parser]

        renew()

        def harmless(work):
            def call():
                try:
                    work(box[0])
                except (rust.ExpatError, RuntimeError, IndexError):
                    pass

            return call

        document = b'<!DOCTYPE a [<!ENTITY e SYSTEM "e"><!ELEMENT a ANY>]><a x="y">text&e;</a>'

        def change(parser):
            parser.StartElementHandler = parser.EndElementHandler = lambda *args: None
            parser.CharacterDataHandler = None
            parser.CharacterDataHandler = lambda text: None

        def settings(parser):
            parser.buffer_size = 100 if parser.buffer_size == 5 else 5
            parser.buffer_text = not parser.buffer_text
            parser.ordered_attributes = not parser.ordered_attributes
            parser.specified_attributes = parser.namespace_prefixes = True

        def read(parser):
            return [getattr(parser, name) for name in dir(parser) if name[0] != '_']

        in_threads.again_and_again(
            renew,
            *map(
                harmless,
                [
                    lambda parser: parser.Parse(document, True),
                    lambda parser: parser.Parse(document[:30]),
                    lambda parser: parser.Parse(b'', True),
                    change,
                    settings,
                    read,
                    lambda parser: parser.ExternalEntityParserCreate(None).Parse(b'<!ELEMENT b ANY>', True),
                    lambda parser: (parser.SetBase('base'), parser.GetBase()),
                ],
            ),
        )


class Subparsers(unittest.TestCase):
    def test_parsers_that_share_declarations(self):
        # The parsers of parameter entities have the declarations of their parent.
        parser = rust.ParserCreate()
        parser.UseForeignDTD()
        parser.SetParamEntityParsing(rust.XML_PARAM_ENTITY_PARSING_ALWAYS)
        text = []

        def declare(context, *_):
            children = [parser.ExternalEntityParserCreate(context) for _ in range(THREADS)]

            def work(number):
                def declare_some():
                    for entity in range(200):
                        children[number].Parse(f'<!ENTITY e{number}-{entity} "{number} {entity} ">'.encode())
                    children[number].Parse(b'', True)

                return declare_some

            in_threads.once(*map(work, range(THREADS)))
            return 1

        parser.ExternalEntityRefHandler = declare
        parser.CharacterDataHandler = text.append
        references = ''.join(f'&e{number}-{entity};' for number in range(THREADS) for entity in range(200))
        self.assertEqual(parser.Parse(f'<a>{references}</a>', True), 1)
        expected = ''.join(f'{number} {entity} ' for number in range(THREADS) for entity in range(200))
        self.assertEqual(''.join(text), expected)

    def test_one_dict_of_names(self):
        intern = {}

        def parse():
            for number in range(200):
                parser = rust.ParserCreate(intern=intern)
                names = []
                parser.StartElementHandler = lambda name, attributes, names=names: names.append(name)
                parser.Parse(f'<a><b{number}/><c{number % 7}/></a>', True)
                self.assertEqual(names, ['a', f'b{number}', f'c{number % 7}'])

        in_threads.once(*[parse] * THREADS)
        self.assertEqual(len(intern), 1 + 200 + 7)


if __name__ == '__main__':
    unittest.main()
