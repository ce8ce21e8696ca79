"""_json in many threads, over containers that other threads change, and in many interpreters."""

import _rust__json as rust
import concurrent.interpreters
import random
import threading
import types
import unittest

import in_threads

THREADS = 4

SETTINGS = {
    'strict': True,
    'object_hook': None,
    'object_pairs_hook': None,
    'array_hook': None,
    'parse_float': float,
    'parse_int': int,
    'parse_constant': float,
}


def scanner(**settings):
    return rust.make_scanner(types.SimpleNamespace(**(SETTINGS | settings)))


def encoder(*, markers=None, default=repr, ascii=True, indent=None, sort_keys=False):
    encode = rust.encode_basestring_ascii if ascii else rust.encode_basestring
    return rust.make_encoder(markers, default, encode, indent, ':', ',', sort_keys, False, True)


class Threads(unittest.TestCase):
    def test_same_result_in_every_thread(self):
        # One scanner and one encoder for all threads.
        scan, write = scanner(), encoder(ascii=False)
        value = [{'a': i, 'é': [str(i)] * 3, 'b': {'c': i / 7}} for i in range(300)]
        (text,) = write(value, 0)

        def work():
            self.assertEqual(write(scan(text, 0)[0], 0)[0], text)
            self.assertEqual(rust.scanstring(rust.encode_basestring_ascii(text), 1)[0], text)

        in_threads.again_and_again(*[work] * THREADS)

    def test_list_changed_meanwhile(self):
        # Every item is one of two at all times, so every document has to be made of these two.
        shared = [0] * 1000
        write, scan = encoder(), scanner()

        def change():
            shared[random.randrange(1000)] = {'one': 1}
            shared[random.randrange(1000)] = 0

        def read():
            value, _ = scan(write(shared, 0)[0], 0)
            self.assertEqual(len(value), 1000)
            self.assertTrue(all(item in (0, {'one': 1}) for item in value))

        in_threads.again_and_again(change, *[read] * (THREADS - 1))

    def test_values_of_a_dict_changed_meanwhile(self):
        # The keys stay, so every document has all of them once, and each value is one of two.
        keys = [f'key {i}' for i in range(200)]
        shared = dict.fromkeys(keys, 0)
        write, scan = encoder(), scanner(object_pairs_hook=list)

        def change():
            shared[random.choice(keys)] = 'new'
            shared[random.choice(keys)] = ['nested']

        def read():
            pairs, _ = scan(write(shared, 0)[0], 0)
            self.assertEqual([key for key, _ in pairs], keys)
            self.assertTrue(all(value in (0, 'new', ['nested']) for _, value in pairs))

        in_threads.again_and_again(change, *[read] * (THREADS - 1))

    def test_strings_and_numbers_given_up_meanwhile(self):
        # What is written is borrowed from its container: a list, dicts of each kind of table, and that of an instance,
        # where attributes are set without the dict being named.  Each item is the only reference to its object.
        class Point:
            pass

        def new():
            return random.choice((str(random.random()), random.random(), random.getrandbits(50)))

        names = [f'name{i}' for i in range(20)]
        point = Point()
        for name in names:
            setattr(point, name, new())
        shared = [new() for _ in range(200)], {name: new() for name in names}, {i: new() for i in range(20)}
        write, scan = encoder(), scanner()

        def change():
            values, by_name, by_number = shared
            for i in range(20):
                values[i * 10] = new()
                values[i * 10 : i * 10 + 5] = [new() for _ in range(5)]
                by_name[names[i]] = new()
                by_number[i] = new()
                setattr(point, names[i], new())

        def read():
            for value, count in zip((*shared, point.__dict__), (200, 20, 20, 20), strict=True):
                (text,) = write(value, 0)
                self.assertEqual(len(scan(text, 0)[0]), count)

        in_threads.again_and_again(change, change, *[read] * (THREADS - 2))

    def test_everything_changed_meanwhile(self):
        # What comes out may be wrong, but it is a document.
        shared = {'list': list(range(100)), 'dict': {str(i): [i] for i in range(100)}}
        writers = [
            encoder(indent=indent, sort_keys=sort_keys, ascii=ascii)
            for indent in (None, ' ')
            for sort_keys in (False, True)
            for ascii in (False, True)
        ]
        scan = scanner()

        def change_list():
            values = shared['list']
            values[:] = [str(i) * 5 for i in range(random.randrange(200))]
            values.append([random.random()])
            values.clear()
            shared['list'] = [values, 'é' * random.randrange(50)] * 10

        def change_dict():
            mapping = shared['dict']
            for _ in range(50):
                mapping[str(random.randrange(1000))] = {'x': [random.random()] * 3}
                mapping.pop(str(random.randrange(1000)), None)
            if random.random() < 0.1:
                mapping.clear()
            shared[random.choice('ab')] = dict(mapping)

        def write():
            for encode in writers:
                try:
                    (text,) = encode(shared, 0)
                except (RuntimeError, ValueError) as error:
                    # A list was changed while it was sorted, or a dict while its items were listed.
                    self.assertRegex(str(error), 'changed size|modified during sort')
                else:
                    self.assertEqual(scan(text, 0)[1], len(text))

        in_threads.again_and_again(change_list, change_dict, *[write] * (THREADS - 2))

    def test_containers_changed_by_what_is_called_back(self):
        shared = {'items': [object() for _ in range(40)], 'more': {i: object() for i in range(40)}}

        def default(_):
            shared['items'].append(0)
            shared['items'].pop(0)
            shared['more'][random.randrange(80)] = 1
            shared['more'].pop(random.randrange(80), None)
            return 'x'

        def refill():
            shared['items'] = [object() for _ in range(40)]
            shared['more'] = {i: object() for i in range(40)}

        write, scan = encoder(default=default), scanner()

        def work():
            try:
                (text,) = write(shared, 0)
            except RuntimeError as error:
                self.assertIn('changed size', str(error))
            else:
                self.assertEqual(scan(text, 0)[1], len(text))

        in_threads.again_and_again(refill, *[work] * (THREADS - 1))

    def test_markers_shared_meanwhile(self):
        # One encoder, and so one dict of what is being written: threads may take each other's containers for a circle.
        value = [[{'a': object()}] * 3] * 10
        write = encoder(markers={})

        def work():
            try:
                write(value, 0)
            except ValueError as error:
                self.assertIn('Circular', str(error))
            except KeyError:
                # Another thread has taken the container out.
                pass

        in_threads.again_and_again(*[work] * THREADS)


class Interpreters(unittest.TestCase):
    CODE = """if True:
        import _rust__json as rust, types
        settings = dict.fromkeys(('object_hook', 'object_pairs_hook', 'array_hook', 'parse_constant'))
        scan = rust.make_scanner(types.SimpleNamespace(strict=True, parse_int=int, parse_float=float, **settings))
        write = rust.make_encoder({}, repr, rust.encode_basestring_ascii, None, ':', ',', False, False, True)
        value, end = scan(text, 0)
        assert end == len(text)
        assert write(value, 0) == (text,)
        try:
            scan('[1,]', 0)
        except ValueError as error:
            assert type(error).__name__ == 'JSONDecodeError', error
        else:
            raise AssertionError('no error')
    """

    def test_interpreters_in_threads(self):
        (text,) = encoder()([{'a': i, 'b': [None, str(i), i / 3]} for i in range(100)], 0)
        errors = []

        def work():
            try:
                interpreter = concurrent.interpreters.create()
                interpreter.prepare_main(text=text)
                for _ in range(3):
                    interpreter.exec(self.CODE)
                interpreter.close()
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=work) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(errors, [])


if __name__ == '__main__':
    unittest.main()
